package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;

/**
 * <b>Question 8</b>: how long from a submission to the start of its callback in an idle
 * pool, and in one whose only callback has just started?
 *
 * <p>
 * Workload: half a millisecond of nothing, so that the threads park; then one submission,
 * whose callback reads the clock first of all. Or without that time: the next submission
 * follows as soon as the submitter sees that the last callback has begun. A process of
 * its own: prints {@link StartDelays}.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 8}
 */
final class LatencyMeasurement {

	/** Named instead of a rival: threads that are woken, and nothing else. */
	static final String UNPARK_LIMIT = "UNPARK_LIMIT";

	private LatencyMeasurement() {
	}

	public static void main(String[] args) {
		int threads = Integer.parseInt(args[1]);
		StartDelays delays = new StartDelays(Duration.parse(args[3]));
		delays.print(Integer.parseInt(args[2]), args[0].equals(UNPARK_LIMIT) ? limit(threads, delays)
				: submission(Rival.valueOf(args[0]), threads, delays));
		Runtime.getRuntime().halt(0);
	}

	private static Runnable limit(int threads, StartDelays delays) {
		UnparkLimit limit = new UnparkLimit(threads);
		return () -> limit.execute(delays::begin);
	}

	private static Runnable submission(Rival rival, int threads, StartDelays delays) {
		if (rival == Rival.CLEANUP_GROUP) {
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(ThreadPool.builder("benchmark").minThreads(threads).maxThreads(threads).build())
				.cleanupGroup(CleanupGroup.create("benchmark"))
				.build();
			Callback callback = (instance) -> delays.begin();
			return () -> environment.trySubmit(callback);
		}
		ExecutorService executor = (rival == Rival.FORK_JOIN_POOL) ? new ForkJoinPool(threads)
				: Rival.threadPool(threads);
		return () -> executor.execute(delays::begin);
	}

}
