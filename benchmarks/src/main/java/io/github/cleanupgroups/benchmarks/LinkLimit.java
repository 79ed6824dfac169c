package io.github.cleanupgroups.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The least that arming asks for in question 7 where a timer is a member of something: an
 * object as large as one of ours, linked to all others under a lock as it is made; to arm
 * it, a reading of the clock and, under the lock again, a place in a list of those that
 * are due at about the same time. No group, pool, state or thread.
 */
final class LinkLimit implements Timers {

	private static final int SLOT_BITS = 33;

	private final ReentrantLock lock = new ReentrantLock();

	private final Node[] timers;

	private final @Nullable Node[] slots = new @Nullable Node[64];

	private @Nullable Node last;

	LinkLimit(int timers) {
		this.timers = new Node[timers];
	}

	@Override
	public void make(int number) {
		Node node = new Node();
		this.lock.lock();
		try {
			node.previous = this.last;
			if (this.last != null) {
				this.last.next = node;
			}
			this.last = node;
		}
		finally {
			this.lock.unlock();
		}
		this.timers[number] = node;
	}

	@Override
	public void arm(int number, long millis) {
		if (this.timers[number] == null) {
			make(number);
		}
		Node node = this.timers[number];
		long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		this.lock.lock();
		try {
			int slot = (int) (due >>> SLOT_BITS) & (this.slots.length - 1);
			Node first = this.slots[slot];
			if (first != null) {
				first.previousInSlot = node;
				node.nextInSlot = first;
			}
			node.due = due;
			this.slots[slot] = node;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void rearm(int number, long millis) {
		throw new UnsupportedOperationException("the limit of arming is armed once");
	}

	@Override
	public void disarm(int number) {
		throw new UnsupportedOperationException("the limit of arming is not disarmed");
	}

	@Override
	public void close() {
		for (Node each : this.timers) {
			each.unlink();
		}
		Arrays.fill(this.timers, null);
	}

	/** What stands for a timer: 96 bytes. */
	@SuppressWarnings({ "UnusedVariable", "unused" }) // it is its size that counts
	private static final class Node {

		private @Nullable Node previous;

		private @Nullable Node next;

		private @Nullable Node previousInSlot;

		private @Nullable Node nextInSlot;

		private long due;

		private long one;

		private long two;

		private long three;

		private long four;

		private long five;

		private long six;

		private long seven;

		void unlink() {
			this.previous = null;
			this.next = null;
			this.previousInSlot = null;
			this.nextInSlot = null;
		}

	}

}
