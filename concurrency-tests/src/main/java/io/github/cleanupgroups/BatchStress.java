package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * Workers take callbacks of a batch without the pool's lock; who takes the lock to look
 * or to decide ends the batch and books what was taken: nothing is lost, nothing is
 * counted twice.
 */
public class BatchStress {

	private static final int MEMBERS = 4;

	/** Whoever looks finds each callback once: pending, running or completed. */
	@JCStressTest
	@Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "all there, all ran")
	@State
	public static class LookAgainstTake {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		public LookAgainstTake() {
			for (int i = 0; i < MEMBERS; i++) {
				this.driven.environment().trySubmit((instance) -> this.ran.incrementAndGet());
			}
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void look(II_Result r) {
			PoolStats stats = this.driven.pool.stats();
			r.r1 = (int) (stats.pendingCallbacks() + stats.activeThreads() + stats.completedCallbacks());
		}

		@Arbiter
		public void after(II_Result r) {
			// What the look put back may be left to the worker of a later call.
			this.driven.work();
			r.r2 = this.ran.get();
		}

	}

	/** The same of the callbacks of one work object, and a look at its group. */
	@JCStressTest
	@Outcome(id = "true, 4, 4", expect = Expect.ACCEPTABLE, desc = "no more than there are; all ran")
	@State
	public static class LookAgainstTakeOfWork {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		public LookAgainstTakeOfWork() {
			Work work = this.driven.environment().newWork((instance) -> this.ran.incrementAndGet());
			for (int i = 0; i < MEMBERS; i++) {
				work.submit();
			}
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void look(ZII_Result r) {
			int startedAtLeast = this.ran.get();
			MemberCounts counts = this.driven.group.memberCounts();
			r.r1 = counts.runningCallbacks() <= 1
					&& counts.pendingCallbacks() + counts.runningCallbacks() + startedAtLeast <= MEMBERS + 1;
		}

		@Arbiter
		public void after(ZII_Result r) {
			this.driven.work();
			r.r2 = this.ran.get();
			r.r3 = (int) this.driven.pool.stats().completedCallbacks();
		}

	}

	/** A close drops what was not taken, and waits for the rest. */
	@JCStressTest
	@Outcome(id = "4, 0", expect = Expect.ACCEPTABLE, desc = "each ran or was cancelled; none ran after the close")
	@State
	public static class CloseAgainstTake {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		private int ranBefore;

		public CloseAgainstTake() {
			for (int i = 0; i < MEMBERS; i++) {
				this.driven.environment().trySubmit((instance) -> this.ran.incrementAndGet());
			}
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void close(II_Result r) {
			int cancelled = (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
			this.ranBefore = this.ran.get();
			r.r1 = this.ranBefore + cancelled;
		}

		@Arbiter
		public void after(II_Result r) {
			r.r2 = this.ran.get() - this.ranBefore;
		}

	}

	/** What comes in the way ends the batch; all of it runs. */
	@JCStressTest
	@Outcome(id = "5, 5", expect = Expect.ACCEPTABLE, desc = "all ran, and were counted")
	@State
	public static class OtherGroupAgainstTake {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment other = this.driven.environment(CleanupGroup.create("other"));

		private final AtomicInteger ran = new AtomicInteger();

		public OtherGroupAgainstTake() {
			for (int i = 0; i < MEMBERS; i++) {
				this.driven.environment().trySubmit((instance) -> this.ran.incrementAndGet());
			}
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void enter() {
			this.other.trySubmit((instance) -> this.ran.incrementAndGet());
			this.driven.work();
		}

		@Arbiter
		public void after(II_Result r) {
			this.driven.work();
			r.r1 = this.ran.get();
			r.r2 = (int) this.driven.pool.stats().completedCallbacks();
		}

	}

}
