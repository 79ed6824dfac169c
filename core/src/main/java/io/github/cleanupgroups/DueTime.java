package io.github.cleanupgroups;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * When something that is armed is due: so long from now on the monotonic clock, or at a
 * time of the wall clock.
 *
 * @param delayNanos from now, where it is no time of the wall clock
 * @param wallClockTime where it is one
 */
record DueTime(long delayNanos, @Nullable Instant wallClockTime) {

	static DueTime in(long nanos) {
		return new DueTime(nanos, null);
	}

	static DueTime at(Instant time) {
		return new DueTime(0, time);
	}

	boolean isOnWallClock() {
		return this.wallClockTime != null;
	}

	/** As a time of its clock, where the monotonic one shows {@code now}. */
	long after(long now) {
		return (this.wallClockTime != null) ? AlarmClock.nanosOf(this.wallClockTime) : now + this.delayNanos;
	}

}
