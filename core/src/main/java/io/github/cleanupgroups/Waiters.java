package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait for a condition. A waiter adds itself under the lock that guards the
 * condition, releases the lock, parks, and looks again; whoever makes the condition true
 * wakes all. Not thread-safe: it is guarded by that lock.
 */
final class Waiters {

	private final List<Thread> threads = new ArrayList<>(1);

	void add(Thread thread) {
		this.threads.add(thread);
	}

	void remove(Thread thread) {
		this.threads.remove(thread);
	}

	boolean isEmpty() {
		return this.threads.isEmpty();
	}

	void wakeAll() {
		for (Thread thread : this.threads) {
			LockSupport.unpark(thread);
		}
	}

}
