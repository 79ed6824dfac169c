package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * <b>Question 2</b>: what does a task with a future cost?
 *
 * <p>
 * Workload: one thread submits {@code members} tasks that return a number, then gets
 * every future. The score is the time of all of that.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 2}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FutureBenchmark {

	private static final Callable<Integer> TASK = () -> 1;

	/** Whose turn it is. */
	@Param("CLEANUP_GROUP")
	public Rival rival;

	/** How many tasks. */
	@Param("10000")
	public int members;

	/** How many threads run. */
	@Param("2")
	public int threads;

	private Tasks tasks;

	private Future<?>[] futures;

	/** Makes the pool. */
	@Setup
	public void start() {
		this.tasks = this.rival.create(this.threads);
		this.futures = new Future<?>[this.members];
	}

	/** Ends the pool. */
	@TearDown
	public void stop() throws Exception {
		this.tasks.close();
	}

	/** One batch. */
	@Benchmark
	public long submitAndGet() throws Exception {
		for (int i = 0; i < this.members; i++) {
			this.futures[i] = this.tasks.submit(TASK);
		}
		long sum = 0;
		for (Future<?> future : this.futures) {
			sum += (Integer) future.get();
		}
		return sum;
	}

}
