package io.github.cleanupgroups;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Alarms by a time, the earliest first: a heap of four children a node whose elements
 * know their place, so that adding and removing cost a logarithm. Guarded by the pool's
 * lock.
 *
 * <p>
 * The times stand in an array of their own: comparing touches no alarm. They are compared
 * by their difference, for the origin of monotonic time is arbitrary.
 */
class AlarmHeap {

	private static final int CHILDREN = 4;

	private static final int SMALLEST = 16;

	private @Nullable Alarm[] alarms = new @Nullable Alarm[SMALLEST];

	private long[] times = new long[SMALLEST];

	private int size;

	/** What an alarm's place is where it stands first. */
	private final int firstPlace;

	/**
	 * An empty one.
	 * @param firstPlace from where on the places in this heap count
	 */
	AlarmHeap(int firstPlace) {
		this.firstPlace = firstPlace;
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	int size() {
		return this.size;
	}

	int capacity() {
		return this.alarms.length;
	}

	/** Whether the place of an alarm is one of this heap, and none below. */
	boolean contains(Alarm alarm) {
		return indexOf(alarm) >= 0;
	}

	@Nullable Alarm first() {
		return this.alarms[0];
	}

	/** The earliest time; only where there is one. */
	long firstTime() {
		return this.times[0];
	}

	void add(Alarm alarm, long time) {
		makeRoom();
		this.size++;
		siftUp(this.size - 1, alarm, time);
	}

	/** Makes sure that nothing fails when one more is added. */
	void makeRoom() {
		if (this.size == this.alarms.length) {
			resize(this.size * 2);
		}
	}

	/** Takes the earliest, null where there is none. */
	@Nullable Alarm poll() {
		Alarm first = this.alarms[0];
		if (first != null) {
			remove(first);
		}
		return first;
	}

	void remove(Alarm alarm) {
		int hole = indexOf(alarm);
		index(alarm, -1);
		this.size--;
		Alarm last = this.alarms[this.size];
		long time = this.times[this.size];
		this.alarms[this.size] = null;
		if (last != null && hole != this.size) {
			siftDown(hole, last, time);
			if (indexOf(last) == hole) {
				siftUp(hole, last, time);
			}
		}
		if (this.size >= SMALLEST && this.size < this.alarms.length / 8) {
			// What a burst needed is not kept for good.
			shrink();
		}
	}

	/** Where an alarm stands in this heap, negative while it does not. */
	int indexOf(Alarm alarm) {
		return alarm.place() - this.firstPlace;
	}

	void index(Alarm alarm, int index) {
		alarm.place((index < 0) ? Alarm.NOWHERE : this.firstPlace + index);
	}

	private void shrink() {
		try {
			resize(this.alarms.length / 4);
		}
		catch (OutOfMemoryError ex) {
			// It keeps what it has: nothing is lost over it.
		}
	}

	private void resize(int capacity) {
		@Nullable Alarm[] alarmsThen = Arrays.copyOf(this.alarms, capacity);
		this.times = Arrays.copyOf(this.times, capacity);
		this.alarms = alarmsThen;
	}

	private void siftUp(int from, Alarm alarm, long time) {
		int hole = from;
		while (hole > 0) {
			int parent = (hole - 1) / CHILDREN;
			if (this.times[parent] - time <= 0) {
				break;
			}
			move(parent, hole);
			hole = parent;
		}
		place(hole, alarm, time);
	}

	private void siftDown(int from, Alarm alarm, long time) {
		int hole = from;
		for (int child = CHILDREN * hole + 1; child < this.size; child = CHILDREN * hole + 1) {
			int least = least(child);
			if (time - this.times[least] <= 0) {
				break;
			}
			move(least, hole);
			hole = least;
		}
		place(hole, alarm, time);
	}

	private int least(int firstChild) {
		int least = firstChild;
		int end = Math.min(firstChild + CHILDREN, this.size);
		for (int child = firstChild + 1; child < end; child++) {
			if (this.times[child] - this.times[least] < 0) {
				least = child;
			}
		}
		return least;
	}

	private void move(int from, int to) {
		Alarm alarm = this.alarms[from];
		if (alarm != null) {
			place(to, alarm, this.times[from]);
		}
	}

	private void place(int at, Alarm alarm, long time) {
		this.alarms[at] = alarm;
		this.times[at] = time;
		index(alarm, at);
	}

	/** Alarms by the latest time at which they may expire. */
	static final class ByLatest extends AlarmHeap {

		ByLatest() {
			super(0);
		}

		@Override
		int indexOf(Alarm alarm) {
			return alarm.latestIndex();
		}

		@Override
		void index(Alarm alarm, int index) {
			alarm.latestIndex(index);
		}

	}

}
