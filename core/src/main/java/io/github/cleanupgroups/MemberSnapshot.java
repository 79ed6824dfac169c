package io.github.cleanupgroups;

import java.time.Instant;
import java.util.List;

/**
 * One member as it was at one moment, from {@link CleanupGroup#members()},
 * {@link CleanupGroup#runningMembers()} or {@link CloseReport#stillRunning()}. Immutable.
 *
 * @since 0.1.0
 */
public interface MemberSnapshot {

	/**
	 * What it is.
	 * @return its kind
	 */
	MemberKind kind();

	/**
	 * What it is called ({@link CallbackEnvironment.Builder#memberName(String)}).
	 * @return its name
	 */
	String name();

	/**
	 * Its queued callbacks, and operations that have not ended.
	 * @return zero or more
	 */
	long pendingCallbacks();

	/**
	 * Its running callbacks.
	 * @return zero or more
	 */
	int runningCallbacks();

	/**
	 * When it joined its group; of a one-off, to about a millisecond.
	 * @return by the wall clock
	 */
	Instant since();

	/**
	 * Where its thread stands: that of the callback which has been running longest. Taken
	 * by {@link CleanupGroup#runningMembers()}, and by a close of what is stuck when its
	 * time is over.
	 * @return innermost frame first; empty where it was not taken
	 */
	List<StackTraceElement> stack();

}
