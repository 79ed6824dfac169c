package io.github.cleanupgroups;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that attends to closes or to what is armed, and whether it is called for.
 *
 * <p>
 * Being unparked is not enough: a round of what such a thread does takes locks and runs
 * code of users, and whatever parks in there uses up an unpark that came meanwhile. So
 * whoever calls leaves word, and the thread parks only if there is none since its round
 * began.
 */
final class Attendant {

	/** As long as an idle processor takes to wake for a worker. */
	private static final long MOMENT_NANOS = 25_000;

	final Thread thread;

	/** Written by whoever calls, and by the thread itself as a round begins. */
	private volatile boolean called;

	Attendant(Thread thread) {
		this.thread = thread;
	}

	/** A round begins: what is said from here on is for the next. The thread itself. */
	void beginRound() {
		this.called = false;
	}

	/** Whether nobody has called since the round began. The thread itself. */
	boolean mayPark() {
		return !this.called;
	}

	/**
	 * As {@link #mayPark()}, after a moment in which somebody may call: what callbacks
	 * that do little need to end is less than a park and an unpark take. It yields all
	 * the while, for the worker that it waits for may be on its own processor. The thread
	 * itself.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	boolean mayParkSoon() {
		long begin = System.nanoTime();
		while (!this.called && System.nanoTime() - begin < MOMENT_NANOS) {
			Thread.yield();
		}
		return !this.called;
	}

	/** It has made something itself that there is to look at. The thread itself. */
	void remember() {
		this.called = true;
	}

	/** There is something to look at. */
	void call() {
		this.called = true;
		LockSupport.unpark(this.thread);
	}

}
