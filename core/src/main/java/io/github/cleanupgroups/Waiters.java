package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Threads that wait for a condition. A waiter adds itself under the lock that guards the
 * condition, releases the lock, parks, and looks again; whoever makes the condition true
 * wakes all. Not thread-safe: it is guarded by that lock.
 */
final class Waiters {

	private final List<Thread> threads = new ArrayList<>(1);

	/**
	 * Waits until the condition holds. The lock is held on entry and on return, and
	 * wherever the condition is looked at.
	 * @return false where the deadline has passed before
	 */
	boolean await(BooleanSupplier condition, Lock lock, Deadline deadline, Object blocker) throws InterruptedException {
		while (!condition.getAsBoolean()) {
			if (deadline.hasPassed()) {
				return false;
			}
			park(lock, () -> deadline.park(blocker));
		}
		return true;
	}

	/**
	 * Parks once: until somebody wakes all, or for as long as is said. The lock is held
	 * on entry and on return.
	 * @param how parks the current thread
	 */
	void park(Lock lock, Runnable how) throws InterruptedException {
		Thread self = Thread.currentThread();
		this.threads.add(self);
		lock.unlock();
		try {
			how.run();
		}
		finally {
			lock.lock();
		}
		this.threads.remove(self);
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	void wakeAll() {
		for (Thread thread : this.threads) {
			LockSupport.unpark(thread);
		}
	}

}
