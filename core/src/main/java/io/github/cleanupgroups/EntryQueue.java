package io.github.cleanupgroups;

import java.util.Comparator;
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

	/** Takes all entries of another queue, after its own. */
	void append(EntryQueue others) {
		Entry first = others.head;
		Entry last = others.tail;
		if (first != null && last != null) {
			append(first, last);
			others.takeAll();
		}
	}

	/**
	 * Stable. It is made of runs that are in order: these are merged, of like number with
	 * each other, in places that count them as the digits of a binary number do. So it
	 * takes no memory that grows with the entries.
	 */
	void sort(Comparator<Entry> order) {
		@Nullable Entry[] merged = new @Nullable Entry[Integer.SIZE];
		Entry greatest = null;
		Entry next;
		for (Entry run = takeAll(); run != null; run = next) {
			Entry last = run;
			next = last.next;
			while (next != null && order.compare(last, next) <= 0) {
				last = next;
				next = last.next;
			}
			last.next = null;
			greatest = (greatest == null || order.compare(greatest, last) <= 0) ? last : greatest;
			add(run, merged, order);
		}
		this.head = mergeAll(merged, order);
		this.tail = greatest;
	}

	private static void add(Entry run, @Nullable Entry[] merged, Comparator<Entry> order) {
		Entry sum = run;
		int place = 0;
		for (Entry before = merged[0]; before != null; before = merged[place]) {
			sum = merge(before, sum, order);
			merged[place++] = null;
		}
		merged[place] = sum;
	}

	private static @Nullable Entry mergeAll(@Nullable Entry[] merged, Comparator<Entry> order) {
		Entry all = null;
		for (Entry before : merged) {
			all = (before == null) ? all : (all == null) ? before : merge(before, all, order);
		}
		return all;
	}

	/** Of equal ones, those of the first come first. */
	@SuppressWarnings("ReferenceEquality")
	private static Entry merge(Entry first, Entry second, Comparator<Entry> order) {
		Entry start = (order.compare(first, second) <= 0) ? first : second;
		Entry last = start;
		Entry one = (start == first) ? first.next : first;
		Entry other = (start == first) ? second : second.next;
		while (one != null && other != null) {
			if (order.compare(one, other) <= 0) {
				last.next = one;
				last = one;
				one = one.next;
			}
			else {
				last.next = other;
				last = other;
				other = other.next;
			}
		}
		last.next = (one != null) ? one : other;
		return start;
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
