package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * Lets one-offs enter without the pool's lock, where that decides nothing: while their
 * lane is open, and is the only one that stands in a ready ring, its {@link Inbox} is
 * open. To submission it is what {@link Batches} is to taking.
 *
 * <p>
 * Nobody need be woken for what comes into an open inbox: the lane stands ready already,
 * so a worker searches, or all are busy. What has come enters the queue before anything
 * else enters that one, before a worker looks for what is next, and before anybody looks
 * at all ({@link PoolLock#lock}): so each finds queue and counters as if all had entered
 * under the lock.
 *
 * <p>
 * Everything here is guarded by the pool's lock.
 */
final class Inboxes {

	private final Dispatcher dispatcher;

	private final ReadyRings ready;

	/** The one that is open: no pool has two. */
	private @Nullable Inbox open;

	Inboxes(Dispatcher dispatcher, ReadyRings ready) {
		this.dispatcher = dispatcher;
		this.ready = ready;
	}

	/** Opens that of a lane, if entering it needs no more than a place in its queue. */
	void open(Lane lane, int level) {
		if (this.open != null || !standsAlone(lane, level) || !lane.isFreeToEnter()) {
			return;
		}
		Inbox inbox = lane.inbox;
		if (inbox == null || inbox.level != level) {
			inbox = new Inbox(lane, level);
			lane.inbox = inbox;
		}
		this.open = inbox;
		inbox.open();
	}

	private boolean standsAlone(Lane lane, int level) {
		return this.ready.isSingle() && lane.isStanding(level);
	}

	/** Something is about to enter this lane by itself, or to be taken from it. */
	void empty(Lane lane) {
		if (this.open != null && this.open.lane == lane) {
			count(lane, this.open.empty());
		}
	}

	/** A worker is about to look for what is next. */
	void empty() {
		if (this.open != null) {
			count(this.open.lane, this.open.empty());
		}
	}

	/** Shuts the one that is open. What was in it may make its lane stand ready again. */
	void shut() {
		Inbox inbox = this.open;
		if (inbox != null) {
			this.open = null;
			int count = inbox.shut();
			if (count > 0) {
				count(inbox.lane, count);
				this.ready.add(inbox.lane, inbox.level);
			}
		}
	}

	/** Shuts the one that is open unless its lane is still the only one that is ready. */
	void review() {
		if (this.open != null && !standsAlone(this.open.lane, this.open.level)) {
			shut();
		}
	}

	private void count(Lane lane, int entered) {
		lane.queuedOneOffs += entered;
		lane.joined += entered;
		lane.pending += entered;
		this.dispatcher.countEntered(entered);
	}

}
