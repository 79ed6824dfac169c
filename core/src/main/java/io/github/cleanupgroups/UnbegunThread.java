package io.github.cleanupgroups;

import java.lang.ref.ReferenceQueue;
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
 * LISTED -> WITHDRAWN  a close that finds it not started; its maker, where there is no
 *                      thread after all; whoever finds that it was forgotten
 * </pre>
 *
 * A thread that begins and is not listed asks for admission anew, and runs its code
 * whatever the answer is.
 *
 * <p>
 * It is held weakly, as its maker's callback is: a thread that is made and forgotten
 * holds nothing.
 */
final class UnbegunThread extends WeakReference<MemberThread> {

	final Lane lane;

	/** The callback of the lane's generation that made it, null where none did. */
	private final @Nullable WeakReference<RunningCallback> maker;

	UnbegunThread(MemberThread thread, ReferenceQueue<MemberThread> forgotten, Lane lane,
			@Nullable RunningCallback maker) {
		super(thread, forgotten);
		this.lane = lane;
		this.maker = (maker != null) ? new WeakReference<>(maker) : null;
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

	/**
	 * Whether it has not been started and nobody is about to, who is inside of the lane's
	 * generation. No pool's lock is held: the maker may be of another pool.
	 */
	boolean isOrphan() {
		if (startedThread() != null) {
			return false;
		}
		RunningCallback making = (this.maker != null) ? this.maker.get() : null;
		// In this order: a maker that has returned does not start it any more.
		return (making == null || making.lane().dispatcher.inspect(making::isReturned)) && startedThread() == null;
	}

}
