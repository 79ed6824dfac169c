package io.github.cleanupgroups.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackInstance;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * <b>Question 10</b>: how much throughput do the meters take?
 *
 * <p>
 * Workload: batches of callbacks of two microseconds on the two threads of one pool: of a
 * group that has meters; of one that nobody listens to, as where Micrometer is absent;
 * and of that again, with callbacks that do by hand what two of Micrometer's timers of
 * each callback cannot do without: read the clock when they are submitted, start and end,
 * and record wait and run time. That is the limit. The three take turns in one virtual
 * machine: a few percent are asked about, and machines differ by more. A process of its
 * own: prints the median of each.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 10}
 */
final class MetersMeasurement {

	/** How many callbacks a batch has. */
	static final int CALLBACKS = 2_000;

	private static final long RUN_NANOS = 2_000;

	private MetersMeasurement() {
	}

	public static void main(String[] args) throws Exception {
		int batches = Integer.parseInt(args[0]);
		ConfigurableApplicationContext context = MetersBenchmark.application().run();
		CleanupGroups groups = context.getBean(CleanupGroups.class);
		CleanupGroup metered = groups.open("metered");
		CallbackEnvironment meteredEnvironment = groups.environment("metered");
		CleanupGroup plain = CleanupGroup.create("plain");
		CallbackEnvironment plainEnvironment = CallbackEnvironment.builder()
			.pool(context.getBean("defaultThreadPool", ThreadPool.class))
			.cleanupGroup(plain)
			.build();
		PrometheusMeterRegistry registry = context.getBean(PrometheusMeterRegistry.class);
		List<Task> tasks = Task.list(registry, false);
		List<Task> recording = Task.list(registry, true);
		List<Batch> turns = List.of(new Batch(metered, meteredEnvironment, tasks),
				new Batch(plain, plainEnvironment, tasks), new Batch(plain, plainEnvironment, recording));
		long[][] nanos = new long[turns.size()][batches];
		// As many again come before and do not count.
		for (int i = -batches; i < batches; i++) {
			for (int j = 0; j < turns.size(); j++) {
				int turn = Math.floorMod(i + j, turns.size());
				long taken = turns.get(turn).run();
				if (i >= 0) {
					nanos[turn][i] = taken;
				}
			}
		}
		String scrape = registry.scrape();
		if (!scrape.contains("group=\"metered\"") || scrape.contains("group=\"plain\"")) {
			throw new IllegalStateException("not the meters that were meant");
		}
		System.out.println(Run.TIME + "=" + median(nanos[0]));
		System.out.println(Run.OTHER_TIME + "=" + median(nanos[1]));
		System.out.println(Run.LIMIT_TIME + "=" + median(nanos[2]));
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static long median(long[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	/** Callbacks of one group, again and again. */
	private record Batch(CleanupGroup group, CallbackEnvironment environment, List<Task> tasks) {

		/** How long all take. */
		long run() throws InterruptedException {
			long begin = System.nanoTime();
			for (Task task : this.tasks) {
				if (task.records) {
					task.submitted = System.nanoTime();
				}
				if (!this.environment.trySubmit(task)) {
					throw new IllegalStateException("refused");
				}
			}
			if (this.group.closeMembers(CloseOptions.awaitPending()).cancelledCallbacks() != 0) {
				throw new IllegalStateException("not all have run");
			}
			return System.nanoTime() - begin;
		}

	}

	/** All are of one class, so that the compiler knows what is called. */
	private static final class Task implements Callback {

		private final Timer waiting;

		private final Timer running;

		private final boolean records;

		private long submitted;

		private Task(Timer waiting, Timer running, boolean records) {
			this.waiting = waiting;
			this.running = running;
			this.records = records;
		}

		static List<Task> list(MeterRegistry registry, boolean records) {
			Timer waiting = registry.timer("by.hand.wait");
			Timer running = registry.timer("by.hand.run");
			return Stream.generate(() -> new Task(waiting, running, records)).limit(CALLBACKS).toList();
		}

		@Override
		public void run(CallbackInstance instance) {
			if (!this.records) {
				work();
				return;
			}
			long started = System.nanoTime();
			work();
			long ended = System.nanoTime();
			this.waiting.record(started - this.submitted, TimeUnit.NANOSECONDS);
			this.running.record(ended - started, TimeUnit.NANOSECONDS);
		}

		private static void work() {
			long begin = System.nanoTime();
			while (System.nanoTime() - begin < RUN_NANOS) {
				Thread.onSpinWait();
			}
		}

	}

}
