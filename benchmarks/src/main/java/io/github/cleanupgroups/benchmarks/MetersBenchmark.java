package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
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
 * <b>Question 10</b>: what does a scrape cost?
 *
 * <p>
 * Workload: one scrape with {@code groups} groups that each ran a callback; they were
 * opened, or they were configured and so have all their meters from the start. Its limit
 * is {@link #scrapeOfTheSame()}: a registry that has meters of the same names, tags and
 * measurements, but nothing to ask. What meters take of throughput is in
 * {@link MetersMeasurement}.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 10}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MetersBenchmark {

	/** How many groups. */
	@Param("1")
	public int groups;

	/** Whether the groups are configured. */
	@Param("false")
	public boolean configured;

	private ConfigurableApplicationContext context;

	private PrometheusMeterRegistry registry;

	private final PrometheusMeterRegistry same = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	static SpringApplicationBuilder application() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=error",
					"cleanup-groups.pools.default.min-threads=2", "cleanup-groups.pools.default.max-threads=2");
	}

	/** Starts the application. */
	@Setup(Level.Trial)
	public void start() throws Exception {
		Map<String, Object> groupKeys = new HashMap<>();
		for (int i = 0; this.configured && i < this.groups; i++) {
			groupKeys.put("cleanup-groups.groups.group-" + i + ".pool", "default");
		}
		this.context = application().properties(groupKeys).run();
		CleanupGroups all = this.context.getBean(CleanupGroups.class);
		for (int i = 0; i < this.groups; i++) {
			if (!this.configured) {
				all.open("group-" + i);
			}
			all.environment("group-" + i).submit(() -> true).get();
		}
		this.registry = this.context.getBean(PrometheusMeterRegistry.class);
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
				default -> Meter.builder(id.getName(), id.getType(), nothing(meter))
					.tags(id.getTags())
					.baseUnit(id.getBaseUnit())
					.register(this.same);
			}
		}
	}

	private static List<Measurement> nothing(Meter meter) {
		List<Measurement> measurements = new ArrayList<>();
		meter.measure()
			.forEach((measurement) -> measurements.add(new Measurement(() -> 0.0, measurement.getStatistic())));
		return measurements;
	}

	/** Ends it. */
	@TearDown(Level.Trial)
	public void stop() {
		this.context.close();
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
