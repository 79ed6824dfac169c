package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Lets the workers of a pool start callbacks without its lock, where that changes nothing
 * about which is next: while one lane alone has anything ready, its next callbacks are
 * laid out in a {@link Batch}, from which workers take one after another. Anything else
 * that becomes ready ends the batch; what is left goes back to the front of the queue.
 *
 * <h2>Bookkeeping</h2>
 *
 * What is laid out counts as running at once. What its workers have ended of it they book
 * when they next take the pool's lock, which is when the batch is over. Everybody else
 * who takes the lock <em>settles</em> first: ends the batch, and books for each worker
 * what that shows by its {@linkplain Worker#current current} callback: all before that
 * one have ended, that one runs. So whoever looks finds every counter and the list of
 * running callbacks as if each had been started and booked under the lock; and as the
 * batch is over, whatever runs then is booked under the lock when it ends.
 *
 * <p>
 * Everything here is guarded by the pool's lock, unless noted.
 */
final class Batches {

	private static final int SMALLEST = 4;

	private static final int LARGEST = 128;

	/**
	 * So many at once are worth the way to the lock: nobody waits for more to gather. Of
	 * a work object no more are laid out, for its submitters need the lock each time.
	 */
	private static final int ENOUGH = 64;

	/** Not less than this is a large batch. */
	private static final int BUSY = 8;

	private final Dispatcher dispatcher;

	/**
	 * The one that is not known to be over. Written under the lock, read without it by a
	 * worker that {@linkplain Standby stands by}.
	 */
	private volatile @Nullable Batch open;

	/** Workers that have taken something and not booked it. */
	private final List<Worker> takers = new ArrayList<>();

	/** How much the next may hold: the longer they last, the more. */
	private int size = SMALLEST;

	Batches(Dispatcher dispatcher) {
		this.dispatcher = dispatcher;
	}

	/** How much the next may hold. */
	int size() {
		return this.size;
	}

	/** Whether a worker is in a burst: it takes from one large batch after another. */
	boolean isInBurst(Worker worker) {
		return worker.batch != null && worker.batch.size() >= BUSY && this.size >= ENOUGH;
	}

	/**
	 * Whether what a worker has found was so little that it lets more gather before it
	 * comes again.
	 */
	boolean isWorthGathering(Batch found) {
		return found.size() < Math.min(ENOUGH, this.size);
	}

	/**
	 * Whether a worker that meets others at the lock need not give way: it has found as
	 * much as one can, so more is there already. No lock is held.
	 */
	static boolean hasPlenty(@Nullable Batch found) {
		return found != null && found.size() == LARGEST;
	}

	/** Whether it is callbacks of a work object that are laid out. */
	boolean isOfWork() {
		Batch batch = this.open;
		return batch != null && batch.work != null;
	}

	/** Whether there is something to take. */
	boolean hasMore() {
		return takeable() != null;
	}

	/**
	 * Where there is something to take, null where there is nothing. No lock is needed by
	 * who only looks.
	 */
	@Nullable Batch takeable() {
		Batch batch = this.open;
		return (batch != null && batch.hasMore()) ? batch : null;
	}

	/** Whether there is one that is not known to be over. */
	boolean isAnyOpen() {
		return this.open != null;
	}

	/**
	 * Whether there are one-offs to take, and one worker alone takes them. Not where
	 * another has not booked what it took from a batch before.
	 */
	boolean isTakenByOne() {
		Batch batch = takeable();
		return batch != null && batch.isOfOneOffs() && this.takers.size() == 1 && this.takers.get(0).batch == batch;
	}

	/**
	 * Takes the first for a worker that holds the lock; from then on it takes without.
	 * @return null where there is none
	 */
	@Nullable RunningCallback join(Worker worker, long now) {
		Batch batch = this.open;
		if (batch == null) {
			return null;
		}
		worker.taken = 0;
		RunningCallback first = batch.take(worker, now);
		if (first == null) {
			this.open = null;
			this.size = Math.min(LARGEST, 2 * this.size);
			return null;
		}
		worker.batch = batch;
		worker.taker = this.takers.size();
		this.takers.add(worker);
		return first;
	}

	/**
	 * Lays out what is next, if the lane that it is of is the only one that stands ready.
	 * @return false where it has to be started by itself
	 */
	boolean layOut(Lane lane, int level) {
		EntryQueue queue = lane.queue(level);
		Entry first = queue.peek();
		if (lane.generation.concurrencyLimit() != null) {
			return false;
		}
		if (first instanceof Work work) {
			int count = (int) Math.min(Math.min(ENOUGH, this.size), work.pending());
			if (count < 2 || !queue.isSingle()) {
				return false;
			}
			this.open = new Batch(work, level, count);
			queue.poll();
			work.startAll(count);
			started(lane, count);
			return true;
		}
		if (!(first instanceof OneOff) || queue.isSingle()) {
			return false;
		}
		// First what may fail: nothing has left the queue then.
		int most = Math.min(this.size, lane.queuedOneOffs);
		@Nullable Entry[] entries = new @Nullable Entry[most];
		Batch batch = new Batch(lane, level, entries);
		int count = queue.pollOneOffs(entries);
		if (count > 0) {
			batch.filled(count);
			this.open = batch;
			lane.queuedOneOffs -= count;
			lane.runningOneOffs += count;
			started(lane, count);
		}
		return count > 0;
	}

	private void started(Lane lane, int count) {
		lane.pending -= count;
		lane.running += count;
		this.dispatcher.countStarted(count);
	}

	/**
	 * Something is ready: where its turn may come before what is laid out, that goes back
	 * to its queue.
	 * @return the batch that was ended, null where none was
	 */
	@Nullable Batch becameReady(Entry entry, Lane lane, int level) {
		Batch batch = this.open;
		if (batch == null
				|| (batch.lane == lane && batch.level == level && (batch.work == null || batch.work == entry))) {
			return null;
		}
		return takeBack();
	}

	/**
	 * Ends the open batch, and puts back what is left of it.
	 * @return the batch that was ended, null where none was
	 */
	@Nullable Batch takeBack() {
		Batch batch = this.open;
		if (batch == null) {
			return null;
		}
		this.open = null;
		batch.end();
		int left = batch.size() - batch.taken;
		if (left == 0) {
			this.size = Math.min(LARGEST, 2 * this.size);
			return null;
		}
		this.size = SMALLEST;
		Lane lane = batch.lane;
		EntryQueue back = new EntryQueue();
		if (batch.work != null) {
			if (batch.work.takeBack(left, batch.sinceNext())) {
				back.add(batch.work);
			}
		}
		else {
			for (int index = batch.taken; index < batch.size(); index++) {
				OneOff oneOff = (OneOff) batch.remove(index);
				oneOff.returnToQueue();
				back.add(oneOff);
			}
			lane.queuedOneOffs += left;
			lane.runningOneOffs -= left;
		}
		lane.putBack(batch.level, back);
		lane.pending += left;
		lane.running -= left;
		this.dispatcher.countStarted(-left);
		return batch;
	}

	/**
	 * Makes all counters and the lists of running callbacks what they are.
	 * @return the batch that was ended, null where none was
	 */
	@Nullable Batch settle() {
		Batch ended = takeBack();
		if (!this.takers.isEmpty()) {
			awaitShown();
			while (!this.takers.isEmpty()) {
				book(this.takers.get(this.takers.size() - 1));
			}
		}
		return ended;
	}

	/**
	 * Waits for workers that have taken something and not shown it yet, which they are
	 * about to do: all batches are over.
	 */
	private void awaitShown() {
		for (int i = 0; !isAllShown(); i++) {
			SpinWait.pause(i);
		}
	}

	private boolean isAllShown() {
		this.takers.forEach((worker) -> worker.batch().shown = worker.batch().booked);
		this.takers.forEach((worker) -> worker.batch().shown += worker.lastTaken().number());
		for (Worker worker : this.takers) {
			if (worker.batch().shown < worker.batch().taken) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Books what a worker has taken: all but the last have ended, the last counts as
	 * running and is linked.
	 */
	void book(Worker worker) {
		Batch batch = worker.batch();
		RunningCallback last = worker.lastTaken();
		Lane lane = batch.lane;
		int ended = last.number() - 1;
		batch.booked += last.number();
		lane.running -= ended;
		lane.completed += ended;
		if (batch.work != null) {
			batch.work.finishAll(ended);
		}
		else {
			lane.runningOneOffs -= ended;
		}
		this.dispatcher.countEnded(ended);
		lane.link(last);
		remove(worker);
	}

	private void remove(Worker worker) {
		int last = this.takers.size() - 1;
		Worker moved = this.takers.get(last);
		this.takers.set(worker.taker, moved);
		moved.taker = worker.taker;
		this.takers.remove(last);
		worker.taker = Worker.NO_TAKER;
	}

}
