package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for sections of some tens of instructions: whoever finds it taken looks again
 * for a moment before it queues. Queueing costs a park and an unpark, a hundred times as
 * long as the section that it waits for.
 */
class SpinningLock extends ReentrantLock {

	@Serial
	private static final long serialVersionUID = 1L;

	private static final int SPINS = 100;

	@Override
	public void lock() {
		if (tryLock()) {
			return;
		}
		for (int i = 0; i < SPINS; i++) {
			if (!isLocked() && tryLock()) {
				return;
			}
			Thread.onSpinWait();
		}
		super.lock();
	}

}
