package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What is armed on one clock of a pool. Guarded by the pool's lock.
 *
 * <p>
 * Those that may be late stand in two heaps: by the time at which they may expire, and by
 * the latest at which they must. So the next wake-up is known at once, however many
 * windows overlap: it is the earliest of all latest times, and whatever may expire by
 * then expires with it.
 */
final class AlarmQueue {

	/** Those that have no window. */
	private final AlarmHeap exact = new AlarmHeap();

	/** Those that have one. */
	private final AlarmHeap windowed = new AlarmHeap();

	private final AlarmHeap windowedByLatest = new AlarmHeap.ByLatest();

	boolean isEmpty() {
		return this.exact.isEmpty() && this.windowed.isEmpty();
	}

	int size() {
		return this.exact.size() + this.windowed.size();
	}

	void add(Alarm alarm, long due) {
		if (alarm.windowNanos() == 0) {
			this.exact.add(alarm, due);
		}
		else {
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

	/** When the earliest may expire; only where there is one. */
	long firstDue() {
		return first().firstTime();
	}

	/** Takes the earliest, null where there is none. */
	@Nullable Alarm poll() {
		Alarm alarm = first().poll();
		if (alarm != null && alarm.latestIndex() >= 0) {
			this.windowedByLatest.remove(alarm);
		}
		return alarm;
	}

	/** When to wake up so that nothing is late; only where there is something. */
	long wakeAt() {
		if (this.windowed.isEmpty()) {
			return this.exact.firstTime();
		}
		long latest = this.windowedByLatest.firstTime();
		return (this.exact.isEmpty() || latest - this.exact.firstTime() < 0) ? latest : this.exact.firstTime();
	}

	private AlarmHeap first() {
		if (this.exact.isEmpty()) {
			return this.windowed;
		}
		boolean windowedFirst = !this.windowed.isEmpty() && this.windowed.firstTime() - this.exact.firstTime() < 0;
		return windowedFirst ? this.windowed : this.exact;
	}

}
