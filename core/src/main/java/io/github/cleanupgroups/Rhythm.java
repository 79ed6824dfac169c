package io.github.cleanupgroups;

/**
 * How a {@link Timer} expires that is set to expire again and again.
 */
final class Rhythm {

	final long periodNanos;

	/** How late it may be. */
	final long windowNanos;

	/** Where it stands among those with a window, by its latest time. Pool lock. */
	int latestIndex = Alarm.NOWHERE;

	Rhythm(long periodNanos, long windowNanos) {
		this.periodNanos = periodNanos;
		this.windowNanos = windowNanos;
	}

}
