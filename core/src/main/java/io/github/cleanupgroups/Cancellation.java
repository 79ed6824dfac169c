package io.github.cleanupgroups;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link CancelCallback} is told (R132, F11).
 *
 * @since 0.1.0
 */
public interface Cancellation {

	/**
	 * What was cancelled.
	 * @return the member's kind
	 */
	MemberKind kind();

	/**
	 * Which member.
	 * @return its name
	 */
	String name();

	/**
	 * What its creator gave it.
	 * @return the context of the member's creation, or null where there was none
	 */
	@Nullable Object context();

	/**
	 * What its closer gave it.
	 * @return {@link CloseOptions#cleanupContext(Object)}, or null where there was none
	 */
	@Nullable Object cleanupContext();

	/**
	 * How many of its callbacks will never run.
	 * @return zero for a member that was idle
	 */
	long droppedCallbacks();

	/**
	 * Whether any callback of it ever started.
	 * @return always false for a one-off
	 */
	boolean ranBefore();

	/**
	 * Why its group was closed.
	 * @return {@link CloseOptions#reason(String)}, or null where there was none
	 */
	@Nullable String reason();

	/**
	 * How long its group's close still waits, as of now: what the owner may take to save
	 * what will not run. It is the time that is left of {@link CloseOptions#timeout}, or
	 * in a close of a group above of that one's; of several calls that close the group at
	 * once, of the one whose time is over first. Asked again it tells what is left by
	 * then. Nobody stops an owner that takes longer, but who closes may go on without it.
	 * @return zero or more: zero where the time is over, or the owner is told late and
	 * nobody waits any more; null where the wait has no end, and by default, for those
	 * that the library has not made
	 */
	default @Nullable Duration timeLeft() {
		return null;
	}

}
