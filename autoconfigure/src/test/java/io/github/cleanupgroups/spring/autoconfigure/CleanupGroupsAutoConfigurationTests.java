package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The beans that configured names give, and what they leave alone.
 */
@Timeout(120)
class CleanupGroupsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(CleanupGroupsAutoConfiguration.class, TaskExecutionAutoConfiguration.class));

	@Test
	void beans_withoutSettings_areRegistryAndDefaultPool() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(CleanupGroups.class)
				.hasSingleBean(ThreadPool.class)
				.doesNotHaveBean(CleanupGroup.class);
			assertThat(context.getBean(CleanupGroups.class).names()).isEmpty();
			ThreadPool pool = context.getBean("defaultThreadPool", ThreadPool.class);
			assertThat(pool.name()).isEqualTo("default");
			assertThat(pool.stats().minThreads()).isZero();
			assertThat(pool.stats().maxThreads())
				.isEqualTo(Math.max(16, 4 * Runtime.getRuntime().availableProcessors()));
		});
	}

	@Test
	void beans_ofConfiguredNames_areNamedAfterThem() {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.pool=work", "cleanup-groups.groups.order-mail.weight=2",
					"cleanup-groups.pools.work.min-threads=1", "cleanup-groups.pools.work.max-threads=3")
			.run((context) -> {
				CleanupGroups groups = context.getBean(CleanupGroups.class);
				assertThat(groups.names()).containsExactly("mail", "order-mail");
				assertThat(context.getBean("mailCleanupGroup")).isSameAs(groups.get("mail"));
				assertThat(context.getBean("orderMailCleanupGroup")).isSameAs(groups.get("order-mail"));
				assertThat(context.getBean("workThreadPool")).isSameAs(groups.pool("mail"));
				assertThat(groups.pool("order-mail")).isSameAs(context.getBean("defaultThreadPool"));
				assertThat(groups.pools()).extracting(ThreadPool::name).containsExactly("default", "work");
				assertThat(groups.pool("mail").stats().minThreads()).isEqualTo(1);
				assertThat(groups.pool("mail").stats().maxThreads()).isEqualTo(3);
			});
	}

	@Test
	void beans_ofGroupsWithoutKeys_areThere() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail=", "cleanup-groups.pools.work=")
			.run((context) -> assertThat(context).hasBean("mailCleanupGroup").hasBean("workThreadPool"));
	}

	@Test
	void defaultPool_configured_hasItsSettings() {
		this.runner.withPropertyValues("cleanup-groups.pools.default.max-threads=2")
			.run((context) -> assertThat(context.getBean("defaultThreadPool", ThreadPool.class).stats().maxThreads())
				.isEqualTo(2));
	}

	@Test
	void registry_askedForAnEnvironment_givesItWithPoolAndGroup() {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.pool=work", "cleanup-groups.pools.work.max-threads=1")
			.run((context) -> {
				CleanupGroups groups = context.getBean(CleanupGroups.class);
				assertThat(groups.environment("mail")).isSameAs(groups.environment("mail"));
				boolean inside = groups.environment("mail").submit(() -> groups.get("mail").isInside()).join();
				assertThat(inside).isTrue();
				assertThat(groups.environmentBuilder("mail").memberName("letter").build().submit(() -> 42).join())
					.isEqualTo(42);
				// A future completes before its callback counts as finished.
				groups.get("mail").closeMembers(CloseOptions.awaitPending());
				assertThat(groups.pool("mail").stats().completedCallbacks()).isEqualTo(2);
			});
	}

	// spring.md 0.5: an executor bean that counts by type pushes Boot's own out.
	@Test
	void taskExecutors_ofGroups_leaveBootsExecutorAlone() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1", "cleanup-groups.groups.audit.weight=1")
			.withUserConfiguration(InjectionByType.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasBean("applicationTaskExecutor").hasBean("mailTaskExecutor");
				InjectionByType injected = context.getBean(InjectionByType.class);
				assertThat(injected.byType).isSameAs(context.getBean("applicationTaskExecutor"));
				assertThat(injected.executor).isSameAs(context.getBean("applicationTaskExecutor"));
				assertThat(injected.qualified).isSameAs(context.getBean("mailTaskExecutor"));
			});
	}

	@Test
	void taskExecutor_whoseNameIsTaken_isFoundByItsQualifier() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.withUserConfiguration(TakenNames.class, AsyncMail.class)
			.run((context) -> {
				assertThat(context.getBean("mailTaskExecutor")).isEqualTo("mine");
				assertThat(context.getBean("mail")).isEqualTo("mine too");
				assertThat(context.getBean(AsyncMail.class).isInside().join()).isTrue();
			});
	}

	@Test
	void async_namingAGroup_joinsIt() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.withUserConfiguration(AsyncMail.class)
			.run((context) -> assertThat(context.getBean(AsyncMail.class).isInside().join()).isTrue());
	}

	@Test
	void beans_inLazyContexts_areThereAndClosed() {
		CompletableFuture<CleanupGroup> group = new CompletableFuture<>();
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> group.complete(context.getBean("mailCleanupGroup", CleanupGroup.class)));
		assertThat(group.join().isClosed()).isTrue();
	}

	@Test
	void beans_withoutMicrometerAndActuator_areThere() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class.getPackageName(),
					"org.springframework.boot.actuate", "org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("mailCleanupGroup"));
	}

	@Test
	void beans_inWebContexts_areThere() {
		assertThatBeansAreThere(new WebApplicationContextRunner());
		assertThatBeansAreThere(new ReactiveWebApplicationContextRunner());
	}

	private static void assertThatBeansAreThere(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class))
			.withPropertyValues("cleanup-groups.groups.mail.weight=1")
			.run((context) -> assertThat(context.getBean("mailCleanupGroup")).isNotNull());
	}

	@Test
	void properties_givenAll_areBound() {
		this.runner
			.withPropertyValues("cleanup-groups.pools.work.min-threads=1", "cleanup-groups.pools.work.max-threads=2",
					"cleanup-groups.pools.work.keep-alive=3s", "cleanup-groups.pools.work.virtual=false",
					"cleanup-groups.groups.first.on-close=cancel", "cleanup-groups.groups.mail.pool=work",
					"cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.timeout=4s",
					"cleanup-groups.groups.mail.interrupt-after=5s", "cleanup-groups.groups.mail.closes-after=first",
					"cleanup-groups.groups.mail.phase=6", "cleanup-groups.groups.mail.max-concurrency=7",
					"cleanup-groups.groups.mail.queue-capacity=8", "cleanup-groups.groups.mail.overflow=caller-runs",
					"cleanup-groups.groups.mail.weight=9", "cleanup-groups.groups.mail.priority=high",
					"cleanup-groups.shutdown.deadline=10s", "cleanup-groups.shutdown.phase=11",
					"cleanup-groups.shutdown.log-interval=12s", "cleanup-groups.groups.mail.min-share=9s",
					"cleanup-groups.groups.mail.dump-after=14s", "cleanup-groups.shutdown.termination-grace-period=15s",
					"cleanup-groups.shutdown.pre-stop-delay=1s", "cleanup-groups.groups.mail.stuck-after=13s",
					"cleanup-groups.stuck.after=14s", "cleanup-groups.stuck.check-interval=15s",
					"cleanup-groups.propagate-context=false", "cleanup-groups.observations.enabled=true")
			.run((context) -> {
				CleanupGroupsProperties properties = context.getBean(CleanupGroupsProperties.class);
				assertThat(properties.pools().toString())
					.isEqualTo("{work=Pool[minThreads=1, maxThreads=2, keepAlive=PT3S, virtual=false]}");
				assertThat(properties.groups().get("mail").toString()).isEqualTo(
						"Group[pool=work, onClose=AWAIT, timeout=PT4S, interruptAfter=PT5S, closesAfter=[first], "
								+ "phase=6, maxConcurrency=7, queueCapacity=8, overflow=CALLER_RUNS, weight=9, priority=HIGH, "
								+ "minShare=PT9S, dumpAfter=PT14S, stuckAfter=PT13S, adopt=[]]");
				assertThat(properties.propagateContext()).isFalse();
				assertThat(properties.observations().enabled()).isTrue();
				assertThat(properties.stuck().toString()).isEqualTo("Stuck[after=PT14S, checkInterval=PT15S]");
				assertThat(properties.shutdown().toString())
					.isEqualTo("Shutdown[deadline=PT10S, phase=11, logInterval=PT12S, "
							+ "terminationGracePeriod=PT15S, preStopDelay=PT1S]");
			});
	}

	@Test
	void defaults_ofBoundSettings_areThoseOfTheConstants() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.weight=1", "cleanup-groups.pools.work.min-threads=0")
			.run((context) -> {
				CleanupGroupsProperties properties = context.getBean(CleanupGroupsProperties.class);
				assertThat(properties.groups()).containsEntry("mail", CleanupGroupsProperties.Group.DEFAULT);
				assertThat(properties.pools()).containsEntry("work", CleanupGroupsProperties.Pool.DEFAULT);
				assertThat(properties.groups().get("mail").timeoutOrDefault()).isEqualTo(Duration.ofSeconds(20));
				assertThat(properties.groups().get("mail").dumpAfterOrDefault()).isEqualTo(Duration.ofSeconds(5));
				assertThat(properties.shutdown().phase()).isEqualTo(Integer.MAX_VALUE - 4096);
			});
	}

	@Test
	void defaults_ofSectionsWithAndWithoutKeys_areThoseOfTheConstants() {
		this.runner.run((context) -> assertThat(context.getBean(CleanupGroupsProperties.class))
			.isEqualTo(CleanupGroupsProperties.DEFAULT));
		this.runner
			.withPropertyValues("cleanup-groups.shutdown.phase=2147479551", "cleanup-groups.observations.enabled=false",
					"cleanup-groups.stuck=")
			.run((context) -> assertThat(context.getBean(CleanupGroupsProperties.class))
				.isEqualTo(CleanupGroupsProperties.DEFAULT));
		this.runner.withPropertyValues("cleanup-groups.shutdown.deadline=25s")
			.run((context) -> assertThat(context.getBean(CleanupGroupsProperties.class).shutdown())
				.isEqualTo(CleanupGroupsProperties.Shutdown.DEFAULT));
	}

	@Configuration(proxyBeanMethods = false)
	static class InjectionByType {

		@Autowired
		TaskExecutor byType;

		@Autowired
		Executor executor;

		@Autowired
		@Qualifier("mail")
		AsyncTaskExecutor qualified;

	}

	@Configuration(proxyBeanMethods = false)
	static class TakenNames {

		@Bean
		String mailTaskExecutor() {
			return "mine";
		}

		@Bean
		String mail() {
			return "mine too";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class AsyncMail {

		@Autowired
		CleanupGroups groups;

		@Async("mail")
		CompletableFuture<Boolean> isInside() throws Exception {
			Callable<Boolean> inside = this.groups.get("mail")::isInside;
			return CompletableFuture.completedFuture(inside.call());
		}

	}

}
