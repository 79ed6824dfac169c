package io.github.cleanupgroups;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The alarm of a delayed task: a member that is no object, so that its lane has a list of
 * its own for what is armed. All fields are guarded by the pool's lock.
 */
abstract class TaskAlarm extends StoredAlarm {

	/** Where it will go. */
	@Nullable Lane lane;

	/** Links of the lane's armed ones. */
	@Nullable TaskAlarm previousArmed;

	@Nullable TaskAlarm nextArmed;

	@Override
	final Runnable expire(long due, long now) {
		unlink();
		return this::expired;
	}

	@Override
	final void disarm(List<Runnable> unlocked) {
		if (this.lane != null && this.lane.dispatcher.armed().disarmAlarm(this)) {
			unlink();
		}
	}

	/** Leaves its lane's list. */
	private void unlink() {
		if (this.lane != null) {
			this.lane.unlinkArmed(this);
		}
	}

	/** Its time has come: it is armed no longer. No lock is held. */
	abstract void expired();

	/** A close has disarmed it. No lock is held. */
	abstract void disarmedByClose();

	@Override
	public final String toString() {
		return "a delayed task of " + ((this.lane != null) ? this.lane.generation : "no group");
	}

}
