package io.github.cleanupgroups;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Whoever waited for a callback is released by its end, and sees what it wrote: the
 * fields here are plain.
 */
public class LastCallbackAgainstWaiterStress {

	/** A wait for one member. */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "released, and sees the write")
	@State
	public static class MemberWait {

		private final HandDrivenPool driven = new HandDrivenPool();

		private int written;

		private final Work work = this.driven.environment().newWork((instance) -> this.written = 1);

		public MemberWait() {
			this.work.submit();
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void await(I_Result r) {
			try {
				this.work.awaitCallbacks(Pending.AWAIT);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			r.r1 = this.written;
		}

	}

	/** A close that awaits. */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "released, sees the write, and counted it")
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "it had ended before the close began")
	@State
	public static class GroupClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private int written;

		public GroupClose() {
			this.driven.environment().trySubmit((instance) -> this.written = 1);
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.driven.group, CloseOptions.awaitPending()).completedCallbacks();
			r.r1 = this.written;
		}

	}

	/** The future of a member's release. */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "released, and sees the write")
	@State
	public static class Release {

		private final HandDrivenPool driven = new HandDrivenPool();

		private int written;

		private final Work work = this.driven.environment().newWork((instance) -> this.written = 1);

		public Release() {
			this.work.submit();
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void close(I_Result r) {
			this.work.close();
			this.work.released().join();
			r.r1 = this.written;
		}

	}

	/** A pool that was closed. */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "released, and sees the write")
	@State
	public static class PoolTermination {

		private final HandDrivenPool driven = new HandDrivenPool();

		private int written;

		public PoolTermination() {
			this.driven.environment().trySubmit((instance) -> this.written = 1);
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void close(I_Result r) {
			this.driven.pool.close();
			try {
				this.driven.pool.awaitTermination(java.time.Duration.ofMinutes(1));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			r.r1 = this.written;
		}

	}

}
