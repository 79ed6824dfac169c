package io.github.cleanupgroups;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The open objects of a lane, linked through themselves in the order of their creation,
 * with a tally of their states. Guarded by the pool's lock.
 */
final class ObjectList {

	private @Nullable MemberObject first;

	private @Nullable MemberObject last;

	private int size;

	private final MemberTally tally = new MemberTally();

	int size() {
		return this.size;
	}

	MemberTally tally() {
		return this.tally;
	}

	/** Objects that something is queued or running of. */
	int busy() {
		return this.tally.total(MemberState.QUEUED) + this.tally.total(MemberState.RUNNING);
	}

	void add(MemberObject object) {
		object.previousObject = this.last;
		if (this.last == null) {
			this.first = object;
		}
		else {
			this.last.nextObject = object;
		}
		this.last = object;
		this.size++;
	}

	void remove(MemberObject object) {
		MemberObject previous = object.previousObject;
		MemberObject next = object.nextObject;
		if (previous == null) {
			this.first = next;
		}
		else {
			previous.nextObject = next;
		}
		if (next == null) {
			this.last = previous;
		}
		else {
			next.previousObject = previous;
		}
		object.previousObject = null;
		object.nextObject = null;
		this.size--;
	}

	/** Those that have been members longest, so many at most. */
	void forEachOfFirst(int limit, Consumer<MemberObject> consumer) {
		int left = limit;
		for (MemberObject object = this.first; object != null && left > 0; object = object.nextObject) {
			consumer.accept(object);
			left--;
		}
	}

	void forEach(Consumer<MemberObject> consumer) {
		MemberObject next;
		for (MemberObject object = this.first; object != null; object = next) {
			// It may leave the list.
			next = object.nextObject;
			consumer.accept(object);
		}
	}

	/**
	 * Takes all out, those first that have been members longest. Users may hold any of
	 * them, and are not to hold the others by it.
	 * @param consumer is handed each when it has left
	 */
	void removeAll(Consumer<MemberObject> consumer) {
		this.last = null;
		this.size = 0;
		this.tally.clear();
		for (MemberObject object = this.first; object != null; object = this.first) {
			this.first = object.nextObject;
			object.previousObject = null;
			object.nextObject = null;
			consumer.accept(object);
		}
	}

}
