package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;

/**
 * What a close has done, returned by {@link CleanupGroup#close(CloseOptions)} and its
 * siblings. Immutable. It covers the group's children, and a close in progress that the
 * call has joined.
 *
 * @since 0.1.0
 */
public interface CloseReport {

	/**
	 * What was closed.
	 * @return the group's name
	 */
	String group();

	/**
	 * How long the call took.
	 * @return by monotonic time
	 */
	Duration duration();

	/**
	 * Whether the call returned because its time was over.
	 * @return true also where that cancelled all that was left
	 * ({@link CloseOptions#cancelOnTimeout()})
	 */
	boolean timedOut();

	/**
	 * Members that were closed: objects, and one-offs that were queued or running; also
	 * those that joined from inside while the close went on.
	 * @return zero or more
	 */
	int closedMembers();

	/**
	 * Callbacks that this close waited for and that have ended, chained ones included,
	 * also if they threw.
	 * @return zero or more
	 */
	long completedCallbacks();

	/**
	 * Callbacks that were dropped before they started.
	 * @return zero or more
	 */
	long cancelledCallbacks();

	/**
	 * Members that the close would have had to wait for longer: those whose callbacks
	 * still run, each with the stack of the one that has been running longest, and those
	 * whose operations have not ended. Taken where the call timed out, empty otherwise.
	 * @return an unmodifiable list
	 */
	List<MemberSnapshot> stillRunning();

	/**
	 * What cancel callbacks threw, and awaited callbacks with their finalization
	 * callbacks and completion actions; the first thousand of each pool. What the task of
	 * a future throws is in its future only.
	 * @return an unmodifiable list
	 */
	List<Throwable> failures();

	/**
	 * What the close did about callbacks that did not end by themselves, in the order in
	 * which it did so: empty where it only had to wait.
	 * @return an unmodifiable list
	 */
	default List<CloseEscalation> escalations() {
		return List.of();
	}

}
