package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Members whose owners are to be told that a close has cancelled them. Belongs to the
 * closing thread; what is due, to the holder of the group's lock.
 */
final class Owners {

	// Nanosecond times are compared by their difference: their origin is arbitrary.
	static final Comparator<Entry> BY_CREATION = (one, other) -> Long.signum(one.joinedNanos - other.joinedNanos);

	/** They have left the queues of their lanes, so that their links are free. */
	private final EntryQueue oneOffs = new EntryQueue();

	/** Whether these are in the order of their creation. */
	private boolean inOrder = true;

	/** These may go on standing in a queue. */
	private final List<@Nullable MemberObject> objects = new ArrayList<>(0);

	/** How many of the objects were polled. */
	private int polled;

	/**
	 * Adds one-offs that are linked to each other, the last to none.
	 * @param sorted whether they are in the order of their creation
	 */
	void add(OneOff first, OneOff last, boolean sorted) {
		this.inOrder = this.oneOffs.isEmpty() && sorted;
		this.oneOffs.append(first, last);
	}

	void add(MemberObject object) {
		this.objects.add(object);
	}

	/**
	 * Takes all of others, after its own. Each step is told in order; of two that are due
	 * at once, one-offs and objects are merged by who stands first of each.
	 */
	void addAll(Owners others) {
		this.objects.addAll(others.objects.subList(others.polled, others.objects.size()));
		others.objects.clear();
		others.polled = 0;
		this.oneOffs.append(others.oneOffs);
	}

	boolean isEmpty() {
		return this.oneOffs.isEmpty() && this.polled == this.objects.size();
	}

	/** Brings one-offs and objects into the order of their creation. None was polled. */
	void sort() {
		if (!this.inOrder) {
			this.oneOffs.sort(BY_CREATION);
			this.inOrder = true;
		}
		this.objects.sort(BY_CREATION);
	}

	/**
	 * The one that was created first, and of those that were at one time a one-off; null
	 * where there is none. It is not held any more.
	 */
	@Nullable Entry poll() {
		if (this.polled == this.objects.size()) {
			return this.oneOffs.poll();
		}
		MemberObject object = Objects.requireNonNull(this.objects.get(this.polled), "polled already");
		Entry oneOff = this.oneOffs.peek();
		if (oneOff != null && BY_CREATION.compare(oneOff, object) <= 0) {
			return this.oneOffs.poll();
		}
		this.objects.set(this.polled, null);
		this.polled++;
		return object;
	}

}
