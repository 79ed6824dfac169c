package io.github.cleanupgroups.benchmarks;

/**
 * One line of the table: two runs, or one, and what their ratio must be.
 *
 * @param row of the table of targets
 * @param name what is asked
 * @param rival who is compared with; {@code -} where ours has a limit of its own
 * @param ours the run of this library
 * @param other the rival's, the same where there is none
 * @param metric which of a run's figures
 * @param kind what the ratio means
 * @param target what it must reach; not a number where there is no target
 */
record Question(int row, String name, String rival, Run ours, Run other, String metric, Kind kind, double target) {

	/** What the ratio means. */
	enum Kind {

		/** Theirs by ours: at least the target. */
		FASTER_BY,

		/** Ours by theirs: at most the target. */
		AT_MOST,

		/** Ours alone: at most the target. */
		LIMIT;

	}

	double ratio(double mine, double theirs) {
		return switch (this.kind) {
			case FASTER_BY -> theirs / mine;
			case AT_MOST -> mine / theirs;
			case LIMIT -> mine;
		};
	}

	boolean isReached(double ratio) {
		return (this.kind == Kind.FASTER_BY) ? ratio >= this.target : ratio <= this.target;
	}

	String goal() {
		if (Double.isNaN(this.target)) {
			return "-";
		}
		return ((this.kind == Kind.FASTER_BY) ? ">= " : "<= ") + Table.number(this.target);
	}

	String reached(double ratio) {
		if (Double.isNaN(ratio)) {
			return "not run";
		}
		return Double.isNaN(this.target) ? "-" : (isReached(ratio) ? "yes" : "NO");
	}

}
