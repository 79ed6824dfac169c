package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What timers and waits have in common: they are set, and then armed until something
 * activates them. All fields are guarded by the pool's lock.
 */
abstract sealed class ArmableObject extends MemberObject permits Timer, Wait {

	/** Whether the last command set it (R52), closes aside. */
	boolean set;

	/** Whether what it is armed for is a time of the wall clock. */
	boolean onWallClock;

	private int heapIndex = -1;

	ArmableObject(CallbackEnvironment environment, @Nullable Object context, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
	}

	/**
	 * Takes back what it was set to, a queued callback included (SetThreadpoolTimerEx and
	 * SetThreadpoolWaitEx without a time or handle; R49, R62, R71, R80). The signal that
	 * a queued callback of a wait has consumed is given back.
	 * @return which of the four it was
	 */
	public Disarm unset() {
		return lane().dispatcher.unset(this);
	}

	@Override
	final boolean isBounded() {
		return false;
	}

	@Override
	final boolean isSetNow() {
		return this.set;
	}

	@Override
	final int heapIndex() {
		return this.heapIndex;
	}

	@Override
	final void heapIndex(int index) {
		this.heapIndex = index;
	}

	@Override
	final boolean isOnWallClock() {
		return this.onWallClock;
	}

}
