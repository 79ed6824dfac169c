package io.github.cleanupgroups;

import java.util.function.BooleanSupplier;

/**
 * Waiting, with the pool's lock held, for another thread that is between two steps and
 * needs nothing for the second one: no lock, and no code of users.
 */
final class SpinWait {

	private static final int SPINS = 1_000;

	private SpinWait() {
	}

	/** Waits until that holds. */
	@SuppressWarnings("ThreadPriorityCheck")
	static void until(BooleanSupplier done) {
		for (int i = 0; !done.getAsBoolean(); i++) {
			if (i < SPINS) {
				Thread.onSpinWait();
			}
			else {
				// It has lost its processor in between.
				Thread.yield();
			}
		}
	}

}
