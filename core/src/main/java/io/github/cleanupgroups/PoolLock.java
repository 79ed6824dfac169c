package io.github.cleanupgroups;

import java.io.Serial;

/**
 * The lock of a pool. Who takes it finds everything settled, unless it needs nothing of
 * what {@link Batches} books late.
 */
final class PoolLock extends SpinningLock {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Runnable settle;

	PoolLock(Runnable settle) {
		this.settle = settle;
	}

	@Override
	public void lock() {
		super.lock();
		try {
			this.settle.run();
		}
		catch (Throwable ex) {
			// Whoever takes a lock unlocks it once that has returned.
			unlock();
			throw ex;
		}
	}

	/**
	 * For who enters, arms or works: counters of lanes and objects may be behind, and not
	 * all that runs need be linked.
	 */
	void lockUnsettled() {
		super.lock();
	}

}
