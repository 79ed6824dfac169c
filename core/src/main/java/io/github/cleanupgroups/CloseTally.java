package io.github.cleanupgroups;

/**
 * What a close has counted so far.
 *
 * @param members members that were taken, or joined while it went on
 * @param completed callbacks that ran
 * @param cancelled callbacks that were dropped
 */
record CloseTally(long members, long completed, long cancelled) {

	static final CloseTally NOTHING = new CloseTally(0, 0, 0);

	CloseTally plus(CloseTally other) {
		return new CloseTally(this.members + other.members, this.completed + other.completed,
				this.cancelled + other.cancelled);
	}

	CloseTally minus(CloseTally other) {
		return new CloseTally(this.members - other.members, this.completed - other.completed,
				this.cancelled - other.cancelled);
	}

}
