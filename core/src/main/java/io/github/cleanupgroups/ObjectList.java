package io.github.cleanupgroups;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The open objects of a lane, linked through themselves in the order of their creation,
 * with a tally of their states. Guarded by the pool's lock.
 */
final class ObjectList {

	private @Nullable Work first;

	private @Nullable Work last;

	private int size;

	/** Of the open ones, those that have a callback running. */
	int running;

	/** Of the open ones, those that have a callback queued and none running. */
	int queued;

	int size() {
		return this.size;
	}

	int count(MemberState state) {
		return switch (state) {
			case IDLE -> this.size - this.running - this.queued;
			case QUEUED -> this.queued;
			case RUNNING -> this.running;
		};
	}

	void add(Work object) {
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

	void remove(Work object) {
		Work previous = object.previousObject;
		Work next = object.nextObject;
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
	void forEachOfFirst(int limit, Consumer<Work> consumer) {
		int left = limit;
		for (Work object = this.first; object != null && left > 0; object = object.nextObject) {
			consumer.accept(object);
			left--;
		}
	}

	void forEach(Consumer<Work> consumer) {
		for (Work object = this.first; object != null; object = object.nextObject) {
			consumer.accept(object);
		}
	}

}
