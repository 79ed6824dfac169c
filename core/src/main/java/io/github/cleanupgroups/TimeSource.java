package io.github.cleanupgroups;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the engine takes time from. Nothing in the engine reads a clock or waits with a
 * time-out but through this.
 */
interface TimeSource {

	/** Until it is unparked. */
	long FOREVER = Long.MAX_VALUE;

	/** The machine's own time. */
	TimeSource SYSTEM = new TimeSource() {

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public Instant instant() {
			return Instant.now();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			if (nanos == FOREVER) {
				// The kernel has a timer to set and to take back less, and wakes sooner.
				LockSupport.park(blocker);
			}
			else {
				LockSupport.parkNanos(blocker, nanos);
			}
		}

	};

	/** Monotonic time with an arbitrary origin, as {@link System#nanoTime()}. */
	long nanoTime();

	/** The wall clock. */
	Instant instant();

	/**
	 * As {@link LockSupport#parkNanos(Object, long)}, or without a time-out for
	 * {@link #FOREVER}: may return early for no reason.
	 */
	void parkNanos(Object blocker, long nanos);

	/** The wall clock's time of a moment on {@link #nanoTime()}. */
	default Instant instantOf(long nanoTime) {
		return instant().minusNanos(nanoTime() - nanoTime);
	}

}
