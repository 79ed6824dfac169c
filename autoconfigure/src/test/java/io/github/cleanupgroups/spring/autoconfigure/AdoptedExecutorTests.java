package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.AbstractThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.github.cleanupgroups.spring.AdoptedExecutorSnapshot;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Executors of the application's that are closed with a group, in its order and by its
 * time.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("FutureReturnValueIgnored")
class AdoptedExecutorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(TaskExecutionAutoConfiguration.class, CleanupGroupsAutoConfiguration.class))
		.withUserConfiguration(Executors.class);

	private final List<Future<?>> futures = Collections.synchronizedList(new ArrayList<>());

	@Test
	void tasks_queuedInAnExecutorThatCancels_areCancelledAndEveryFutureCompletes(CapturedOutput output) {
		CountDownLatch closing = new CountDownLatch(1);
		CompletableFuture<?>[] async = new CompletableFuture<?>[2];
		List<String> ran = Collections.synchronizedList(new ArrayList<>());
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.groups.mail.adopt=legacy")
			.run((context) -> {
				whenClosing(context, closing);
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				CountDownLatch running = new CountDownLatch(1);
				async[0] = context.getBean(Letters.class).send(() -> {
					running.countDown();
					// Until all that is queued is dropped.
					GroupedContexts.await(closing);
					Futures.awaitAll(this.futures);
					while (context.getBean(CleanupGroups.class).adoptedExecutors("mail").get(0).queued() > 0) {
						Thread.onSpinWait();
					}
					ran.add("running");
				});
				GroupedContexts.await(running);
				async[1] = context.getBean(Letters.class).send(() -> ran.add("queued"));
				this.futures.add(async[1]);
				this.futures.add(legacy.submit(() -> ran.add("queued")));
				this.futures.add(legacy.submitCompletable(() -> ran.add("queued")));
				this.futures.add(legacy.submit((Runnable) () -> ran.add("queued")));
				legacy.execute(() -> ran.add("queued"));
			});
		assertThat(ran).containsExactly("running");
		assertThat(async[0]).isCompleted();
		assertThat(TestContexts.failureOf(async[1])).isInstanceOf(CancellationException.class)
			.hasMessageContaining("'legacy'")
			.hasMessageContaining("'mail'");
		assertThat(this.futures).allSatisfy((future) -> assertThat(future.isDone()).isTrue());
		assertThat(output).containsPattern(
				"Executor 'legacy' of cleanup group 'mail' closed in \\d+ ms: 1 tasks ran, 5 cancelled, 0 still running");
	}

	@Test
	void tasks_queuedInAnExecutorThatAwaits_runBeforeTheNextGroupCloses() {
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch closing = new CountDownLatch(1);
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.adopt=legacy",
					"cleanup-groups.groups.audit.on-close=await", "cleanup-groups.groups.audit.closes-after=mail")
			.run((context) -> {
				whenClosing(context, closing);
				((ConfigurableApplicationContext) context).addApplicationListener((event) -> {
					if (event instanceof CleanupGroupClosedEvent closed) {
						order.add(closed.group().name());
					}
				});
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				legacy.execute(() -> {
					GroupedContexts.await(closing);
					legacy.execute(() -> order.add("chained"));
				});
				for (int i = 0; i < 5; i++) {
					legacy.submitCompletable(() -> order.add("queued"));
				}
			});
		assertThat(order.indexOf("audit")).isEqualTo(order.size() - 1);
		assertThat(order).containsOnlyOnce("chained").filteredOn("queued"::equals).hasSize(5);
	}

	@Test
	void time_thatIsOver_cancelsWhatHasNotBegun() {
		CountDownLatch end = new CountDownLatch(1);
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await-then-cancel",
					"cleanup-groups.groups.mail.timeout=20ms", "cleanup-groups.groups.mail.adopt=legacy")
			.run((context) -> {
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				CountDownLatch running = new CountDownLatch(1);
				legacy.execute(() -> {
					running.countDown();
					GroupedContexts.await(end);
				});
				GroupedContexts.await(running);
				CompletableFuture<Boolean> queued = legacy.submitCompletable(() -> true);
				queued.whenComplete((value, failure) -> end.countDown());
				this.futures.add(queued);
			});
		assertThat(this.futures).allSatisfy((future) -> assertThat(future.isCancelled()).isTrue());
	}

	// What waits for a future is the application's: it must not stop the clock of the
	// JVM,
	// nor the close of other groups.
	@Test
	void future_thatACloseCompletes_doesSoOnAThreadOfThatClose() {
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		for (String onClose : List.of("await", "await-then-cancel", "cancel")) {
			CountDownLatch end = new CountDownLatch(1);
			this.runner
				.withPropertyValues("cleanup-groups.groups.mail.on-close=" + onClose,
						"cleanup-groups.groups.mail.timeout=20ms", "cleanup-groups.groups.mail.adopt=legacy")
				.run((context) -> queueOne(context, end).whenComplete((value, failure) -> {
					threads.add(Thread.currentThread().getName());
					end.countDown();
				}));
		}
		assertThat(threads).hasSize(3).containsOnly("cleanup-groups-adopted-legacy");
	}

	@Test
	void future_whoseDependentHangs_holdsUpNoOtherGroup() {
		CountDownLatch hangs = new CountDownLatch(1);
		CompletableFuture<String> late = new CompletableFuture<>();
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.groups.mail.adopt=legacy",
					"cleanup-groups.groups.audit.on-close=await", "cleanup-groups.groups.audit.timeout=1h",
					"cleanup-groups.groups.audit.closes-after=mail", "cleanup-groups.groups.audit.min-share=3599900ms",
					"cleanup-groups.shutdown.deadline=1h")
			.run((context) -> {
				queueOne(context, hangs).whenComplete((value, failure) -> GroupedContexts.await(hangs));
				context.getBean(CleanupGroups.class).environment("audit").trySubmit((instance) -> {
					while (!instance.isClosing()) {
						Thread.onSpinWait();
					}
					late.complete("had its share");
					hangs.countDown();
				});
			});
		assertThat(late).isCompletedWithValue("had its share");
	}

	/** Queues a task behind one that runs until the end. */
	private static CompletableFuture<Boolean> queueOne(ApplicationContext context, CountDownLatch end) {
		ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
		CountDownLatch running = new CountDownLatch(1);
		legacy.execute(() -> {
			running.countDown();
			GroupedContexts.await(end);
		});
		GroupedContexts.await(running);
		return legacy.submitCompletable(() -> true);
	}

	@Test
	void drain_ofAllGroups_waitsForTheExecutorAndRefusesWhatIsNewFromOutside() {
		CountDownLatch end = new CountDownLatch(1);
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.adopt=legacy",
					"cleanup-groups.groups.audit.closes-after=mail")
			.run((context) -> {
				CleanupGroups groups = context.getBean(CleanupGroups.class);
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				CompletableFuture<Boolean> chained = new CompletableFuture<>();
				legacy.execute(() -> {
					GroupedContexts.await(end);
					legacy.execute(() -> chained.complete(true));
				});
				CompletableFuture<Boolean> queued = legacy.submitCompletable(() -> true);
				Awaitility.await().until(() -> groups.adoptedExecutors("mail").get(0).running() == 1);
				groups.drain();
				assertThat(groups.adoptedExecutors("mail"))
					.containsExactly(new AdoptedExecutorSnapshot("legacy", 1, 1));
				assertThat(groups.isIdle()).isFalse();
				assertThat(groups.get("audit").isAccepting()).as("its turn is after the executor's").isTrue();
				assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> legacy.submit(() -> 1))
					.withMessageContaining("'legacy'")
					.withMessageContaining("'mail'");
				end.countDown();
				Awaitility.await().until(() -> groups.isIdle() && !groups.get("audit").isAccepting());
				assertThat(queued).isCompletedWithValue(true);
				assertThat(chained).isCompletedWithValue(true);
				groups.resume();
				assertThat(legacy.submitCompletable(() -> 1).join()).isEqualTo(1);
			});
	}

	@Test
	void member_ofADrainingGroup_mayStillHandOnToItsExecutor() {
		this.runner.withPropertyValues("cleanup-groups.groups.mail.adopt=legacy").run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
			CountDownLatch draining = new CountDownLatch(1);
			CountDownLatch running = new CountDownLatch(1);
			CompletableFuture<Integer> handedOn = groups.environment("mail").submit(() -> {
				running.countDown();
				draining.await();
				return legacy.submitCompletable(() -> 1).join();
			});
			GroupedContexts.await(running);
			groups.get("mail").refuse();
			draining.countDown();
			assertThat(handedOn.join()).isEqualTo(1);
		});
	}

	// Nobody stops it, and the executor drops what is queued when it is destroyed.
	@Test
	void future_ofATaskQueuedWhenTheStartFails_completes() {
		CountDownLatch end = new CountDownLatch(1);
		this.runner.withPropertyValues("cleanup-groups.groups.mail.adopt=legacy")
			.withInitializer((context) -> ((GenericApplicationContext) context).registerBean("faulty",
					InitializingBean.class, () -> () -> {
						CompletableFuture<Boolean> queued = queueOne(context, end);
						queued.whenComplete((value, failure) -> end.countDown());
						this.futures.add(queued);
						throw new IllegalStateException("planted");
					}))
			.run((context) -> assertThat(context).hasFailed());
		assertThat(this.futures).singleElement().satisfies((future) -> assertThat(future.isCancelled()).isTrue());
	}

	@Test
	void context_closedByATaskOfTheExecutor_isClosedWithoutWaitingForIt() {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.timeout=1h",
					"cleanup-groups.groups.mail.adopt=legacy", "cleanup-groups.shutdown.deadline=1h")
			.run((context) -> {
				context.getBean(DefaultLifecycleProcessor.class).setTimeoutPerShutdownPhase(3_600_000);
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				CompletableFuture<?> closed = legacy
					.submitCompletable(() -> context.getSourceApplicationContext().close());
				closed.get(60, TimeUnit.SECONDS);
			});
	}

	@Test
	void future_madeElsewhere_isNotDroppedForNobodyCouldCompleteIt() {
		CountDownLatch closing = new CountDownLatch(1);
		List<CompletableFuture<String>> made = new ArrayList<>();
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.groups.mail.adopt=legacy")
			.run((context) -> {
				whenClosing(context, closing);
				Executor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				legacy.execute(() -> GroupedContexts.await(closing));
				made.add(CompletableFuture.supplyAsync(() -> "supplied", legacy));
			});
		assertThat(made.get(0)).isCompletedWithValue("supplied");
	}

	@Test
	void executor_withoutAQueueOrLifecycle_isAwaited() {
		CountDownLatch closing = new CountDownLatch(1);
		List<String> ran = Collections.synchronizedList(new ArrayList<>());
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.adopt=simple")
			.run((context) -> {
				whenClosing(context, closing);
				context.getBean(SimpleAsyncTaskExecutor.class).execute(() -> {
					GroupedContexts.await(closing);
					ran.add("ran");
				});
			});
		assertThat(ran).containsExactly("ran");
	}

	// As what its group's own members are: before they are abandoned.
	@Test
	void interruptAfter_beyondTheDeadline_interruptsBeforeItIsOver() {
		CompletableFuture<String> interrupted = new CompletableFuture<>();
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.interrupt-after=1h",
					"cleanup-groups.groups.mail.adopt=legacy", "cleanup-groups.shutdown.deadline=400ms")
			.run((context) -> {
				CountDownLatch running = new CountDownLatch(1);
				context.getBean(ThreadPoolTaskExecutor.class).execute(() -> {
					running.countDown();
					try {
						new CountDownLatch(1).await();
					}
					catch (InterruptedException ex) {
						interrupted.complete("interrupted");
					}
				});
				GroupedContexts.await(running);
			});
		assertThat(interrupted).isCompletedWithValue("interrupted");
	}

	@Test
	void interrupt_ofACloseThatAStartHasTakenBack_doesNotHappen() {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.timeout=1ms",
					"cleanup-groups.groups.mail.interrupt-after=300ms", "cleanup-groups.groups.mail.adopt=simple")
			.run((context) -> {
				ConfigurableApplicationContext stoppable = context.getSourceApplicationContext();
				SimpleAsyncTaskExecutor simple = context.getBean(SimpleAsyncTaskExecutor.class);
				CountDownLatch end = new CountDownLatch(1);
				CountDownLatch running = new CountDownLatch(1);
				simple.execute(() -> {
					running.countDown();
					GroupedContexts.await(end);
				});
				GroupedContexts.await(running);
				stoppable.stop();
				stoppable.start();
				CompletableFuture<Void> begun = new CompletableFuture<>();
				CompletableFuture<String> after = simple.submitCompletable(() -> {
					begun.complete(null);
					end.await();
					return "not interrupted";
				});
				begun.join();
				CompletableFuture.delayedExecutor(600, TimeUnit.MILLISECONDS).execute(end::countDown);
				assertThat(after.join()).isEqualTo("not interrupted");
			});
	}

	// A task that the submitter runs itself ends inside of the other.
	@Test
	void task_thatHasRunAnotherInline_mayStillSubmitDuringAClose() {
		CountDownLatch closing = new CountDownLatch(1);
		List<String> ran = Collections.synchronizedList(new ArrayList<>());
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.adopt=inline")
			.withBean("inline", SyncTaskExecutor.class)
			.run((context) -> {
				whenClosing(context, closing);
				TaskExecutor inline = context.getBean("inline", TaskExecutor.class);
				CountDownLatch running = new CountDownLatch(1);
				new SimpleAsyncTaskExecutor().execute(() -> inline.execute(() -> {
					inline.execute(running::countDown);
					GroupedContexts.await(closing);
					while (acceptsFromOutside(inline)) {
						Thread.onSpinWait();
					}
					inline.execute(() -> ran.add("chained"));
				}));
				GroupedContexts.await(running);
			});
		assertThat(ran).containsExactly("chained");
	}

	@Test
	void context_stoppedAndStarted_takesTasksAgain(CapturedOutput output) {
		this.runner
			.withPropertyValues("cleanup-groups.groups.mail.on-close=await",
					"cleanup-groups.groups.mail.adopt=legacy,scheduler")
			.run((context) -> {
				ConfigurableApplicationContext stoppable = context.getSourceApplicationContext();
				ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
				ThreadPoolTaskScheduler scheduler = context.getBean(ThreadPoolTaskScheduler.class);
				List<CountDownLatch> ticks = new ArrayList<>(List.of(new CountDownLatch(1)));
				scheduler.scheduleAtFixedRate(() -> ticks.get(0).countDown(), Duration.ofMillis(2));
				GroupedContexts.await(ticks.get(0));
				stoppable.stop();
				assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> legacy.submit(() -> 1))
					.withMessageContaining("'legacy'");
				ticks.set(0, new CountDownLatch(1));
				stoppable.start();
				assertThat(legacy.submitCompletable(() -> 1).join()).isEqualTo(1);
				GroupedContexts.await(ticks.get(0));
			});
		assertThat(output).doesNotContain("Failed to stop bean");
	}

	@Test
	void names_thatCannotBeAdopted_failTheStartNamingTheKey() {
		assertThatStartFails("cleanup-groups.groups.mail.adopt=legcy")
			.hasMessageContaining("'cleanup-groups.groups.mail.adopt' names 'legcy', but there is no bean");
		assertThatStartFails("cleanup-groups.groups.mail.adopt=letters")
			.hasMessageContaining("'cleanup-groups.groups.mail.adopt' names 'letters'")
			.hasMessageContaining("no executor");
		assertThatStartFails("cleanup-groups.groups.mail.adopt=mailTaskExecutor")
			.hasMessageContaining("no executor that can be adopted");
		assertThatStartFails("cleanup-groups.groups.mail.adopt=legacy", "cleanup-groups.groups.audit.adopt=legacy")
			.hasMessageContaining("'cleanup-groups.groups.audit.adopt' names 'legacy', which group 'mail' adopts");
		assertThatStartFails("cleanup-groups.groups.mail.adopt=legacy,aliasOfLegacy")
			.hasMessageContaining("which is an alias of a bean that group 'mail' adopts");
	}

	private AbstractThrowableAssert<?, ?> assertThatStartFails(String... settings) {
		List<Throwable> failures = new ArrayList<>();
		this.runner.withPropertyValues(settings).run((context) -> {
			assertThat(context).hasFailed();
			Throwable cause = context.getStartupFailure();
			while (cause.getCause() != null) {
				cause = cause.getCause();
			}
			failures.add(cause);
		});
		return assertThat(failures.get(0));
	}

	private static boolean acceptsFromOutside(TaskExecutor executor) {
		return new SimpleAsyncTaskExecutor().submitCompletable(() -> executor.execute(() -> {
		})).handle((nothing, failure) -> failure == null).join();
	}

	private static void whenClosing(ApplicationContext context, CountDownLatch latch) {
		((ConfigurableApplicationContext) context).addApplicationListener((event) -> {
			if (event instanceof ContextClosedEvent) {
				latch.countDown();
			}
		});
	}

	/** Waiting for what a close completes. */
	static final class Futures {

		private Futures() {
		}

		static void awaitAll(List<Future<?>> futures) {
			while (futures.size() < 4 || !futures.stream().allMatch(Future::isDone)) {
				Thread.onSpinWait();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Executors {

		@Bean({ "legacy", "aliasOfLegacy" })
		ThreadPoolTaskExecutor legacy() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			TaskDecorator decorator = (task) -> () -> task.run();
			executor.setTaskDecorator(decorator);
			return executor;
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			return new ThreadPoolTaskScheduler();
		}

		@Bean
		SimpleAsyncTaskExecutor simple() {
			return new SimpleAsyncTaskExecutor("simple-");
		}

		@Bean
		Letters letters() {
			return new Letters();
		}

	}

	static class Letters {

		@Async("legacy")
		public CompletableFuture<String> send(Runnable action) {
			action.run();
			return CompletableFuture.completedFuture("sent");
		}

	}

}
