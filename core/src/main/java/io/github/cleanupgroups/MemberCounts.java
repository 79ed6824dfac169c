package io.github.cleanupgroups;

/**
 * How many members a group has, from {@link CleanupGroup#memberCounts()}. An immutable
 * snapshot: its figures were true together for each pool of the group.
 *
 * @since 0.1.0
 */
public interface MemberCounts {

	/**
	 * All members: open objects, and one-offs that are queued or running.
	 * @return zero or more
	 */
	int total();

	/**
	 * Members of one kind.
	 * @param kind which
	 * @return zero or more
	 */
	int of(MemberKind kind);

	/**
	 * Members of one kind in one state.
	 * @param kind which kind
	 * @param state which state
	 * @return zero or more
	 */
	int of(MemberKind kind, MemberState state);

	/**
	 * Callbacks that are queued and have not begun. One work object can have many.
	 * @return zero or more
	 */
	long pendingCallbacks();

	/**
	 * Callbacks that have begun and not ended, disassociated ones included (R109).
	 * @return zero or more
	 */
	int runningCallbacks();

}
