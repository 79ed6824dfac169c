package io.github.cleanupgroups;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Stand in line, then look again: whoever waits for what another frees is called, or sees
 * it free.
 */
public class LineStress {

	/** A lane without a slot gets one, or is called when one is given back. */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "it saw the free slot")
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "it was called")
	@State
	public static class SlotOfAGroup {

		private static final Lane LANE = new HandDrivenPool().environment().entrance(MemberKind.CALLBACK);

		private final ConcurrencyLimit limit = new ConcurrencyLimit(1);

		public SlotOfAGroup() {
			this.limit.tryAcquire();
		}

		@Actor
		public void acquire(II_Result r) {
			r.r1 = this.limit.tryAcquireOrEnlist(LANE) ? 1 : 0;
		}

		@Actor
		public void release(II_Result r) {
			this.limit.release();
			r.r2 = (this.limit.pollLane() != null) ? 1 : 0;
		}

	}

	/** A submitter that blocks on a full queue gets in once there is room. */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "it got in")
	@State
	public static class RoomInAQueue {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven
			.environment(CleanupGroup.builder("bounded").queueCapacity(1).overflow(Overflow.BLOCK).build());

		public RoomInAQueue() {
			this.environment.trySubmit((instance) -> {
			});
		}

		@Actor
		public void submit(I_Result r) {
			r.r1 = this.environment.trySubmit((instance) -> {
			}) ? 1 : 0;
		}

		@Actor
		public void work() {
			this.driven.work();
		}

	}

	/** A submitter that blocks is let go by a close. */
	@JCStressTest
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused; what was queued is cancelled")
	@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE_INTERESTING, desc = "there was room for a moment, before the seal")
	@State
	public static class CloseOfAFullGroup {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CleanupGroup bounded = CleanupGroup.builder("bounded")
			.queueCapacity(1)
			.overflow(Overflow.BLOCK)
			.build();

		private final CallbackEnvironment environment = this.driven.environment(this.bounded);

		public CloseOfAFullGroup() {
			this.environment.trySubmit((instance) -> {
			});
		}

		@Actor
		public void submit(II_Result r) {
			r.r1 = this.environment.trySubmit((instance) -> {
			}) ? 1 : 0;
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.bounded, CloseOptions.cancelPending()).cancelledCallbacks();
		}

	}

}
