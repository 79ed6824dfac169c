package io.github.cleanupgroups.benchmarks;

/**
 * How long it measures.
 *
 * @param rounds how often each run is measured, all others in between
 * @param warmups iterations of a fork that do not count
 * @param iterations those that do
 * @param millis of each
 * @param large how many there are where a question asks about a million
 */
record Effort(int rounds, int warmups, int iterations, int millis, int large) {

	private static final int FULL_MILLIS = 1_000;

	static Effort chosen() {
		if (System.getProperty("smoke") != null) {
			return new Effort(1, 1, 1, 500, 10_000);
		}
		if (System.getProperty("quick") != null) {
			return new Effort(Integer.getInteger("rounds", 1), 3, 3, 200, 100_000);
		}
		return new Effort(Integer.getInteger("rounds", 5), 5, 5, FULL_MILLIS, 1_000_000);
	}

	/** Whether it is neither quick nor smoke. */
	boolean isFull() {
		return this.millis == FULL_MILLIS;
	}

}
