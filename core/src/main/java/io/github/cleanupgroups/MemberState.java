package io.github.cleanupgroups;

/**
 * Where a member stands. A member that has callbacks both queued and running is
 * {@link #RUNNING}.
 *
 * @since 0.1.0
 */
public enum MemberState {

	/** Nothing of it is queued or running. */
	IDLE,

	/** At least one callback is queued, none is running. */
	QUEUED,

	/** At least one callback is running. */
	RUNNING

}
