package io.github.cleanupgroups;

/**
 * What became of an attempt to enter a lane.
 */
enum Admitted {

	/** It is in: queued, or run by its submitter. */
	ENTERED,

	/** The lane takes nothing from where the attempt comes from. */
	SEALED,

	/** The member was closed by itself. */
	MEMBER_CLOSED,

	/** The pool is closed. */
	POOL_CLOSED,

	/** Its submitter cannot run it now: the group is paused, or runs all it may. */
	BUSY

}
