package io.github.cleanupgroups;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A moment on a {@link TimeSource}, or never.
 */
final class Deadline {

	/**
	 * The longest single park. Even a wait without end is a timed one: Spring interrupts
	 * a thread that it finds closing a context in an untimed wait when a second shutdown
	 * arrives.
	 */
	private static final long LONGEST_PARK = Duration.ofHours(1).toNanos();

	private final TimeSource time;

	private final boolean never;

	private final long nanoTime;

	private Deadline(TimeSource time, boolean never, long nanoTime) {
		this.time = time;
		this.never = never;
		this.nanoTime = nanoTime;
	}

	/**
	 * So long from now, never where there is no delay or it passes the range of the
	 * clock.
	 */
	static Deadline in(TimeSource time, @Nullable Duration delay) {
		if (delay == null || delay.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0) {
			return new Deadline(time, true, 0);
		}
		return new Deadline(time, false, time.nanoTime() + delay.toNanos());
	}

	boolean hasPassed() {
		return !this.never && this.nanoTime - this.time.nanoTime() <= 0;
	}

	/**
	 * How much time is left: zero once it has passed, null where it never does.
	 */
	@Nullable Duration left() {
		return this.never ? null : Duration.ofNanos(Math.max(0, this.nanoTime - this.time.nanoTime()));
	}

	/** Parks the current thread, if only this is waited for. */
	void park(Object blocker) {
		this.time.parkNanos(blocker, parkNanos());
	}

	/** How long to park at most, if only this were waited for. */
	long parkNanos() {
		return this.never ? LONGEST_PARK : Math.min(LONGEST_PARK, Math.max(0, this.nanoTime - this.time.nanoTime()));
	}

}
