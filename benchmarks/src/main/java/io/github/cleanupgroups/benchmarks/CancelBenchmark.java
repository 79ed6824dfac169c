package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
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
 * <b>Question 5</b>: what does it cost to cancel N pending members that have a cancel
 * callback each?
 *
 * <p>
 * Workload: all threads of the pool are held; {@code members} tasks are pending. Ours
 * closes the group; the rival takes the queue with {@code shutdownNow} and cancels each
 * future, which calls back in {@code done}.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 5}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CancelBenchmark {

	private static final int THREADS = 2;

	/** How many are pending. */
	@Param("100000")
	public int members;

	private long told;

	private Gate gate;

	private ThreadPool pool;

	private CleanupGroup group;

	private ThreadPoolExecutor executor;

	private List<Future<?>> futures;

	/** Makes the pools and holds their threads. */
	@Setup(Level.Invocation)
	public void start() throws InterruptedException {
		this.told = 0;
		this.gate = new Gate(2 * THREADS);
		this.pool = ThreadPool.builder("benchmark").maxThreads(THREADS).build();
		this.group = CleanupGroup.create("benchmark");
		this.executor = Rival.threadPool(THREADS);
		this.futures = new ArrayList<>();
		CallbackEnvironment holding = CallbackEnvironment.builder().pool(this.pool).build();
		for (int i = 0; i < THREADS; i++) {
			holding.trySubmit((instance) -> this.gate.hold());
			this.executor.execute(this.gate::hold);
		}
		this.gate.awaitHeld();
	}

	/** Ends the pools, and looks whether every owner was told. */
	@TearDown(Level.Invocation)
	public void stop() {
		this.gate.open();
		this.pool.close();
		this.executor.shutdownNow();
		if (this.told != this.members) {
			throw new IllegalStateException(this.told + " of " + this.members + " were told");
		}
	}

	/** Ours. */
	@Benchmark
	public CloseReport group(PendingMembers pending) throws InterruptedException {
		return this.group.closeMembers(CloseOptions.cancelPending());
	}

	/** The JDK's. */
	@Benchmark
	public void shutdownNow(PendingFutures pending) {
		this.executor.shutdownNow();
		for (Future<?> future : this.futures) {
			future.cancel(false);
		}
	}

	/** What is pending in the group. */
	@State(Scope.Benchmark)
	public static class PendingMembers {

		/** Submits them. */
		@Setup(Level.Invocation)
		public void submit(CancelBenchmark benchmark) {
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(benchmark.pool)
				.cleanupGroup(benchmark.group)
				.onCancel((cancellation) -> benchmark.told++)
				.build();
			for (int i = 0; i < benchmark.members; i++) {
				environment.trySubmit((instance) -> {
				});
			}
		}

	}

	/** What is pending in the executor. */
	@State(Scope.Benchmark)
	public static class PendingFutures {

		/** Submits them. */
		@Setup(Level.Invocation)
		public void submit(CancelBenchmark benchmark) {
			for (int i = 0; i < benchmark.members; i++) {
				FutureTask<Boolean> future = new FutureTask<>(() -> true) {
					@Override
					protected void done() {
						benchmark.told++;
					}
				};
				benchmark.futures.add(future);
				benchmark.executor.execute(future);
			}
		}

	}

}
