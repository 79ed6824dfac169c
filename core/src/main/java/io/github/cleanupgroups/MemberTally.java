package io.github.cleanupgroups;

import java.util.Arrays;

/**
 * How many members of each kind are in each state. Whoever owns it sees to it that one
 * thread at a time uses it.
 */
// Ordinals are indexes here, never stored.
@SuppressWarnings("EnumOrdinal")
final class MemberTally {

	private static final MemberKind[] KINDS = MemberKind.values();

	private static final MemberState[] STATES = MemberState.values();

	private final int[] counts = new int[KINDS.length * STATES.length];

	int count(MemberKind kind, MemberState state) {
		return this.counts[index(kind, state)];
	}

	int total() {
		int total = 0;
		for (int count : this.counts) {
			total += count;
		}
		return total;
	}

	/** How many of all kinds are in a state. */
	int total(MemberState state) {
		int total = 0;
		for (MemberKind kind : KINDS) {
			total += count(kind, state);
		}
		return total;
	}

	void add(MemberKind kind, MemberState state, int change) {
		this.counts[index(kind, state)] += change;
	}

	void add(MemberTally other) {
		for (int i = 0; i < this.counts.length; i++) {
			this.counts[i] += other.counts[i];
		}
	}

	void clear() {
		Arrays.fill(this.counts, 0);
	}

	private static int index(MemberKind kind, MemberState state) {
		return kind.ordinal() * STATES.length + state.ordinal();
	}

}
