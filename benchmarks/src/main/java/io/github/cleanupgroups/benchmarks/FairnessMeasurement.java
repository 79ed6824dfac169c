package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Executor;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackInstance;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import org.openjdk.jmh.infra.Blackhole;

/**
 * <b>Question 12</b>: does a group with an endless backlog keep a quiet one waiting?
 *
 * <p>
 * Workload: every half millisecond one submission of the quiet group, whose callback
 * reads the clock first of all; beside it so many callbacks of another group that take
 * some microseconds and submit themselves again. The rival is one
 * {@code ThreadPoolExecutor} for both. A process of its own: prints {@link StartDelays}.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 12}
 */
final class FairnessMeasurement {

	private static final int TOKENS = 2_000;

	private FairnessMeasurement() {
	}

	public static void main(String[] args) {
		Rival rival = Rival.valueOf(args[0]);
		int backlog = Integer.parseInt(args[1]);
		StartDelays delays = new StartDelays(StartDelays.PAUSE);
		Runnable submission = (rival == Rival.CLEANUP_GROUP) ? ours(backlog, delays) : shared(backlog, delays);
		delays.print(Integer.parseInt(args[2]), submission);
		Runtime.getRuntime().halt(0);
	}

	private static Runnable ours(int backlog, StartDelays delays) {
		ThreadPool pool = ThreadPool.builder("benchmark").minThreads(2).maxThreads(2).build();
		CallbackEnvironment busy = environment(pool, "busy");
		CallbackEnvironment quiet = environment(pool, "quiet");
		Callback again = new Callback() {
			@Override
			public void run(CallbackInstance instance) {
				Blackhole.consumeCPU(TOKENS);
				busy.trySubmit(this);
			}
		};
		for (int i = 0; i < backlog; i++) {
			busy.trySubmit(again);
		}
		Callback callback = (instance) -> delays.begin();
		return () -> quiet.trySubmit(callback);
	}

	private static CallbackEnvironment environment(ThreadPool pool, String group) {
		return CallbackEnvironment.builder().pool(pool).cleanupGroup(CleanupGroup.create(group)).build();
	}

	private static Runnable shared(int backlog, StartDelays delays) {
		Executor executor = Rival.threadPool(2);
		Runnable again = new Runnable() {
			@Override
			public void run() {
				Blackhole.consumeCPU(TOKENS);
				executor.execute(this);
			}
		};
		for (int i = 0; i < backlog; i++) {
			executor.execute(again);
		}
		return () -> executor.execute(delays::begin);
	}

}
