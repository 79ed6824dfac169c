package io.github.cleanupgroups;

/**
 * Waiting, with the pool's lock held, for another thread that is between two steps and
 * needs nothing for the second one: no lock, and no code of users.
 */
final class SpinWait {

	private static final int SPINS = 1_000;

	private SpinWait() {
	}

	/**
	 * Waits for a moment.
	 * @param round how often it has waited before
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	static void pause(int round) {
		if (round < SPINS) {
			Thread.onSpinWait();
		}
		else {
			// The other has lost its processor in between.
			Thread.yield();
		}
	}

}
