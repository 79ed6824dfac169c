package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What one sweep of a lane's queue has dropped, and whom it concerns. Belongs to the
 * closing thread.
 */
final class DroppedEntries {

	private final Retention level;

	/** The first entries of the queues, null until they were taken. */
	private @Nullable List<Entry> taken;

	/** What goes back into the queue, by priority. */
	private final @Nullable EntryQueue[] kept = new @Nullable EntryQueue[Priority.LEVELS];

	private final List<MemberObject> objects = new ArrayList<>(0);

	/** Those to tell now: of this sweep and of others that the same step takes. */
	private final Owners owners;

	private final List<CompletableFuture<Void>> released = new ArrayList<>(0);

	private final List<Runnable> unlocked = new ArrayList<>(0);

	private @Nullable Retention outrunBy;

	private long oneOffs;

	private long callbacks;

	private long boundedCallbacks;

	private int deferredNotices;

	DroppedEntries(Retention level, Owners owners) {
		this.level = level;
		this.owners = owners;
	}

	/** Up to which entries are dropped. */
	Retention level() {
		return this.level;
	}

	/**
	 * Takes the lane's queues: their links belong to this thread from here on. Pool lock.
	 */
	void take(Lane lane) {
		this.taken = lane.takeQueued();
		lane.sweeps++;
	}

	boolean hasTaken() {
		return this.taken != null;
	}

	/** Parts what was taken into what is dropped and what is kept. No lock. */
	void sort() {
		if (this.taken != null) {
			this.taken.forEach(this::sort);
		}
	}

	/**
	 * Those to tell are handed on as they are linked: of a queue that is dropped as a
	 * whole no link is written.
	 */
	@SuppressWarnings("ReferenceEquality")
	private void sort(Entry first) {
		// Local: a field's write takes the collector's barrier, for each of a million.
		OneOff firstTold = null;
		OneOff lastTold = null;
		boolean inOrder = true;
		Entry next;
		try {
			for (Entry entry = first; entry != null; entry = next) {
				next = entry.next;
				if (entry instanceof OneOff oneOff && !oneOff.isQueued()) {
					// Withdrawn before, and booked then. Its future may be held, and is
					// not to hold those behind it.
					oneOff.next = null;
					continue;
				}
				if (!entry.retention().isDroppedAt(this.level)) {
					keep(entry);
				}
				else if (entry instanceof MemberObject object) {
					// Its user may hold it, and is not to hold those behind it.
					object.next = null;
					this.objects.add(object);
				}
				else if (entry instanceof OneOff oneOff && drop(oneOff)) {
					if (lastTold == null) {
						firstTold = oneOff;
					}
					else {
						inOrder = inOrder && Owners.BY_CREATION.compare(lastTold, oneOff) <= 0;
						if (lastTold.next != oneOff) {
							lastTold.next = oneOff;
						}
					}
					lastTold = oneOff;
				}
			}
		}
		finally {
			if (firstTold != null && lastTold != null) {
				lastTold.next = null;
				this.owners.add(firstTold, lastTold, inOrder);
			}
		}
	}

	/** Returns whether somebody is to be told. */
	private boolean drop(OneOff oneOff) {
		oneOff.leaveQueue();
		this.oneOffs++;
		return oneOff.environment.cancelCallback() != null || oneOff.owned() != null;
	}

	private void keep(Entry entry) {
		int priority = entry.environment.priority().level();
		EntryQueue queue = this.kept[priority];
		if (queue == null) {
			queue = new EntryQueue();
			this.kept[priority] = queue;
		}
		queue.add(entry);
	}

	/**
	 * Books in the lane what was dropped, puts back the rest, and finds the objects whose
	 * owners are to be told. Pool lock.
	 * @return how many callbacks were dropped
	 */
	long book(Lane lane) {
		lane.sweeps--;
		lane.queuedOneOffs -= (int) this.oneOffs;
		this.callbacks = this.oneOffs;
		this.boundedCallbacks = this.oneOffs;
		for (MemberObject object : this.objects) {
			object.leaveQueue();
			drop(object);
			if (object.takeDeferredNotice()) {
				// Another sweep came while this one held it, and put off the notice.
				this.owners.add(object);
				this.deferredNotices--;
			}
		}
		lane.lingering.forEach((object) -> {
			if (object.retention().isDroppedAt(this.level)) {
				drop(object);
			}
		});
		for (int priority = 0; priority < this.kept.length; priority++) {
			EntryQueue queue = this.kept[priority];
			if (queue != null) {
				lane.putBack(priority, queue);
			}
		}
		lane.objects.forEach(this::cancel);
		this.outrunBy = lane.droppedUpTo.isDroppedAt(this.level) ? null : lane.droppedUpTo;
		return this.callbacks;
	}

	private void count(MemberObject object) {
		long count = object.dropByGroup(this.unlocked);
		this.callbacks += count;
		this.boundedCallbacks += object.isBounded() ? count : 0;
	}

	private void drop(MemberObject object) {
		count(object);
		CompletableFuture<Void> future = object.releasedOrNull();
		if (future != null && object.isReleased()) {
			this.released.add(future);
		}
	}

	private void cancel(MemberObject object) {
		if (!object.retention().isDroppedAt(this.level)) {
			return;
		}
		// What is pending and stood in no queue: operations that have not ended.
		count(object);
		if (!object.cancelByGroup()) {
			return;
		}
		if (!object.isOver()) {
			object.deferNotice();
			this.deferredNotices++;
		}
		else if (object.hasSomebodyToTell()) {
			this.owners.add(object);
		}
		else {
			object.told();
		}
	}

	/** What is to be done once the lock is released. */
	List<Runnable> unlocked() {
		return this.unlocked;
	}

	long callbacks() {
		return this.callbacks;
	}

	/** Those of them that counted for the bound of the group's queue. */
	long boundedCallbacks() {
		return this.boundedCallbacks;
	}

	/**
	 * Objects whose owners are told once their last callback has ended; negative where
	 * more that were put off by another sweep are due now.
	 */
	int deferredNotices() {
		return this.deferredNotices;
	}

	/** Objects that had been closed by themselves and are over now. */
	List<CompletableFuture<Void>> released() {
		return this.released;
	}

	/**
	 * The higher level that another sweep has come with while this one held what it took:
	 * that one could not see what this one put back. Null where there was none.
	 */
	@Nullable Retention outrunBy() {
		return this.outrunBy;
	}

}
