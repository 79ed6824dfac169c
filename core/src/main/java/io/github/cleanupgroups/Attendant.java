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

	/**
	 * Some microseconds. For longer it would keep the worker from its processor that it
	 * waits for, as it would in any case where there is but one.
	 */
	private static final int SPINS = (Runtime.getRuntime().availableProcessors() > 1) ? 100 : 0;

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
	 * that do little need to end is less than a park and an unpark take. The thread
	 * itself.
	 */
	boolean mayParkSoon() {
		for (int i = 0; i < SPINS && !this.called; i++) {
			Thread.onSpinWait();
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
