package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackInstance;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * <b>Question 12</b>: does a group with an endless backlog keep a quiet one waiting?
 *
 * <p>
 * Workload: every half millisecond one submission of the quiet group, whose start the
 * submitter awaits; beside it {@code backlog} callbacks of another group that take some
 * microseconds and submit themselves again. The rival is one {@code ThreadPoolExecutor}
 * for both.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 12}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FairnessBenchmark {

	private static final int TOKENS = 2_000;

	/** Whose turn it is. */
	@Param({ "CLEANUP_GROUP", "THREAD_POOL_EXECUTOR" })
	public Rival rival;

	/** How much the other group has pending all the time. */
	@Param({ "0", "1000" })
	public int backlog;

	private volatile boolean begun;

	private volatile boolean stopped;

	private Runnable submission;

	private ThreadPool pool;

	private CleanupGroup busy;

	private CallbackEnvironment busyEnvironment;

	private ThreadPoolExecutor executor;

	/** Makes the pools and the backlog. */
	@Setup(Level.Trial)
	public void start() {
		this.pool = ThreadPool.builder("benchmark").minThreads(2).maxThreads(2).build();
		this.executor = Rival.threadPool(2);
		this.busy = CleanupGroup.create("busy");
		this.busyEnvironment = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.busy).build();
		CallbackEnvironment quiet = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(CleanupGroup.create("quiet"))
			.build();
		boolean ours = this.rival == Rival.CLEANUP_GROUP;
		for (int i = 0; i < this.backlog; i++) {
			if (ours) {
				this.busyEnvironment.trySubmit(this::again);
			}
			else {
				this.executor.execute(this::again);
			}
		}
		Callback callback = (instance) -> this.begun = true;
		Runnable task = () -> this.begun = true;
		this.submission = ours ? () -> quiet.trySubmit(callback) : () -> this.executor.execute(task);
	}

	private void again(CallbackInstance instance) {
		Blackhole.consumeCPU(TOKENS);
		this.busyEnvironment.trySubmit(this::again);
	}

	private void again() {
		Blackhole.consumeCPU(TOKENS);
		if (!this.stopped) {
			this.executor.execute(this::again);
		}
	}

	/** Ends them. */
	@TearDown(Level.Trial)
	public void stop() throws InterruptedException {
		this.stopped = true;
		this.busy.close(CloseOptions.cancelPending());
		this.pool.close();
		this.executor.shutdownNow();
	}

	/** A pause. */
	@Setup(Level.Invocation)
	public void quiet() {
		this.begun = false;
		LockSupport.parkNanos(500_000);
	}

	/** One submission; its core is yielded to the busy ones. */
	@Benchmark
	@SuppressWarnings("ThreadPriorityCheck")
	public void submitToStart() {
		this.submission.run();
		while (!this.begun) {
			Thread.yield();
		}
	}

}
