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

		private final CoarseClock coarse = new CoarseClock(System::nanoTime, PoolThreads.ticker());

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public long recentNanoTime() {
			return this.coarse.nanoTime();
		}

		@Override
		public void readsOften() {
			this.coarse.ask();
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

	/**
	 * As {@link #nanoTime()}, but may be about a millisecond old: for stamps, of which
	 * nothing depends but what people are shown.
	 */
	default long recentNanoTime() {
		return nanoTime();
	}

	/** Says that {@link #recentNanoTime()} is called very often at present. */
	default void readsOften() {
	}

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
