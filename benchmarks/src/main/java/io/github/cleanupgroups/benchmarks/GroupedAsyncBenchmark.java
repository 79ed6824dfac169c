package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.spring.GroupedAsync;
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

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * <b>Question 9</b>: what does a {@code @GroupedAsync} call cost?
 *
 * <p>
 * Workload: one thread makes {@code calls} calls that return a future, then joins every
 * future. The rival is {@code @Async} on a {@code ThreadPoolTaskExecutor} of the same
 * size. No meters on either side.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 9}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupedAsyncBenchmark {

	/** How many calls. */
	@Param("10000")
	public int calls;

	/** How many threads each side has. */
	@Param("2")
	public int threads;

	private ConfigurableApplicationContext context;

	private Calls bean;

	private CompletableFuture<?>[] futures;

	/** Starts the application. */
	@Setup(Level.Trial)
	public void start() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=error", "benchmark.threads=" + this.threads,
					"cleanup-groups.pools.default.min-threads=${benchmark.threads}",
					"cleanup-groups.pools.default.max-threads=${benchmark.threads}",
					"cleanup-groups.groups.calls.on-close=await",
					"spring.autoconfigure.exclude=io.github.cleanupgroups.spring.metrics.CleanupGroupMetricsAutoConfiguration")
			.run();
		this.bean = this.context.getBean(Calls.class);
		this.futures = new CompletableFuture<?>[this.calls];
	}

	/** Ends it. */
	@TearDown(Level.Trial)
	public void stop() {
		this.context.close();
	}

	/** Ours. */
	@Benchmark
	public void groupedAsync() {
		for (int i = 0; i < this.calls; i++) {
			this.futures[i] = this.bean.grouped();
		}
		for (CompletableFuture<?> future : this.futures) {
			future.join();
		}
	}

	/** Spring's. */
	@Benchmark
	public void async() {
		for (int i = 0; i < this.calls; i++) {
			this.futures[i] = this.bean.async();
		}
		for (CompletableFuture<?> future : this.futures) {
			future.join();
		}
	}

	/** What is called. */
	public static class Calls {

		/** By a group. */
		@GroupedAsync("calls")
		public CompletableFuture<Integer> grouped() {
			return CompletableFuture.completedFuture(1);
		}

		/** By an executor. */
		@Async("plainExecutor")
		public CompletableFuture<Integer> async() {
			return CompletableFuture.completedFuture(1);
		}

	}

	/** An application with both. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	public static class Application {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		ThreadPoolTaskExecutor plainExecutor(@Value("${benchmark.threads}") int threads) {
			return Rival.springExecutor(threads);
		}

	}

}
