package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
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

/**
 * <b>Question 6</b>: what does it cost to close a small group in a pool that is full of
 * other groups' callbacks?
 *
 * <p>
 * Workload: all threads are held; {@code others} callbacks of ten other groups are
 * pending, and 1,000 of the group that is closed. The rival removes its 1,000 tasks one
 * by one from a {@code ThreadPoolExecutor} with as many others before them.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 6}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SmallCloseBenchmark {

	private static final int THREADS = 2;

	private static final int MEMBERS = 1_000;

	/** Whose turn it is. */
	@Param({ "CLEANUP_GROUP", "THREAD_POOL_EXECUTOR" })
	public Rival rival;

	/** How many callbacks of others are pending. */
	@Param({ "0", "1000000" })
	public int others;

	private Gate gate;

	private ThreadPool pool;

	private CleanupGroup group;

	private ThreadPoolExecutor executor;

	private final List<Runnable> mine = new ArrayList<>();

	/** Fills the pool with what others have pending. */
	@Setup(Level.Trial)
	public void start() throws InterruptedException {
		this.gate = new Gate(2 * THREADS);
		this.pool = ThreadPool.builder("benchmark").maxThreads(THREADS).build();
		this.group = CleanupGroup.create("benchmark");
		this.executor = Rival.threadPool(THREADS);
		CallbackEnvironment holding = CallbackEnvironment.builder().pool(this.pool).build();
		for (int i = 0; i < THREADS; i++) {
			holding.trySubmit((instance) -> this.gate.hold());
			this.executor.execute(this.gate::hold);
		}
		this.gate.awaitHeld();
		if (this.rival == Rival.CLEANUP_GROUP) {
			fillGroups();
		}
		else {
			for (int i = 0; i < this.others; i++) {
				this.executor.execute(() -> {
				});
			}
		}
	}

	private void fillGroups() {
		for (int g = 0; g < 10; g++) {
			CallbackEnvironment other = CallbackEnvironment.builder()
				.pool(this.pool)
				.cleanupGroup(CleanupGroup.create("other-" + g))
				.build();
			for (int i = 0; i < this.others / 10; i++) {
				other.trySubmit((instance) -> {
				});
			}
		}
	}

	/** Submits the members. */
	@Setup(Level.Invocation)
	public void submit() {
		this.mine.clear();
		CallbackEnvironment environment = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(this.group)
			.build();
		for (int i = 0; i < MEMBERS; i++) {
			if (this.rival == Rival.CLEANUP_GROUP) {
				environment.trySubmit((instance) -> {
				});
			}
			else {
				int number = i;
				Runnable task = () -> {
					if (number < 0) {
						throw new IllegalStateException();
					}
				};
				this.mine.add(task);
				this.executor.execute(task);
			}
		}
	}

	/** Ends the pools. */
	@TearDown(Level.Trial)
	public void stop() {
		this.executor.shutdownNow();
		this.gate.open();
		this.pool.close();
	}

	/** The close, or the removal. */
	@Benchmark
	public long closeMembers() throws InterruptedException {
		if (this.rival == Rival.CLEANUP_GROUP) {
			return this.group.closeMembers(CloseOptions.cancelPending()).cancelledCallbacks();
		}
		long removed = 0;
		for (Runnable task : this.mine) {
			removed += this.executor.remove(task) ? 1 : 0;
		}
		return removed;
	}

}
