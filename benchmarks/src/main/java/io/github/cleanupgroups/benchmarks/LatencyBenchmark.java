package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.cleanupgroups.Callback;
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
 * <b>Question 8</b>: how long from a submission to the start of its callback in an idle
 * pool?
 *
 * <p>
 * Workload: half a millisecond of nothing, so that the threads park; then one submission,
 * and the submitter spins until it has begun.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 8}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LatencyBenchmark {

	/** Whose turn it is: an executor, or this library. */
	@Param("CLEANUP_GROUP")
	public Rival rival;

	private volatile boolean begun;

	private Runnable submission;

	private AutoCloseable pool;

	/** Makes the pool. */
	@Setup(Level.Trial)
	public void start() {
		if (this.rival == Rival.CLEANUP_GROUP) {
			ThreadPool made = ThreadPool.builder("benchmark").minThreads(2).maxThreads(2).build();
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(made)
				.cleanupGroup(CleanupGroup.create("benchmark"))
				.build();
			Callback callback = (instance) -> this.begun = true;
			this.submission = () -> environment.trySubmit(callback);
			this.pool = made;
		}
		else {
			ExecutorService executor = (this.rival == Rival.FORK_JOIN_POOL) ? new ForkJoinPool(2) : Rival.threadPool(2);
			Runnable task = () -> this.begun = true;
			this.submission = () -> executor.execute(task);
			this.pool = executor::shutdownNow;
		}
	}

	/** Lets the threads park. */
	@Setup(Level.Invocation)
	public void idle() {
		this.begun = false;
		LockSupport.parkNanos(500_000);
	}

	/** Ends the pool. */
	@TearDown(Level.Trial)
	public void stop() throws Exception {
		this.pool.close();
	}

	/** One submission. */
	@Benchmark
	public void submitToStart() {
		this.submission.run();
		while (!this.begun) {
			Thread.onSpinWait();
		}
	}

}
