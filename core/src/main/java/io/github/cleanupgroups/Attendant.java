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

	/** There is something to look at. */
	void call() {
		this.called = true;
		LockSupport.unpark(this.thread);
	}

}
