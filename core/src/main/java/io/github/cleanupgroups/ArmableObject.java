package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What timers and waits have in common: they are set, and then armed until something
 * activates them.
 */
abstract sealed class ArmableObject extends MemberObject permits TimerAlarm, Wait {

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
		return lane().dispatcher.armed().unset(this);
	}

	@Override
	final boolean isBounded() {
		return false;
	}

}
