package io.github.cleanupgroups;

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

}
