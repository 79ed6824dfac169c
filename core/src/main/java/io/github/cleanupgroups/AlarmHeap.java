package io.github.cleanupgroups;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * What is armed in a pool, the earliest first: a binary heap whose elements know their
 * place, so that arming and disarming cost a logarithm. Guarded by the pool's lock.
 */
final class AlarmHeap {

	private @Nullable Alarm[] heap = new @Nullable Alarm[16];

	private int size;

	@Nullable Alarm first() {
		return this.heap[0];
	}

	void add(Alarm alarm) {
		if (this.size == this.heap.length) {
			this.heap = Arrays.copyOf(this.heap, this.size * 2);
		}
		this.size++;
		siftUp(this.size - 1, alarm);
	}

	void remove(Alarm alarm) {
		int hole = alarm.heapIndex;
		alarm.heapIndex = -1;
		this.size--;
		Alarm last = this.heap[this.size];
		this.heap[this.size] = null;
		if (last == null || hole == this.size) {
			return;
		}
		siftDown(hole, last);
		if (last.heapIndex == hole) {
			siftUp(hole, last);
		}
	}

	private void siftUp(int from, Alarm alarm) {
		int hole = from;
		while (hole > 0) {
			Alarm parent = this.heap[(hole - 1) >>> 1];
			if (parent == null || parent.dueNanos - alarm.dueNanos <= 0) {
				break;
			}
			place(hole, parent);
			hole = (hole - 1) >>> 1;
		}
		place(hole, alarm);
	}

	private void siftDown(int from, Alarm alarm) {
		int hole = from;
		for (int child = 2 * hole + 1; child < this.size; child = 2 * hole + 1) {
			Alarm least = this.heap[child];
			Alarm right = (child + 1 < this.size) ? this.heap[child + 1] : null;
			if (least != null && right != null && right.dueNanos - least.dueNanos < 0) {
				least = right;
				child++;
			}
			if (least == null || alarm.dueNanos - least.dueNanos <= 0) {
				break;
			}
			place(hole, least);
			hole = child;
		}
		place(hole, alarm);
	}

	private void place(int index, Alarm alarm) {
		this.heap[index] = alarm;
		alarm.heapIndex = index;
	}

}
