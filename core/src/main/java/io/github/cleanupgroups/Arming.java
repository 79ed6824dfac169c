package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What one command has set a {@link Wait} to. It is armed, and linked into its signal's
 * list; then it is activated, and linked into the queue of its wait; or it is disarmed.
 *
 * <p>
 * Whether it is armed is a question of the pool's lock: the wait names its arming. The
 * signal's list may hold one that is no longer armed for the moment between the two
 * locks; whoever takes it off asks the wait.
 */
final class Arming {

	final Wait wait;

	final Signal signal;

	/** Links of the signal's list, and whether it is in there. Signal lock. */
	@Nullable Arming previous;

	@Nullable Arming next;

	boolean linked;

	/** Link of the wait's queue. Pool lock. */
	@Nullable Arming nextActivation;

	/** Set before it is armed, where the command limits the time. */
	@Nullable WaitTimeout timeout;

	/** Set by what activates it. Pool lock; then the callback's thread. */
	private boolean timedOut;

	Arming(Wait wait, Signal signal) {
		this.wait = wait;
		this.signal = signal;
	}

	/** Once it is activated. Pool lock; then the callback's thread. */
	WaitResult result() {
		return this.timedOut ? WaitResult.TIMED_OUT : WaitResult.SIGNALED;
	}

	void result(WaitResult result) {
		this.timedOut = result == WaitResult.TIMED_OUT;
	}

}
