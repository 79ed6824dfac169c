package io.github.cleanupgroups;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What may be armed: it expires at its time unless it is disarmed before. All methods are
 * called under the pool's lock.
 */
abstract class Alarm {

	/** Where it stands in the heap by its time, negative while it does not. */
	int heapIndex() {
		return -1;
	}

	void heapIndex(int index) {
		throw new UnsupportedOperationException(this + " cannot be armed");
	}

	/** Where it stands in the heap by its latest time; only where it has a window. */
	int latestIndex() {
		return -1;
	}

	void latestIndex(int index) {
		throw new UnsupportedOperationException(this + " cannot be late");
	}

	/** Whether its time is one on the wall clock; else it is monotonic. */
	boolean isOnWallClock() {
		return false;
	}

	/**
	 * How much later than its time it may expire, to share a wake-up with others. Never
	 * changes while it is armed.
	 */
	long windowNanos() {
		return 0;
	}

	/**
	 * Its time has come: it is armed no longer.
	 * @param due when that was, on its clock
	 * @param now the monotonic time
	 * @return what is still to be done once the lock is released, or null
	 */
	@Nullable Runnable expire(long due, long now) {
		throw new UnsupportedOperationException(this + " cannot be armed");
	}

	/**
	 * Disarms it; what is pending of it stays.
	 * @param unlocked takes what is to be done once the lock is released
	 */
	void disarm(List<Runnable> unlocked) {
	}

}
