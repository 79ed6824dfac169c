package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The members that one close of a group takes together: one {@link Lane} for each pool
 * they are on. A group goes on to a new generation at each close. Callbacks without a
 * group have a generation of their own for each pool, which is never closed.
 */
final class Generation {

	final @Nullable CleanupGroup group;

	/**
	 * Replaced, never changed. Written under the group's lock (without group: once), read
	 * by anybody.
	 */
	volatile Lane[] lanes = {};

	/**
	 * What is closed with the members, in the order it was attached; null where there is
	 * nothing. Guarded by the group's lock.
	 */
	private @Nullable Map<Object, AutoCloseable> attachments;

	Generation(@Nullable CleanupGroup group) {
		this.group = group;
	}

	/** The lane on a pool, or null where none was made yet. */
	@Nullable Lane laneOn(Dispatcher dispatcher) {
		for (Lane lane : this.lanes) {
			if (lane.dispatcher == dispatcher) {
				return lane;
			}
		}
		return null;
	}

	/** Makes the lane on a pool. Group lock, where there is a group. */
	Lane addLane(Dispatcher dispatcher, int state) {
		Lane lane = new Lane(dispatcher, this);
		lane.state = state;
		Lane[] more = Arrays.copyOf(this.lanes, this.lanes.length + 1);
		more[more.length - 1] = lane;
		this.lanes = more;
		return lane;
	}

	/** Attaches something unless the key has something. Group lock. */
	AutoCloseable attach(Object key, AutoCloseable attachment) {
		if (this.attachments == null) {
			this.attachments = new LinkedHashMap<>();
		}
		AutoCloseable present = this.attachments.putIfAbsent(key, attachment);
		return (present != null) ? present : attachment;
	}

	/** Whether a close has anything to do. Group lock. */
	boolean isUsed() {
		return this.lanes.length > 0 || this.attachments != null;
	}

	/** What is attached, the latest first, and is no longer from now on. Group lock. */
	List<AutoCloseable> detachAll() {
		if (this.attachments == null) {
			return List.of();
		}
		List<AutoCloseable> detached = new ArrayList<>(this.attachments.values());
		Collections.reverse(detached);
		this.attachments = null;
		return detached;
	}

	boolean isPaused() {
		return this.group != null && this.group.isPaused();
	}

	boolean isRefusing() {
		return this.group != null && !this.group.isAccepting();
	}

	int weight() {
		return (this.group != null) ? this.group.weight() : 1;
	}

	@Nullable ConcurrencyLimit concurrencyLimit() {
		return (this.group != null) ? this.group.concurrencyLimit() : null;
	}

	@Nullable QueueBound queueBound() {
		return (this.group != null) ? this.group.queueBound() : null;
	}

	@Nullable CleanupGroupListener listener() {
		return (this.group != null) ? this.group.listener() : null;
	}

	/** Tells the group's listener; no lock is held. */
	void tellCancelled(long count) {
		CleanupGroupListener listener = listener();
		if (listener != null && count > 0) {
			CleanupGroup.tell(() -> listener.callbacksCancelled(count));
		}
	}

	/** Tells the group's listener; no lock is held. */
	void tellJoined(MemberKind kind, String name) {
		if (this.group != null) {
			this.group.tellJoined(kind, name);
		}
	}

	/** Tells the group's listener; no lock is held. */
	void tellRejected(MemberKind kind, String name) {
		if (this.group != null) {
			this.group.tellRejected(kind, name);
		}
	}

	/** How messages call it. */
	@Override
	public String toString() {
		return (this.group != null) ? "group '" + this.group.name() + "'" : "no group";
	}

}
