package io.github.cleanupgroups;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The alarm of a {@link Wait} that was set with a time-out.
 */
final class WaitTimeout extends StoredAlarm {

	private final Arming arming;

	private final boolean onWallClock;

	WaitTimeout(Arming arming, long due, boolean onWallClock) {
		this.arming = arming;
		this.onWallClock = onWallClock;
		due(due);
	}

	@Override
	boolean isOnWallClock() {
		return this.onWallClock;
	}

	@Override
	@Nullable Runnable expire(long due, long now) {
		this.arming.wait.lane().dispatcher.armed().activate(this.arming.wait, WaitResult.TIMED_OUT, now);
		return () -> this.arming.signal.forget(this.arming);
	}

	@Override
	void disarm(List<Runnable> unlocked) {
		if (this.arming.wait.isArmedBy(this.arming)) {
			this.arming.wait.disarm(unlocked);
		}
	}

	@Override
	public String toString() {
		return this.arming.wait.toString();
	}

}
