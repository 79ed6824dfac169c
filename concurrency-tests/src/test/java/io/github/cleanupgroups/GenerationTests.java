package io.github.cleanupgroups;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Feared: a submission reads the present generation, a close seals it and swaps in the
 * next, and the submission is counted in neither or in both.
 *
 * <p>
 * Under stress only: the model checker's own threads never get through a close. jcstress
 * has the same promise, {@code EnterAgainstSealStress}.
 */
class GenerationTests {

	@Test
	void generations_underStress_areLinearizable() {
		Effort.stress().sequentialSpecification(OneGroup.class).check(Engine.class);
	}

	/** The engine, on a pool whose only thread never runs. */
	public static class Engine {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven.environment();

		@Operation
		public boolean submit() {
			return this.environment.trySubmit((instance) -> {
			});
		}

		@Operation(nonParallelGroup = "closer")
		public int closeMembers() {
			return (int) HandDrivenPool.closeMembers(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

		@Operation(nonParallelGroup = "closer", runOnce = true)
		public int close() {
			return (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending()).cancelledCallbacks();
		}

	}

	/** What a group is to its users. */
	public static class OneGroup {

		private int pending;

		private boolean closed;

		public boolean submit() {
			this.pending += this.closed ? 0 : 1;
			return !this.closed;
		}

		public int closeMembers() {
			int taken = this.pending;
			this.pending = 0;
			return taken;
		}

		public int close() {
			this.closed = true;
			return closeMembers();
		}

	}

}
