package io.github.cleanupgroups;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The open objects of a lane, linked through themselves in the order of their creation,
 * with a tally of their states. Guarded by the pool's lock.
 */
// Ordinals are indexes here, never stored.
@SuppressWarnings("EnumOrdinal")
final class ObjectList {

	private static final int KINDS = MemberKind.values().length;

	private static final int STATES = MemberState.values().length;

	private @Nullable MemberObject first;

	private @Nullable MemberObject last;

	private int size;

	/** How many of each kind are in each state. */
	private final int[] tally = new int[KINDS * STATES];

	int size() {
		return this.size;
	}

	int count(MemberKind kind, MemberState state) {
		return this.tally[kind.ordinal() * STATES + state.ordinal()];
	}

	/** Objects that something is queued or running of. */
	int busy() {
		int busy = 0;
		for (int i = 0; i < this.tally.length; i++) {
			busy += (i % STATES != MemberState.IDLE.ordinal()) ? this.tally[i] : 0;
		}
		return busy;
	}

	void tally(MemberKind kind, MemberState state, int change) {
		this.tally[kind.ordinal() * STATES + state.ordinal()] += change;
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

}
