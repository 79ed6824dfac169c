package io.github.cleanupgroups;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A first-in first-out list of entries, linked through the entries themselves. Guarded by
 * the pool's lock.
 */
final class EntryQueue {

	private @Nullable Entry head;

	private @Nullable Entry tail;

	boolean isEmpty() {
		return this.head == null;
	}

	@Nullable Entry peek() {
		return this.head;
	}

	/** Whether there is one entry in it. */
	@SuppressWarnings("ReferenceEquality")
	boolean isSingle() {
		return this.head != null && this.head == this.tail;
	}

	void add(Entry entry) {
		entry.next = null;
		if (this.tail == null) {
			this.head = entry;
		}
		else {
			this.tail.next = entry;
		}
		this.tail = entry;
	}

	@Nullable Entry poll() {
		Entry first = this.head;
		if (first != null) {
			this.head = first.next;
			if (this.head == null) {
				this.tail = null;
			}
			first.next = null;
		}
		return first;
	}

	/** Adds entries that are linked to each other. */
	void append(Entry first, Entry last) {
		if (this.tail == null) {
			this.head = first;
		}
		else {
			this.tail.next = first;
		}
		this.tail = last;
	}

	/**
	 * Takes one-offs off the front as long as there are any and room, leaving out those
	 * that are not to run any more.
	 * @return how many
	 */
	int pollOneOffs(@Nullable Entry[] into) {
		int count = 0;
		Entry entry = this.head;
		while (count < into.length && entry instanceof OneOff oneOff) {
			entry = oneOff.next;
			oneOff.next = null;
			if (oneOff.isQueued()) {
				oneOff.leaveQueue();
				into[count++] = oneOff;
			}
		}
		this.head = entry;
		if (entry == null) {
			this.tail = null;
		}
		return count;
	}

	/** Empties this queue and gives its first entry, linked to the others. */
	@Nullable Entry takeAll() {
		Entry first = this.head;
		this.head = null;
		this.tail = null;
		return first;
	}

	void removeIf(Predicate<Entry> condition) {
		Entry next;
		for (Entry entry = takeAll(); entry != null; entry = next) {
			next = entry.next;
			entry.next = null;
			if (!condition.test(entry)) {
				add(entry);
			}
		}
	}

	/** Puts all entries of another queue before those of this one. */
	void prepend(EntryQueue others) {
		if (others.tail == null) {
			return;
		}
		others.tail.next = this.head;
		if (this.tail == null) {
			this.tail = others.tail;
		}
		this.head = others.head;
	}

}
