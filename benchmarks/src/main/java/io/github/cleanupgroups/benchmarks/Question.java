package io.github.cleanupgroups.benchmarks;

/**
 * One line of a table: two figures, or one, and what their ratio must be.
 *
 * @param row of the table of targets
 * @param name what is asked
 * @param size how much of it, where the question is how the cost grows; else empty
 * @param rival who is compared with; {@code -} where ours has a limit of its own
 * @param ours the figure of this library
 * @param other the rival's, the same where there is none
 * @param kind what the ratio means
 * @param target what it must reach; not a number where there is no target
 */
record Question(int row, String name, String size, String rival, Figure ours, Figure other, Kind kind, double target) {

	/** What the ratio means. */
	enum Kind {

		/** Theirs by ours: at least the target. */
		FASTER_BY,

		/** Ours by theirs: at most the target. */
		AT_MOST,

		/** Ours alone: at most the target. */
		ALONE;

	}

	boolean isAboutGrowth() {
		return !this.size.isEmpty();
	}

	boolean hasTarget() {
		return !Double.isNaN(this.target);
	}

	/** Whether it is the same in each round. */
	boolean isExact() {
		return this.kind == Kind.ALONE && !this.ours.isTime();
	}

	double ratio(double mine, double theirs) {
		return switch (this.kind) {
			case FASTER_BY -> theirs / mine;
			case AT_MOST -> mine / theirs;
			case ALONE -> mine;
		};
	}

	boolean isReached(double ratio) {
		return (this.kind == Kind.FASTER_BY) ? ratio >= this.target : ratio <= this.target;
	}

	String goal() {
		if (!hasTarget()) {
			return "-";
		}
		String goal = (this.kind == Kind.ALONE) ? this.ours.show(this.target) : Table.number(this.target);
		return ((this.kind == Kind.FASTER_BY) ? ">= " : "<= ") + goal;
	}

	String reached(double ratio) {
		if (Double.isNaN(ratio)) {
			return "not run";
		}
		return hasTarget() ? (isReached(ratio) ? "yes" : "NO") : "-";
	}

}
