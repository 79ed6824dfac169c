package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * Something that is armed: it expires at its time unless it is disarmed before. All
 * fields are guarded by the pool's lock.
 */
abstract class Alarm {

	/** Where it will go. */
	@Nullable Lane lane;

	/** When it expires, on the pool's monotonic time. */
	long dueNanos;

	/** Where it stands in the heap, -1 while it is not armed. */
	int heapIndex = -1;

	/** Links of the lane's armed ones. */
	@Nullable Alarm previousArmed;

	@Nullable Alarm nextArmed;

	/** Its time has come: it is armed no longer. No lock is held. */
	abstract void expired();

	/** A close has disarmed it. No lock is held. */
	abstract void disarmedByClose();

}
