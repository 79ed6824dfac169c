package io.github.cleanupgroups.benchmarks;

import java.util.Arrays;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * <b>Question 10</b>: how much throughput do the meters take?
 *
 * <p>
 * Workload: batches of callbacks of two microseconds on the two threads of one pool, of a
 * group that has meters and, in turn, of one that nobody listens to, as where Micrometer
 * is absent. Both in one virtual machine: a few percent are asked about, and machines
 * differ by more. A process of its own: prints the median of either.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 10}
 */
final class MetersMeasurement {

	/** How many callbacks a batch has. */
	static final int CALLBACKS = 2_000;

	private static final long RUN_NANOS = 2_000;

	private static final Callback CALLBACK = (instance) -> {
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < RUN_NANOS) {
			Thread.onSpinWait();
		}
	};

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
		long[] with = new long[batches];
		long[] without = new long[batches];
		// As many again come before and do not count.
		for (int i = -batches; i < batches; i++) {
			long one = batch(metered, meteredEnvironment);
			long other = batch(plain, plainEnvironment);
			if (i >= 0) {
				with[i] = one;
				without[i] = other;
			}
		}
		String scrape = context.getBean(PrometheusMeterRegistry.class).scrape();
		if (!scrape.contains("group=\"metered\"") || scrape.contains("group=\"plain\"")) {
			throw new IllegalStateException("not the meters that were meant");
		}
		Arrays.sort(with);
		Arrays.sort(without);
		System.out.println(Run.TIME + "=" + with[batches / 2]);
		System.out.println(Run.OTHER_TIME + "=" + without[batches / 2]);
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static long batch(CleanupGroup group, CallbackEnvironment environment) throws InterruptedException {
		long begin = System.nanoTime();
		for (int i = 0; i < CALLBACKS; i++) {
			if (!environment.trySubmit(CALLBACK)) {
				throw new IllegalStateException("refused");
			}
		}
		if (group.closeMembers(CloseOptions.awaitPending()).cancelledCallbacks() != 0) {
			throw new IllegalStateException("not all have run");
		}
		return System.nanoTime() - begin;
	}

}
