package io.github.cleanupgroups;

import java.lang.ref.WeakReference;

import org.jspecify.annotations.Nullable;

/**
 * A thread that was made for a lane and has not begun to run. It is no member yet, and
 * need not ever be started; but once it is, a close of the lane waits for it.
 *
 * <p>
 * States and who makes the transition:
 *
 * <pre>
 * LISTED -> BEGUN      the thread itself: its code is a running callback from then on
 * LISTED -> WITHDRAWN  a close, or a wait for the pool's end, that finds nothing running
 *                      and it not started; its maker, where there is no thread after
 *                      all; whoever finds that it was forgotten
 * </pre>
 *
 * A thread that begins and is not listed asks for admission anew, and runs its code
 * whatever the answer is.
 *
 * <p>
 * It is held weakly: a thread that is made and forgotten holds nothing.
 */
final class UnbegunThread extends WeakReference<MemberThread> {

	final Lane lane;

	UnbegunThread(MemberThread thread, Lane lane) {
		super(thread, lane.dispatcher.memberThreads().forgotten());
		this.lane = lane;
	}

	/** The thread, if it has been started. No lock is held. */
	@Nullable Thread startedThread() {
		MemberThread thread = get();
		return (thread != null) ? thread.startedThread() : null;
	}

	/** What it will run. */
	@Nullable OneOff oneOff() {
		MemberThread thread = get();
		return (thread != null) ? thread.oneOff() : null;
	}

}
