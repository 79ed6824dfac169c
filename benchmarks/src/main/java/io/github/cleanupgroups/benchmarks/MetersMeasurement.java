package io.github.cleanupgroups.benchmarks;

import java.util.Arrays;
import java.util.Collections;
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
 * Workload: batches of callbacks of two microseconds on the two threads of one pool, of a
 * group that has meters and, in turn, of one that nobody listens to, as where Micrometer
 * is absent. The limit is the second with callbacks that themselves do what two timers of
 * each cannot do without: read the clock when they are submitted, start and end, and
 * record the wait and the run. All in one virtual machine: a few percent are asked about,
 * and machines differ by more. A process of its own: prints the median of each.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 10}
 */
final class MetersMeasurement {

	/** How many callbacks a batch has. */
	static final int CALLBACKS = 2_000;

	private static final long RUN_NANOS = 2_000;

	private static final List<Callback> SAME = Collections.nCopies(CALLBACKS, (instance) -> work());

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
		List<Recording> recording = Recording.with(registry);
		long[] with = new long[batches];
		long[] without = new long[batches];
		long[] limit = new long[batches];
		// As many again come before and do not count.
		for (int i = -batches; i < batches; i++) {
			long[] now = { batch(metered, meteredEnvironment, SAME), batch(plain, plainEnvironment, SAME),
					batch(plain, plainEnvironment, recording) };
			if (i >= 0) {
				with[i] = now[0];
				without[i] = now[1];
				limit[i] = now[2];
			}
		}
		String scrape = registry.scrape();
		if (!scrape.contains("group=\"metered\"") || scrape.contains("group=\"plain\"")) {
			throw new IllegalStateException("not the meters that were meant");
		}
		System.out.println(Run.TIME + "=" + median(with));
		System.out.println(Run.OTHER_TIME + "=" + median(without));
		System.out.println(Run.LIMIT_TIME + "=" + median(limit));
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static long median(long[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	private static void work() {
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < RUN_NANOS) {
			Thread.onSpinWait();
		}
	}

	private static long batch(CleanupGroup group, CallbackEnvironment environment, List<? extends Callback> callbacks)
			throws InterruptedException {
		long begin = System.nanoTime();
		for (Callback callback : callbacks) {
			if (callback instanceof Recording recording) {
				recording.submitted = System.nanoTime();
			}
			if (!environment.trySubmit(callback)) {
				throw new IllegalStateException("refused");
			}
		}
		if (group.closeMembers(CloseOptions.awaitPending()).cancelledCallbacks() != 0) {
			throw new IllegalStateException("not all have run");
		}
		return System.nanoTime() - begin;
	}

	/** Does what the meters of a callback need, and nothing else. */
	private static final class Recording implements Callback {

		private final Timer wait;

		private final Timer run;

		private long submitted;

		Recording(Timer wait, Timer run) {
			this.wait = wait;
			this.run = run;
		}

		static List<Recording> with(MeterRegistry registry) {
			Timer wait = registry.timer("limit.wait");
			Timer run = registry.timer("limit.run");
			return Stream.generate(() -> new Recording(wait, run)).limit(CALLBACKS).toList();
		}

		@Override
		public void run(CallbackInstance instance) {
			long started = System.nanoTime();
			work();
			long ended = System.nanoTime();
			this.wait.record(started - this.submitted, TimeUnit.NANOSECONDS);
			this.run.record(ended - started, TimeUnit.NANOSECONDS);
		}

	}

}
