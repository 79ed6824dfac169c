package io.github.cleanupgroups.benchmarks;

/**
 * How long it measures.
 *
 * @param mode what it is called
 * @param rounds how often each run is measured that a target is about, all others in
 * between
 * @param warmupMillis how long a fork runs before it counts
 * @param tasksWarmupMillis how long one of questions 1 to 3 and 11 does: its threads keep
 * all processors busy, and the compiler gets what they leave; after three seconds it
 * still had half a second's work for the close alone
 * @param iterations how many of a fork count: its figure is their median
 * @param millis of each
 * @param shots at most so many are taken before it counts, where each is an iteration of
 * less than a millisecond
 * @param heap of a fork, all of it touched before it begins
 * @param large how many there are where a question asks about a million
 * @param samples how many starts of callbacks are timed
 * @param startsTwice whether an application is started twice a round: then the mean
 * counts
 */
record Effort(String mode, int rounds, int warmupMillis, int tasksWarmupMillis, int iterations, int millis, int shots,
		String heap, int large, int samples, boolean startsTwice) {

	static Effort chosen() {
		if (System.getProperty("smoke") != null) {
			return new Effort("smoke", 1, 500, 500, 1, 500, 100, "1g", 10_000, 500, false);
		}
		if (System.getProperty("quick") != null) {
			return new Effort("quick", Integer.getInteger("rounds", 2), 400, 1_300, 5, 40, 1_600, "512m", 100_000,
					1_000, false);
		}
		return new Effort("full", Integer.getInteger("rounds", 5), 2_000, 8_000, 5, 400, 6_000, "3g", 1_000_000, 5_000,
				true);
	}

}
