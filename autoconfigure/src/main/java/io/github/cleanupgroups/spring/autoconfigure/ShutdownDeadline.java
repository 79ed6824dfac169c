package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

/**
 * A moment on the monotonic clock by which all groups are to be closed.
 */
record ShutdownDeadline(long nanoTime) {

	/** Beyond it the clock cannot tell a later moment from an earlier one. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	/** So long from now, or a century from now where that is less. */
	static ShutdownDeadline in(Duration duration) {
		return new ShutdownDeadline(System.nanoTime() + nanos(duration));
	}

	/** What the clock counts in; of a longer time, a century. */
	static long nanos(Duration duration) {
		return shorter(duration, LONGEST).toNanos();
	}

	static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/** So much earlier. */
	ShutdownDeadline minus(Duration duration) {
		return new ShutdownDeadline(this.nanoTime - nanos(duration));
	}

	/** So much later. */
	ShutdownDeadline plus(Duration duration) {
		return new ShutdownDeadline(this.nanoTime + duration.toNanos());
	}

	/** Never negative. */
	Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.nanoTime - System.nanoTime()));
	}

	boolean hasPassedBy(Duration grace) {
		return System.nanoTime() - this.nanoTime > grace.toNanos();
	}

}
