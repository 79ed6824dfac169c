package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Where one-offs enter a lane without the pool's lock: a stack onto which each submitter
 * puts its own in one step. See {@link Inboxes} for when that is so.
 *
 * <p>
 * An inbox is <em>shut</em> or <em>open</em>; only the holder of the pool's lock opens
 * and shuts it. Shutting it takes, in the same step, what has come until then: so
 * whatever was let in is found by who shuts it, and whoever comes later has to go to the
 * lock.
 */
final class Inbox {

	/**
	 * How many it holds at most, for who empties it does so under the lock. Whoever finds
	 * it full goes to the lock, and so empties it.
	 */
	static final int CAPACITY = 64;

	/** How many spins a submitter backs off that has met another: a microsecond or so. */
	private static final int BACKOFF_SPINS = 50;

	/** What {@link #top} is while it is shut. */
	private static final Object SHUT = new Object();

	final Lane lane;

	/** The priority of all of it. */
	final int level;

	/**
	 * What came last, linked to what came before; null where nothing has. Submitters add
	 * while it is not {@link #SHUT}; the holder of the pool's lock does the rest.
	 */
	private final AtomicReference<@Nullable Object> top = new AtomicReference<>(SHUT);

	Inbox(Lane lane, int level) {
		this.lane = lane;
		this.level = level;
	}

	/**
	 * Lets a one-off in that has been told its lane. No lock is held. Not one that every
	 * close drops: the lane has to know of those.
	 * @return false where it has to enter under the lock
	 */
	@SuppressWarnings("ReferenceEquality")
	boolean offer(OneOff oneOff) {
		if (oneOff.retention() == Retention.NONE) {
			return false;
		}
		for (;;) {
			Object last = this.top.get();
			if (last == SHUT || !oneOff.standsOn((OneOff) last)) {
				return false;
			}
			if (this.top.compareAndSet(last, oneOff)) {
				return true;
			}
			if (isContended()) {
				backOff();
			}
		}
	}

	/** False where it was emptied or shut meanwhile: then nobody need back off. */
	@SuppressWarnings("ReferenceEquality")
	private boolean isContended() {
		Object last = this.top.get();
		return last != null && last != SHUT;
	}

	/**
	 * Two that submit side by side have each other's cache lines to fetch at every
	 * submission; one alone puts in tens in the time that the other backs off.
	 */
	private static void backOff() {
		for (int i = 0; i < BACKOFF_SPINS; i++) {
			Thread.onSpinWait();
		}
	}

	/** Pool lock. */
	void open() {
		this.top.set(null);
	}

	/**
	 * Moves what has come to the end of the lane's queue, in the order in which it came.
	 * Pool lock, while it is open.
	 * @return how many
	 */
	int empty() {
		return moveToQueue(this.top.getAndSet(null));
	}

	/** As {@link #empty()}, and shuts it. */
	int shut() {
		return moveToQueue(this.top.getAndSet(SHUT));
	}

	private int moveToQueue(@Nullable Object top) {
		if (top == null) {
			return 0;
		}
		OneOff last = (OneOff) top;
		Entry first = last;
		Entry before = last.next;
		last.next = null;
		while (before != null) {
			Entry entry = before;
			before = entry.next;
			entry.next = first;
			first = entry;
		}
		this.lane.queue(this.level).append(first, last);
		return last.height();
	}

}
