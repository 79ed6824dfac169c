package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.Pending;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.Work;
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
 * <b>Question 3</b>: what does it cost to submit one work object again and again?
 *
 * <p>
 * Workload: one thread submits {@code members} times, then waits for the callbacks. The
 * rival executes one {@code Runnable} as often and waits with a latch.
 * {@link #submitOnly()} is for the bytes that a submission allocates: its callbacks do
 * not run, the pool is paused by what runs in it.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 3}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WorkBenchmark {

	/** How many submissions. */
	@Param("10000")
	public int members;

	/** How many threads run. */
	@Param("2")
	public int threads;

	private ThreadPool pool;

	private CleanupGroup group;

	private CleanupGroup paused;

	private Work work;

	private Work held;

	private ThreadPoolExecutor executor;

	/** Makes the pools. */
	@Setup
	public void start() {
		this.pool = ThreadPool.builder("benchmark").minThreads(this.threads).maxThreads(this.threads).build();
		this.group = CleanupGroup.create("benchmark");
		this.paused = CleanupGroup.create("paused");
		this.paused.pause();
		this.work = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).build().newWork((i) -> {
		});
		this.held = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.paused).build().newWork((i) -> {
		});
		this.executor = Rival.threadPool(this.threads);
	}

	/** Ends the pools. */
	@TearDown
	public void stop() throws InterruptedException {
		this.paused.closeMembers(CloseOptions.cancelPending());
		this.group.close();
		this.pool.close();
		this.executor.shutdownNow();
	}

	/** One batch of ours. */
	@Benchmark
	public void work() throws InterruptedException {
		for (int i = 0; i < this.members; i++) {
			this.work.submit();
		}
		this.work.awaitCallbacks(Pending.AWAIT);
	}

	/** One submission of ours that does not run. */
	@Benchmark
	public void submitOnly() {
		this.held.submit();
	}

	/** One batch of the rival's. */
	@Benchmark
	public void execute() throws InterruptedException {
		CountDownLatch latch = new CountDownLatch(this.members);
		Runnable task = latch::countDown;
		for (int i = 0; i < this.members; i++) {
			this.executor.execute(task);
		}
		latch.await();
	}

}
