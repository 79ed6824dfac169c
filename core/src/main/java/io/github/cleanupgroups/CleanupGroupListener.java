package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * Hears what happens in a group; the place to measure from
 * ({@link CleanupGroup.Builder#listener}).
 *
 * <p>
 * Every method is called with no lock held, on the thread that did the thing: keep it
 * short. What it throws goes to {@link ThreadPool.Builder#onUncaught} where a pool is at
 * hand and is logged elsewhere.
 *
 * @since 0.1.0
 */
public interface CleanupGroupListener {

	/**
	 * Whether it wants to hear of callbacks that have ended: where it does not, they cost
	 * nothing. Asked again at each submission, join, start and end, so the answer may
	 * change; the times of what was submitted before it did may be some milliseconds off.
	 * @return false where {@link #callbackRan} need not be called
	 */
	default boolean hearsCallbacks() {
		return true;
	}

	/**
	 * A callback has ended.
	 * @param kind what its member is
	 * @param name what its member is called
	 * @param queuedNanos nanoseconds between its submission and its start
	 * @param runNanos nanoseconds between its start and its end
	 * @param failure what it threw, null where it ended well
	 */
	default void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
			@Nullable Throwable failure) {
	}

	/**
	 * A work object, timer, wait or I/O object has become a member; it may have been used
	 * already. Not told for one-offs.
	 * @param kind what it is
	 * @param name what it is called
	 */
	default void memberJoined(MemberKind kind, String name) {
	}

	/**
	 * Queued callbacks were dropped.
	 * @param count how many
	 */
	default void callbacksCancelled(long count) {
	}

	/**
	 * A submission or a new member was refused.
	 * @param kind what it would have been
	 * @param name what it would have been called
	 */
	default void rejected(MemberKind kind, String name) {
	}

	/**
	 * A close of the group, or of its members, does something about callbacks that did
	 * not end by themselves. Called after each step but {@link CloseStep#ABANDON}: that
	 * is in the report of the close, which then returns.
	 * @param group the group that was asked to close, which may be one above the one that
	 * the step concerns
	 * @param options what the closer asked for
	 * @param escalation what was done
	 */
	default void closeEscalated(CleanupGroup group, CloseOptions options, CloseEscalation escalation) {
	}

	/**
	 * A close of the group, or of its members, has returned.
	 * @param group which group
	 * @param options what the closer asked for
	 * @param report what happened
	 */
	default void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
	}

}
