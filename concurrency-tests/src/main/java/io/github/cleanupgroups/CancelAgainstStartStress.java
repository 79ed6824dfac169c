package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IL_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/**
 * A callback that is taken back, by whomever, has not started; one that has started is
 * not taken back.
 */
public class CancelAgainstStartStress {

	/** A close drops a one-off, or waits until it has run. */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "it ran")
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "it was cancelled")
	@State
	public static class CloseAgainstStart {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		public CloseAgainstStart() {
			this.driven.environment().trySubmit((instance) -> this.ran.incrementAndGet());
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending()).cancelledCallbacks();
			r.r1 = this.ran.get();
		}

	}

	/**
	 * The owner of a future keeps the task from starting, or it runs; it is done either
	 * way.
	 */
	@JCStressTest
	@Outcome(id = "1, true", expect = Expect.ACCEPTABLE, desc = "it ran; the future was cancelled or not")
	@Outcome(id = "0, true", expect = Expect.ACCEPTABLE, desc = "it never started")
	@State
	public static class OwnerAgainstStart {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		private final CompletableFuture<Integer> future = this.driven.environment().submit(this.ran::incrementAndGet);

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void cancel() {
			this.future.cancel(false);
		}

		@Arbiter
		public void look(IL_Result r) {
			r.r1 = this.ran.get();
			r.r2 = this.future.isDone() && this.driven.group.memberCounts().total() == 0;
		}

	}

	/** What {@code unset} answers is what happened. */
	@JCStressTest
	@Outcome(id = "DEQUEUED, 0", expect = Expect.ACCEPTABLE, desc = "taken back")
	@Outcome(id = "TOO_LATE, 1", expect = Expect.ACCEPTABLE, desc = "it ran")
	@State
	public static class UnsetAgainstStart {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		private final Timer timer = this.driven.environment().newTimer((instance) -> this.ran.incrementAndGet());

		public UnsetAgainstStart() {
			this.timer.set(Duration.ZERO);
		}

		@Actor
		public void work() {
			this.driven.work();
		}

		@Actor
		public void unset(LI_Result r) {
			r.r1 = this.timer.unset();
		}

		@Arbiter
		public void look(LI_Result r) {
			r.r2 = this.ran.get();
		}

	}

	/** A permit is never lost between a signal and who stops waiting for it. */
	@JCStressTest
	@Outcome(id = "PREVENTED, 1", expect = Expect.ACCEPTABLE, desc = "the signal found nobody")
	@Outcome(id = "DEQUEUED, 1", expect = Expect.ACCEPTABLE, desc = "the signal was consumed, and given back")
	@State
	public static class UnsetAgainstSignal {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final Signal semaphore = Signal.semaphore(0);

		private final Wait wait = this.driven.environment().newWait((instance, result) -> {
		});

		public UnsetAgainstSignal() {
			this.wait.set(this.semaphore);
		}

		@Actor
		public void signal() {
			this.semaphore.signal();
		}

		@Actor
		public void unset(LI_Result r) {
			r.r1 = this.wait.unset();
		}

		@Arbiter
		public void look(LI_Result r) {
			r.r2 = this.semaphore.tryConsume() ? 1 : 0;
		}

	}

	/** Nor between a signal and a close. */
	@JCStressTest
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "not consumed, or given back")
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "consumed and dropped: given back")
	@State
	public static class CloseAgainstSignal {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final Signal semaphore = Signal.semaphore(0);

		private final Wait wait = this.driven.environment().newWait((instance, result) -> {
		});

		public CloseAgainstSignal() {
			this.wait.set(this.semaphore);
		}

		@Actor
		public void signal() {
			this.semaphore.signal();
		}

		@Actor
		public void close(II_Result r) {
			r.r1 = (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending()).cancelledCallbacks();
		}

		@Arbiter
		public void look(II_Result r) {
			r.r2 = this.semaphore.tryConsume() ? 1 : 0;
		}

	}

}
