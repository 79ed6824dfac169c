package io.github.cleanupgroups;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The next callbacks of a lane, in the order of their turns, for workers to take without
 * the pool's lock: each by one step on a counter. They count as running from the moment
 * they are laid out; see {@link Batches} for how that is put right when somebody looks.
 *
 * <p>
 * A batch is <em>open</em>, then <em>over</em>: its last callback was taken, or what was
 * left went back to the queue. It is never filled again, so whoever takes late finds
 * nothing.
 */
final class Batch {

	/** More than any number of workers adds to. */
	private static final int TAKEN_BACK = 1 << 30;

	final Lane lane;

	/** The priority of all of it. */
	final int level;

	/** The work object that all of it belongs to, null for one-offs. */
	final @Nullable Work work;

	/** Each is read, and forgotten, by who takes it: a worker or who takes it back. */
	private final @Nullable Entry[] entries;

	/** Set before it is shown to anybody. */
	private int size;

	/** Since when the first of a work object has been queued, and the last. */
	private final long firstSince;

	private final long lastSince;

	/**
	 * The index of the next; counted up by workers, without lock. Past the end once it is
	 * over.
	 */
	private final AtomicInteger next = new AtomicInteger();

	/** How many were taken, once it is over. Pool lock. */
	int taken;

	/** How many of these are booked. Pool lock. */
	int booked;

	/** How many of these their workers have shown. Pool lock, for {@link Batches}. */
	int shown;

	/** Of one-offs, which are still to be put in. */
	Batch(Lane lane, int level, @Nullable Entry[] oneOffs) {
		this.lane = lane;
		this.level = level;
		this.entries = oneOffs;
		this.work = null;
		this.firstSince = 0;
		this.lastSince = 0;
	}

	/** So many were put in. */
	void filled(int count) {
		this.size = count;
		this.taken = count;
	}

	/** Of callbacks of one work object. */
	Batch(Work work, int level, int size) {
		this.lane = work.lane();
		this.level = level;
		this.entries = new @Nullable Entry[0];
		this.size = size;
		this.work = work;
		this.firstSince = work.queuedNanos();
		this.lastSince = work.lastQueuedNanos();
		this.taken = size;
	}

	boolean isOfOneOffs() {
		return this.work == null;
	}

	/** How many are taken by now; all, once it is over, even where it was ended. */
	int takenByNow() {
		return Math.min(this.next.get(), this.size);
	}

	boolean hasMore() {
		return this.next.get() < this.size;
	}

	/**
	 * Takes the next callback for a worker, whose {@linkplain Worker#current current one}
	 * it becomes: that shows everybody that the one before has ended.
	 * @return null where it is over
	 */
	@Nullable RunningCallback take(Worker worker, long now) {
		// All that may fail or take its time comes first: whoever settles waits for the
		// current one to be shown.
		RunningCallback execution = worker.spareRecord();
		int index = this.next.getAndIncrement();
		if (index >= this.size) {
			return null;
		}
		Entry taken = remove(index);
		execution.taken(taken, ++worker.taken);
		execution.starts(now, now - since(index, taken));
		worker.show(execution);
		return execution;
	}

	/**
	 * Gives what was taken at an index, once: the batch is known as long as anything of
	 * it runs, and must not keep what has run.
	 */
	Entry remove(int index) {
		if (this.work != null) {
			return this.work;
		}
		Entry entry = this.entries[index];
		this.entries[index] = null;
		return Objects.requireNonNull(entry, "entry");
	}

	private long since(int index, Entry entry) {
		if (this.work == null) {
			return entry.queuedNanos();
		}
		// Those in between are not known: none of them has waited less than the last.
		return (index == 0) ? this.firstSince : this.lastSince;
	}

	/** Since when what is left of a work object has been queued, at the least. */
	long sinceNext() {
		return (this.taken == 0) ? this.firstSince : this.lastSince;
	}

	/** Ends it, if it is not over. Pool lock. */
	void end() {
		int index = this.next.getAndSet(TAKEN_BACK);
		if (index < this.size) {
			this.taken = index;
		}
	}

	int size() {
		return this.size;
	}

}
