package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What is armed on one clock of a pool. Guarded by the pool's lock.
 *
 * <p>
 * What has no window stands in a wheel. Those that may be late stand in two heaps: by the
 * time at which they may expire, and by the latest at which they must. So the next
 * wake-up is known at once, however many windows overlap: it is the earliest of all
 * latest times, and whatever may expire by then expires with it.
 */
final class AlarmQueue {

	/** Those that have no window. */
	private final AlarmWheel exact;

	/** Those that have one. */
	private final AlarmHeap windowed = new AlarmHeap(0);

	private final AlarmHeap windowedByLatest = new AlarmHeap.ByLatest();

	/**
	 * An empty one.
	 * @param now what the clock shows
	 */
	AlarmQueue(long now) {
		this.exact = new AlarmWheel(now);
	}

	boolean isEmpty() {
		return size() == 0;
	}

	int size() {
		return this.exact.size() + this.windowed.size();
	}

	/** Adds what is not in here; or moves what is, and has no window. */
	void add(Alarm alarm, long due) {
		if (alarm.windowNanos() == 0) {
			this.exact.add(alarm, due);
		}
		else {
			alarm.due(due);
			this.windowed.add(alarm, due);
			this.windowedByLatest.add(alarm, due + alarm.windowNanos());
		}
	}

	void remove(Alarm alarm) {
		if (alarm.windowNanos() == 0) {
			this.exact.remove(alarm);
		}
		else {
			this.windowed.remove(alarm);
			this.windowedByLatest.remove(alarm);
		}
	}

	/**
	 * Prepares for {@link #poll}.
	 * @param now what the clock shows
	 * @param limit how many steps may be taken
	 * @return how many were; where as many as may be, there may be more to do
	 */
	int advance(long now, int limit) {
		return this.exact.advance(now, limit);
	}

	/**
	 * Prepares what is not due yet for later calls of {@link #advance}; once that has
	 * done all it had to.
	 * @param limit how many steps may be taken
	 * @return how many were; where as many as may be, there may be more to do
	 */
	int fileAhead(int limit) {
		return this.exact.fileAhead(limit);
	}

	/**
	 * How long until the first must expire of those that {@link #advance} has prepared.
	 */
	long nanosToNext(long now) {
		long nanos = (this.exact.first() != null) ? this.exact.firstTime() - now : AlarmClock.FAR;
		return this.windowed.isEmpty() ? nanos : Math.min(nanos, this.windowedByLatest.firstTime() - now);
	}

	/**
	 * Takes the earliest of those that were added for now or before, null where there is
	 * none. It may be stale, or have been postponed since.
	 */
	@Nullable Alarm poll(long now) {
		Alarm first = this.exact.first();
		Alarm other = this.windowed.first();
		if (other != null && (first == null || this.windowed.firstTime() - this.exact.firstTime() < 0)) {
			if (this.windowed.firstTime() - now > 0) {
				return null;
			}
			remove(other);
			return other;
		}
		if (first == null || this.exact.firstTime() - now > 0) {
			return null;
		}
		this.exact.removeFirst();
		return first;
	}

	/** When to look again so that nothing is late; only where there is something. */
	long wakeAt() {
		if (this.windowed.isEmpty()) {
			return this.exact.wakeAt();
		}
		long latest = this.windowedByLatest.firstTime();
		return (this.exact.size() == 0 || latest - this.exact.wakeAt() < 0) ? latest : this.exact.wakeAt();
	}

}
