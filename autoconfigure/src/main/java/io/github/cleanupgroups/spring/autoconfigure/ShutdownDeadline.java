package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

/**
 * A moment on the monotonic clock by which all groups are to be closed.
 */
record ShutdownDeadline(long nanoTime) {

	static ShutdownDeadline in(Duration duration) {
		return new ShutdownDeadline(System.nanoTime() + duration.toNanos());
	}

	/** Never negative. */
	Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.nanoTime - System.nanoTime()));
	}

	boolean hasPassedBy(Duration grace) {
		return System.nanoTime() - this.nanoTime > grace.toNanos();
	}

}
