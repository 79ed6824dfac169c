package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: for each priority the lanes of a pool that have something to start.
 * Guarded by the pool's lock, but for {@link #hasAny()}.
 *
 * <p>
 * A lane stands in a ring at most once. It is put there when it gets something to start
 * and taken out, lazily, when it comes to the front and has nothing, is paused, or awaits
 * a slot of its group.
 */
final class ReadyRings {

	/** How long a callback may wait before it is next whatever its priority (V12). */
	private static final long AGEING = Duration.ofSeconds(1).toNanos();

	private final List<ArrayDeque<Lane>> rings = new ArrayList<>();

	/** How many places in the rings are taken. */
	private int standing;

	/**
	 * Whether a ring may be non-empty. Written under the lock, read by the searching
	 * worker without it.
	 */
	private volatile boolean any;

	ReadyRings() {
		for (int level = 0; level < Priority.LEVELS; level++) {
			this.rings.add(new ArrayDeque<>());
		}
	}

	/** Whether no lane stands in a ring. */
	boolean isEmpty() {
		return this.standing == 0;
	}

	/** Whether one lane stands ready, at one level. */
	boolean isSingle() {
		return this.standing == 1;
	}

	/** Whether there may be something to start: for who looks without the lock. */
	boolean hasAny() {
		return this.any;
	}

	/** A lane has something to start at this level, unless it may not. */
	void add(Lane lane, int level) {
		int bit = 1 << level;
		if ((lane.readyRings & bit) == 0 && lane.mayStart() && !lane.awaitsSlot) {
			lane.readyRings |= bit;
			this.rings.get(level).addLast(lane);
			this.standing++;
			if (!this.any) {
				this.any = true;
			}
		}
	}

	/** As {@link #add} for each level at which the lane has something queued. */
	void addAll(Lane lane) {
		for (int level = 0; level < Priority.LEVELS; level++) {
			if (lane.hasQueued(level)) {
				add(lane, level);
			}
		}
	}

	/**
	 * The lane whose entry is next, with a slot of its group taken where the group has a
	 * limit.
	 * @return null where nothing can be started
	 */
	@Nullable Lane next(long now) {
		for (;;) {
			int level = nextLevel(now);
			if (level < 0) {
				this.any = false;
				return null;
			}
			Lane lane = this.rings.get(level).getFirst();
			ConcurrencyLimit limit = lane.limit;
			if (limit == null || limit.tryAcquireOrEnlist(lane)) {
				lane.nextLevel = level;
				return lane;
			}
			lane.awaitsSlot = true;
			removeFirst(level);
		}
	}

	/** Takes the entry off the lane that {@link #next} gave. */
	Entry take(Lane lane) {
		return lane.poll(lane.nextLevel);
	}

	/**
	 * Moves that lane on once it had its turns. What was taken stands in the queue again
	 * by now if it has more to start: a lane with one busy object keeps its place as one
	 * with many does.
	 */
	void turnTaken(Lane lane) {
		int level = lane.nextLevel;
		lane.turnsLeft--;
		if (!lane.hasQueued(level)) {
			removeFirst(level);
			lane.turnsLeft = lane.generation.weight();
		}
		else if (lane.turnsLeft <= 0) {
			ArrayDeque<Lane> ring = this.rings.get(level);
			ring.addLast(ring.removeFirst());
			lane.turnsLeft = lane.generation.weight();
		}
	}

	/** The lane that {@link #next} gave has laid out a batch. */
	void laidOut(Lane lane) {
		if (!lane.hasQueued(lane.nextLevel)) {
			removeFirst(lane.nextLevel);
		}
	}

	/** What is left of a batch is queued again: it stands as if no batch had been. */
	void putBack(Batch batch) {
		Lane lane = batch.lane;
		ArrayDeque<Lane> ring = this.rings.get(batch.level);
		int weight = lane.generation.weight();
		int turns = batch.taken % weight;
		add(lane, batch.level);
		lane.turnsLeft = weight - turns;
		if (ring.size() > 1 && ring.remove(lane)) {
			if (turns == 0) {
				ring.addLast(lane);
			}
			else {
				ring.addFirst(lane);
			}
		}
	}

	/**
	 * The level whose front is next: the highest, unless a lower one has waited too long.
	 */
	private int nextLevel(long now) {
		int chosen = -1;
		long chosenSince = 0;
		for (int level = 0; level < Priority.LEVELS; level++) {
			Entry front = front(level);
			if (front == null) {
				continue;
			}
			long since = front.queuedNanos();
			if (chosen < 0 || (now - since >= AGEING && since - chosenSince < 0)) {
				chosen = level;
				chosenSince = since;
			}
		}
		return chosen;
	}

	/**
	 * The entry at the front of a ring, once the lanes before it that have nothing to
	 * start are gone.
	 */
	private @Nullable Entry front(int level) {
		ArrayDeque<Lane> ring = this.rings.get(level);
		for (Lane lane = ring.peekFirst(); lane != null; lane = ring.peekFirst()) {
			if (lane.mayStart() && !lane.awaitsSlot) {
				Entry entry = lane.peek(level);
				if (entry != null) {
					return entry;
				}
			}
			removeFirst(level);
		}
		return null;
	}

	private void removeFirst(int level) {
		Lane lane = this.rings.get(level).removeFirst();
		lane.readyRings &= ~(1 << level);
		this.standing--;
	}

}
