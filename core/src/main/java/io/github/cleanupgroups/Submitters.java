package io.github.cleanupgroups;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that wait until they may submit. A submitter enlists, looks, and parks; whoever
 * changes what it looks at wakes all afterwards. Thread-safe.
 */
final class Submitters {

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	/** Announces that the current thread is about to look whether it must wait. */
	void enlist() {
		this.threads.add(Thread.currentThread());
	}

	void delist() {
		this.threads.remove(Thread.currentThread());
	}

	/** Lets those that wait look again. */
	void wakeAll() {
		if (!this.threads.isEmpty()) {
			this.threads.forEach(LockSupport::unpark);
		}
	}

}
