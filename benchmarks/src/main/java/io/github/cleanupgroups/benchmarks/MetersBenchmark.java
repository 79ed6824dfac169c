package io.github.cleanupgroups.benchmarks;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
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

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * <b>Question 10</b>: what do the meters cost?
 *
 * <p>
 * Workload: {@link #callbacks()}: 10,000 callbacks of two microseconds on two threads,
 * with the meters and without. {@link #scrape()}: one scrape with {@code groups} groups
 * that each ran a callback; they were opened, or they were configured and so have all
 * their meters from the start. Its limit is {@link #scrapeOfTheSame()}: a registry that
 * has meters of the same names and tags, but nothing to ask.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 10}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetersBenchmark {

	private static final int CALLBACKS = 10_000;

	private static final long RUN_NANOS = 2_000;

	/** Whether there are meters. */
	@Param({ "true", "false" })
	public boolean meters;

	/** How many groups. */
	@Param("1")
	public int groups;

	/** Whether the groups are configured. */
	@Param("false")
	public boolean configured;

	private ConfigurableApplicationContext context;

	private CleanupGroup group;

	private CallbackEnvironment environment;

	private PrometheusMeterRegistry registry;

	private final PrometheusMeterRegistry same = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final Callback callback = (instance) -> {
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < RUN_NANOS) {
			Thread.onSpinWait();
		}
	};

	/** Starts the application. */
	@Setup(Level.Trial)
	public void start() throws Exception {
		String exclude = this.meters ? ""
				: "io.github.cleanupgroups.spring.metrics.CleanupGroupMetricsAutoConfiguration";
		Map<String, Object> groupKeys = new HashMap<>();
		for (int i = 0; this.configured && i < this.groups; i++) {
			groupKeys.put("cleanup-groups.groups.group-" + i + ".pool", "default");
		}
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(groupKeys)
			.properties("spring.main.banner-mode=off", "logging.level.root=error",
					"cleanup-groups.pools.default.min-threads=2", "cleanup-groups.pools.default.max-threads=2",
					"spring.autoconfigure.exclude=" + exclude)
			.run();
		CleanupGroups all = this.context.getBean(CleanupGroups.class);
		for (int i = 0; i < this.groups; i++) {
			if (!this.configured) {
				all.open("group-" + i);
			}
			all.environment("group-" + i).submit(() -> true).get();
		}
		this.group = all.get("group-0");
		this.environment = all.environment("group-0");
		this.registry = this.context.getBean(PrometheusMeterRegistry.class);
		boolean found = this.registry.scrape().contains("cleanup_group_callbacks");
		if (found != this.meters) {
			throw new IllegalStateException("meters are " + (found ? "there" : "missing"));
		}
		copyMeters();
	}

	/** The same meters, without groups behind them. */
	private void copyMeters() {
		for (Meter meter : this.registry.getMeters()) {
			Meter.Id id = meter.getId();
			switch (id.getType()) {
				case GAUGE -> Gauge.builder(id.getName(), () -> 0).tags(id.getTags()).register(this.same);
				case TIMER -> Timer.builder(id.getName()).tags(id.getTags()).register(this.same);
				case COUNTER -> Counter.builder(id.getName()).tags(id.getTags()).register(this.same);
				default -> {
				}
			}
		}
	}

	/** Ends it. */
	@TearDown(Level.Trial)
	public void stop() {
		this.context.close();
	}

	/** One batch. */
	@Benchmark
	public CloseReport callbacks() throws InterruptedException {
		for (int i = 0; i < CALLBACKS; i++) {
			this.environment.trySubmit(this.callback);
		}
		return this.group.closeMembers(CloseOptions.awaitPending());
	}

	/** One scrape. */
	@Benchmark
	public String scrape() {
		return this.registry.scrape();
	}

	/** The limit. */
	@Benchmark
	public String scrapeOfTheSame() {
		return this.same.scrape();
	}

	/** An application with groups alone. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

	}

}
