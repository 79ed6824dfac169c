package io.github.cleanupgroups.benchmarks;

/**
 * How long it measures.
 *
 * @param mode what it is called
 * @param rounds how often each run is measured that a target is about, all others in
 * between
 * @param warmupMillis how long a fork runs before it counts
 * @param iterations how many of a fork count: its figure is their median
 * @param millis of each
 * @param shots at most so many are taken before it counts, where each is an iteration of
 * less than a millisecond
 * @param heap of a fork, all of it touched before it begins
 * @param large how many there are where a question asks about a million
 * @param samples how many starts are timed
 */
record Effort(String mode, int rounds, int warmupMillis, int iterations, int millis, int shots, String heap, int large,
		int samples) {

	static Effort chosen() {
		if (System.getProperty("smoke") != null) {
			return new Effort("smoke", 1, 500, 1, 500, 100, "1g", 10_000, 500);
		}
		if (System.getProperty("quick") != null) {
			return new Effort("quick", Integer.getInteger("rounds", 3), 400, 5, 40, 1_600, "1g", 100_000, 1_500);
		}
		return new Effort("full", Integer.getInteger("rounds", 5), 2_000, 5, 400, 6_000, "3g", 1_000_000, 5_000);
	}

}
