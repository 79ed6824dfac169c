package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many submissions of a group may be queued, and the submitters that wait for room.
 * Thread-safe.
 */
final class QueueBound {

	/** Written by who changes it, read by anybody. */
	private volatile int capacity;

	private final Overflow overflow;

	private final AtomicInteger queued = new AtomicInteger();

	private final Submitters submitters = new Submitters();

	QueueBound(int capacity, Overflow overflow) {
		this.capacity = capacity;
		this.overflow = overflow;
	}

	int capacity() {
		return this.capacity;
	}

	/** Changes it for who comes from now on; those that wait look again. */
	void capacity(int value) {
		this.capacity = value;
		wakeSubmitters();
	}

	Overflow overflow() {
		return this.overflow;
	}

	boolean tryAcquire() {
		int now = this.queued.get();
		while (now < this.capacity) {
			if (this.queued.compareAndSet(now, now + 1)) {
				return true;
			}
			now = this.queued.get();
		}
		return false;
	}

	/** Takes room that may not be there: what expires is never refused. */
	void acquire() {
		this.queued.incrementAndGet();
	}

	void release(long count) {
		this.queued.addAndGet((int) -count);
		wakeSubmitters();
	}

	/**
	 * Lets those that wait look again: there is room, a slot, or the group is no longer
	 * what it was.
	 */
	void wakeSubmitters() {
		this.submitters.wakeAll();
	}

	/** Who waits for room. */
	Submitters submitters() {
		return this.submitters;
	}

}
