package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.util.ErrorHandler;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.metrics.CleanupGroupMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Scheduled methods and tasks as timers of a group.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
@ExtendWith(OutputCaptureExtension.class)
class SchedulerTests {

	private static final Duration NEVER = Duration.ofDays(1);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class,
				CleanupGroupsAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues("cleanup-groups.groups.jobs.on-close=await", "cleanup-groups.scheduler.group=jobs");

	@Test
	void scheduledMethods_ofEveryKind_areTimersOfTheGroupAndRun() {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			CleanupGroup group = group(context);
			Jobs jobs = context.getBean(Jobs.class);
			assertThat(group.memberCounts().of(MemberKind.TIMER)).isBetween(3, 4);
			assertThat(group.members()).extracting(MemberSnapshot::name)
				.contains("Jobs.cron", "Jobs.rate", "Jobs.delay");
			GroupedContexts.await(jobs.cron);
			GroupedContexts.await(jobs.rate);
			GroupedContexts.await(jobs.delay);
			GroupedContexts.await(jobs.once);
			assertThat(jobs.inside).isTrue();
		});
	}

	@Test
	void tasks_thatAreNoMethods_areNamedAfterTheSchedulerAndTheirClasses() {
		ScheduledTaskRegistrar registrar = new ScheduledTaskRegistrar();
		this.runner.run((context) -> {
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			Instant never = Instant.now().plus(NEVER);
			scheduler.schedule(() -> {
			}, never);
			scheduler.schedule(new Report(4711), never);
			scheduler.schedule(new FutureTask<>(() -> "done"), never);
			registrar.setTaskScheduler(scheduler);
			registrar.addCronTask(() -> {
			}, "0 0 0 1 1 *");
			registrar.afterPropertiesSet();
			assertThat(group(context).members()).extracting(MemberSnapshot::name)
				.containsExactlyInAnyOrder("taskScheduler.SchedulerTests", "taskScheduler.Report", "taskScheduler",
						"taskScheduler.SchedulerTests");
		});
	}

	@Test
	void group_closed_stopsWhatRepeatsAndAwaitsWhatRuns() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			CompletableFuture<String> ended = new CompletableFuture<>();
			ScheduledFuture<?> runs = scheduler.scheduleWithFixedDelay(() -> {
				running.countDown();
				GroupedContexts.await(end);
				ended.complete("ended");
			}, Duration.ofMillis(1));
			ScheduledFuture<?> waits = scheduler.scheduleAtFixedRate(() -> {
			}, Instant.now().plus(NEVER), NEVER);
			GroupedContexts.await(running);
			CompletableFuture<CloseReport> close = group.closeMembersAsync(CloseOptions.awaitPending());
			assertThat(close).isNotDone();
			end.countDown();
			assertThat(close.get(1, TimeUnit.MINUTES).completedCallbacks()).isEqualTo(1);
			assertThat(ended).isCompletedWithValue("ended");
			assertThat(runs.isCancelled()).isTrue();
			assertThat(waits.isCancelled()).isTrue();
			assertThat(group.memberCounts().total()).isZero();
			// The group lives on, and so does the scheduler.
			BlockingQueue<String> ran = new LinkedBlockingQueue<>();
			scheduler.schedule(() -> ran.add("again"), Instant.now());
			assertThat(ran.poll(1, TimeUnit.MINUTES)).isEqualTo("again");
		});
	}

	@Test
	void context_stoppedAndStarted_goesOnWithItsTasks() {
		this.runner.run((context) -> {
			ConfigurableApplicationContext stoppable = context.getSourceApplicationContext();
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			BlockingQueue<String> ran = new LinkedBlockingQueue<>();
			ScheduledFuture<?> rate = scheduler.scheduleAtFixedRate(() -> ran.add("rate"), Duration.ofMillis(5));
			assertThat(ran.poll(1, TimeUnit.MINUTES)).isEqualTo("rate");
			ScheduledFuture<?> once = scheduler.schedule(() -> {
			}, Instant.now().plus(NEVER));
			stoppable.stop();
			assertThat(group(context).memberCounts().total()).isZero();
			assertThat(rate.isDone()).isFalse();
			ran.clear();
			assertThatExceptionOfType(TaskRejectedException.class)
				.isThrownBy(() -> scheduler.schedule(() -> ran.add("refused"), Instant.now()));
			assertThat(ran).isEmpty();
			stoppable.start();
			assertThat(ran.poll(1, TimeUnit.MINUTES)).isEqualTo("rate");
			assertThat(group(context).memberCounts().of(MemberKind.TIMER)).isEqualTo(2);
			assertThat(once.isDone()).isFalse();
			once.cancel(false);
			assertThat(group(context).memberCounts().of(MemberKind.TIMER)).isEqualTo(1);
		});
	}

	@Test
	void context_closed_cancelsWhatIsLeftAndRepeatsNothing() {
		ScheduledFuture<?>[] futures = new ScheduledFuture<?>[2];
		this.runner.run((context) -> {
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			CountDownLatch ran = new CountDownLatch(1);
			futures[0] = scheduler.scheduleAtFixedRate(ran::countDown, Duration.ofMillis(1));
			futures[1] = scheduler.schedule(() -> {
			}, new CronTrigger("0 0 0 1 1 *"));
			GroupedContexts.await(ran);
		});
		assertThat(futures).allSatisfy((future) -> assertThat(future.isCancelled()).isTrue());
	}

	@Test
	void trigger_withoutANextTime_isNotScheduledOrEndsItsTask() throws Exception {
		this.runner.run((context) -> {
			TaskScheduler scheduler = context.getBean(TaskScheduler.class);
			ScheduledFuture<?> never = scheduler.schedule(() -> {
			}, (trigger) -> null);
			assertThat((Object) never).isNull();
			Instant now = Instant.now();
			ScheduledFuture<?> twice = scheduler.schedule(() -> {
			}, (trigger) -> (trigger.lastCompletion() == null) ? now : null);
			assertThat((Object) twice.get(1, TimeUnit.MINUTES)).isNull();
			// The last run may not have ended quite.
			Awaitility.await().until(() -> group(context).memberCounts().total() == 0);
		});
	}

	@Test
	void task_cancelled_isInterruptedWhereAllowed() throws Exception {
		this.runner.run((context) -> {
			CountDownLatch running = new CountDownLatch(1);
			CompletableFuture<String> interrupted = new CompletableFuture<>();
			ScheduledFuture<?> future = context.getBean(TaskScheduler.class).schedule(() -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.complete("interrupted");
				}
			}, Instant.now());
			GroupedContexts.await(running);
			assertThat(future.cancel(true)).isTrue();
			assertThat(interrupted.get(1, TimeUnit.MINUTES)).isEqualTo("interrupted");
		});
	}

	@Test
	void failures_ofTasks_goToTheErrorHandlerAndCountAndThePoolDoesNotLogThem(CapturedOutput output) {
		this.runner.withUserConfiguration(Failures.class)
			.withConfiguration(AutoConfigurations.of(CleanupGroupMetricsAutoConfiguration.class))
			.run((context) -> {
				IllegalStateException failure = new IllegalStateException("planned failure");
				ScheduledFuture<?> future = context.getBean(TaskScheduler.class).scheduleAtFixedRate(() -> {
					throw failure;
				}, Duration.ofMillis(1));
				BlockingQueue<Throwable> handled = context.getBean(Failures.class).handled;
				assertThat(handled.poll(1, TimeUnit.MINUTES)).isSameAs(failure);
				assertThat(handled.poll(1, TimeUnit.MINUTES)).isSameAs(failure);
				assertThat(future.isDone()).isFalse();
				future.cancel(false);
				group(context).closeMembers(CloseOptions.awaitPending());
				assertThat(context.getBean(MeterRegistry.class)
					.get("cleanup.group.callbacks")
					.tags("group", "jobs", "kind", "timer", "outcome", "error")
					.timer()
					.count()).isGreaterThanOrEqualTo(2);
			});
		assertThat(output).doesNotContain("planned failure");
	}

	@Test
	void failure_ofATaskThatRunsOnce_isInItsFuture(CapturedOutput output) {
		this.runner.run((context) -> {
			ScheduledFuture<?> future = context.getBean(TaskScheduler.class).schedule(() -> {
				throw new IllegalStateException("planned failure");
			}, Instant.now());
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(1, TimeUnit.MINUTES))
				.withMessageContaining("planned failure");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void threads_virtualByTheApplicationsSetting_areVirtual() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			CompletableFuture<String> thread = new CompletableFuture<>();
			context.getBean(TaskScheduler.class)
				.schedule(() -> thread.complete(Thread.currentThread().toString()), Instant.now());
			assertThat(thread.get(1, TimeUnit.MINUTES)).startsWith("VirtualThread");
		});
	}

	@Test
	void scheduler_ofTheGroup_isNotWarnedOf(CapturedOutput output) {
		this.runner
			.run((context) -> assertThat(context.getBean(TaskScheduler.class)).isInstanceOf(GroupTaskScheduler.class));
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void scheduler_ofTheUsers_staysAndWithoutTheKeyItIsSpringBoots(CapturedOutput output) {
		this.runner.withUserConfiguration(OwnScheduler.class)
			.run((context) -> assertThat(context.getBean(TaskScheduler.class))
				.isInstanceOf(ThreadPoolTaskScheduler.class));
		assertThat(output).contains("'cleanup-groups.scheduler.group' has no effect");
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class,
					CleanupGroupsAutoConfiguration.class, SchedulerAutoConfiguration.class))
			.withUserConfiguration(Jobs.class)
			.run((context) -> assertThat(context.getBean(TaskScheduler.class))
				.isInstanceOf(ThreadPoolTaskScheduler.class));
	}

	@Test
	void group_thatIsNotThere_failsTheStartNamingTheKey() {
		this.runner.withPropertyValues("cleanup-groups.scheduler.group=job")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("'cleanup-groups.scheduler.group' names a group 'job'"));
	}

	private static CleanupGroup group(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).get("jobs");
	}

	record Report(int number) implements Runnable {

		@Override
		public void run() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Jobs {

		final CountDownLatch cron = new CountDownLatch(2);

		final CountDownLatch rate = new CountDownLatch(2);

		final CountDownLatch delay = new CountDownLatch(2);

		final CountDownLatch once = new CountDownLatch(1);

		private final CleanupGroups groups;

		volatile boolean inside;

		Jobs(CleanupGroups groups) {
			this.groups = groups;
		}

		@Scheduled(cron = "* * * * * *")
		void cron() {
			this.inside = this.groups.get("jobs").isInside();
			this.cron.countDown();
		}

		@Scheduled(fixedRate = 2)
		void rate() {
			this.rate.countDown();
		}

		@Scheduled(fixedDelay = 2)
		void delay() {
			this.delay.countDown();
		}

		@Scheduled(initialDelay = 1)
		void once() {
			this.once.countDown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failures {

		final BlockingQueue<Throwable> handled = new LinkedBlockingQueue<>();

		@Bean
		ErrorHandler errorHandler() {
			return this.handled::add;
		}

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnScheduler {

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			return new ThreadPoolTaskScheduler();
		}

	}

}
