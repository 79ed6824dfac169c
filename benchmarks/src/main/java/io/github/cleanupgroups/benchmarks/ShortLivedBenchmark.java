package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * <b>Question 11</b>: what does a short-lived group cost?
 *
 * <p>
 * Workload: a group is made, gets ten one-offs, and is closed, while {@code groups}
 * others are open. Rivals: a {@code ThreadPoolExecutor} for each use, shut down and
 * awaited; a scope for each use; a bare queue and one thread that parks, the limit.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 11}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ShortLivedBenchmark {

	private static final int MEMBERS = 10;

	/** How many other groups are open. */
	@Param("1")
	public int groups;

	private ThreadPool pool;

	private final List<CleanupGroup> others = new ArrayList<>();

	/** Makes the pool and the other groups. */
	@Setup(Level.Trial)
	public void start() throws Exception {
		this.pool = ThreadPool.builder("benchmark").minThreads(2).maxThreads(2).build();
		for (int i = 0; i < this.groups; i++) {
			CleanupGroup group = CleanupGroup.create("other-" + i);
			CallbackEnvironment.builder().pool(this.pool).cleanupGroup(group).build().submit(() -> true).get();
			this.others.add(group);
		}
	}

	/** Ends them. */
	@TearDown(Level.Trial)
	public void stop() {
		this.others.forEach(CleanupGroup::close);
		this.pool.close();
	}

	/** Ours. */
	@Benchmark
	public void group() {
		try (CleanupGroup group = CleanupGroup.create("short")) {
			CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(group).build();
			for (int i = 0; i < MEMBERS; i++) {
				environment.trySubmit((instance) -> {
				});
			}
		}
	}

	/** An executor a use. */
	@Benchmark
	public void executor() throws InterruptedException {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		for (int i = 0; i < MEMBERS; i++) {
			executor.execute(() -> {
			});
		}
		executor.shutdown();
		if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
			throw new IllegalStateException();
		}
	}

	/** A scope a use: Java 25. */
	@Benchmark
	public void scope() {
		ScopedTasks scope = new ScopedTasks();
		scope.open(MEMBERS);
		for (int i = 0; i < MEMBERS; i++) {
			scope.execute();
		}
		scope.finish();
	}

	/** Waking alone. */
	@Benchmark
	public void limit(Limit limit) {
		limit.handOff.use(MEMBERS);
	}

	/** Its thread. */
	@State(Scope.Benchmark)
	public static class Limit {

		private final HandOffLimit handOff = new HandOffLimit();

		/** Ends it. */
		@TearDown(Level.Trial)
		public void stop() {
			this.handOff.stop();
		}

	}

}
