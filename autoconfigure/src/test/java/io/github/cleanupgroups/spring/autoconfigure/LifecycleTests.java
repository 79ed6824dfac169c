package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.GroupClosedException;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Traps of Spring's lifecycle, numbered as in the list that this project keeps of them;
 * the twelfth, several contexts in one shutdown hook, needs a process of its own.
 */
@Timeout(120)
class LifecycleTests {

	private static final String MAIL = "cleanup-groups.groups.mail.on-close=await";

	private static final String AUDIT = "cleanup-groups.groups.audit.on-close=await";

	// Trap 1: a stop that blocks serialises the groups and bypasses the phase's time-out.
	@Test
	void stop_whileMembersRun_returnsAtOnceAndCallsBackWhenTheyHaveEnded() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		GroupsLifecycle lifecycle = context.getBean(GroupsLifecycle.class);
		lifecycle.stop(() -> stopped.complete(null));
		assertThat(stopped).isNotDone();
		assertThat(lifecycle.isRunning()).isTrue();
		gate.open();
		stopped.join();
		assertThat(lifecycle.isRunning()).isFalse();
		assertThat(gate.result).isCompletedWithValue("done");
		context.close();
	}

	// Trap 1: the callback must come even where closing fails with an error.
	@Test
	void stop_whereAnObserverThrowsAnError_callsBackAllTheSame() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		context.registerBean(CleanupGroupObserver.class, () -> (group) -> new CleanupGroupListener() {

			@Override
			public void closed(CleanupGroup closed, io.github.cleanupgroups.CloseOptions options,
					io.github.cleanupgroups.CloseReport report) {
				throw new AssertionError("planted");
			}

		});
		context.refresh();
		new Gate(context, "mail").open();
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		context.getBean(GroupsLifecycle.class).stop(() -> stopped.complete(null));
		stopped.join();
		context.close();
	}

	// Trap 2: Spring interrupts a closing thread that it finds in an untimed wait.
	@Test
	void close_whileItWaits_waitsInTimedWaitsOnly() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(waitingStateOf("cleanup-groups-shutdown")).isEqualTo(Thread.State.TIMED_WAITING);
		assertThat(waitingStateOf("cleanup-group-closer-mail")).isEqualTo(Thread.State.TIMED_WAITING);
		assertThat(waitingStateOf("test-background")).isEqualTo(Thread.State.TIMED_WAITING);
		gate.open();
		closing.join();
	}

	private static Thread.State waitingStateOf(String name) {
		while (true) {
			for (Thread thread : Thread.getAllStackTraces().keySet()) {
				Thread.State state = thread.getState();
				if (thread.getName().equals(name)
						&& (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)) {
					return state;
				}
			}
			Thread.onSpinWait();
		}
	}

	// Trap 3, Framework #28277: what a lifecycle injects must be no lifecycle.
	@Test
	void close_whereALifecycleInjectsAGroup_stillWaitsForItsMembers() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		context.registerBean("user", UsersLifecycle.class, UsersLifecycle::new);
		context.refresh();
		context.getBeanFactory().registerDependentBean("mailCleanupGroup", "user");
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(waitingStateOf("cleanup-group-closer-mail")).isNotNull();
		assertThat(closing).isNotDone();
		assertThat(context.getBean(UsersLifecycle.class).running).isFalse();
		gate.open();
		closing.join();
		assertThat(gate.result).isCompletedWithValue("done");
	}

	@Test
	void lifecycles_asBeans_areNoCandidatesForInjection() {
		try (AnnotationConfigApplicationContext context = TestContexts.started(MAIL)) {
			String[] names = context.getBeanNamesForType(GroupsLifecycle.class);
			assertThat(names).hasSize(1);
			AbstractBeanDefinition definition = (AbstractBeanDefinition) context.getBeanDefinition(names[0]);
			assertThat(definition.isAutowireCandidate()).isFalse();
			assertThat(context.getBeanNamesForType(SmartLifecycle.class)).containsExactly(names);
		}
	}

	// Trap 4: where a bean cannot be created there is neither event nor stop.
	@Test
	void start_thatFailsInABean_closesWhatWasSubmitted() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL,
				"cleanup-groups.pools.default.max-threads=1");
		AtomicReference<CleanupGroup> group = new AtomicReference<>();
		AtomicReference<Gate> running = new AtomicReference<>();
		AtomicReference<CompletableFuture<String>> queued = new AtomicReference<>();
		context.registerBean("faulty", InitializingBean.class, () -> () -> {
			group.set(TestContexts.group(context, "mail"));
			running.set(new Gate(context, "mail"));
			queued.set(TestContexts.environment(context, "mail").submit(() -> "too late"));
			throw new IllegalStateException("planted");
		});
		queuedIsCancelledThenOpen(queued, running);
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(context::refresh);
		assertThat(TestContexts.failureOf(queued.get())).isInstanceOf(MemberCancelledException.class);
		assertThat(running.get().result).isCompletedWithValue("done");
		assertThat(group.get().isClosed()).isTrue();
	}

	// Trap 4: it is the failure that should be seen, not that listeners were not made.
	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void start_thatFailsBeforeListenersAreMade_saysOfGroupsOnlyWhatTheyLost(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL, AUDIT);
		context.registerBean("faulty", InitializingBean.class, () -> () -> {
			TestContexts.environment(context, "mail").newWork((instance) -> {
			});
			throw new IllegalStateException("planted");
		});
		context.registerBean("listener", ApplicationListener.class, () -> (event) -> {
		});
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(context::refresh);
		assertThat(output).contains("Cleanup group 'mail' closed")
			.doesNotContain("Cleanup group 'audit'")
			.doesNotContain("could not be published");
	}

	// Nobody waits for one that hangs after the other.
	@Test
	void start_thatFailsWithCancelCallbacksThatHang_endsNoLaterThanWithOne() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(IntStream.range(0, 12)
			.mapToObj((i) -> "cleanup-groups.groups.group" + i + ".max-concurrency=1")
			.toArray(String[]::new));
		CountDownLatch end = new CountDownLatch(1);
		context.registerBean("faulty", InitializingBean.class, () -> () -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			for (int i = 0; i < 12; i++) {
				groups.environmentBuilder("group" + i)
					.onCancel((cancellation) -> end.await())
					.build()
					.newWork((instance) -> end.await());
			}
			throw new IllegalStateException("planted");
		});
		long begin = System.nanoTime();
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(context::refresh);
		// Four seconds and a little; one after another, it would be 48.
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
		end.countDown();
	}

	/** What runs is let go only once what is queued is cancelled. */
	private static void queuedIsCancelledThenOpen(AtomicReference<CompletableFuture<String>> queued,
			AtomicReference<Gate> running) {
		CompletableFuture<Void> unused = TestContexts.inBackground(() -> {
			while (queued.get() == null) {
				Thread.onSpinWait();
			}
			queued.get().handle((value, failure) -> value).join();
			running.get().open();
		});
	}

	// Trap 4: where a lifecycle cannot start there is a stop, but no event.
	@Test
	void start_thatFailsInALifecycle_closesWhatWasSubmitted() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		AtomicReference<Gate> running = new AtomicReference<>();
		AtomicReference<CleanupGroup> group = new AtomicReference<>();
		context.registerBean("faulty", SmartLifecycle.class, () -> new FaultyLifecycle(() -> {
			group.set(TestContexts.group(context, "mail"));
			running.set(new Gate(context, "mail"));
			running.get().open();
			throw new IllegalStateException("planted");
		}));
		assertThatThrownBy(context::refresh).hasStackTraceContaining("planted");
		assertThat(running.get().result).isCompletedWithValue("done");
		assertThat(group.get().isClosed()).isTrue();
	}

	// Trap 5: members join from the first bean on.
	@Test
	void group_beforeTheStart_accepts() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		AtomicReference<String> result = new AtomicReference<>();
		context.registerBean("early", InitializingBean.class,
				() -> () -> result.set(TestContexts.environment(context, "mail").submit(() -> "early").join()));
		context.refresh();
		assertThat(result).hasValue("early");
		context.close();
	}

	// Trap 5: requests in flight submit until the phase of the groups has come.
	@Test
	void group_betweenTheEventAndItsPhase_accepts() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		AtomicReference<String> atEvent = new AtomicReference<>();
		AtomicReference<String> inEarlierPhase = new AtomicReference<>();
		context.addApplicationListener((ApplicationListener<ContextClosedEvent>) (event) -> atEvent
			.set(TestContexts.environment(context, "mail").submit(() -> "accepted").join()));
		context.registerBean("server", SmartLifecycle.class, () -> new StoppingLifecycle(Integer.MAX_VALUE - 2048,
				() -> inEarlierPhase.set(TestContexts.environment(context, "mail").submit(() -> "accepted").join())));
		context.refresh();
		context.close();
		assertThat(atEvent).hasValue("accepted");
		assertThat(inEarlierPhase).hasValue("accepted");
	}

	// Trap 5: after its phase a group refuses, and says so as task executors do.
	@Test
	void group_afterItsPhase_refusesNamingItself() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		CallbackEnvironment environment = TestContexts.environment(context, "mail");
		AsyncTaskExecutor executor = context.getBean("mailTaskExecutor", AsyncTaskExecutor.class);
		CleanupGroups groups = context.getBean(CleanupGroups.class);
		context.stop();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> "late"))
			.withMessageContaining("'mail'");
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> executor.execute(() -> {
		})).withMessageContaining("'mail'").withCauseInstanceOf(GroupClosedException.class);
		assertThatExceptionOfType(TaskRejectedException.class)
			.isThrownBy(() -> executor.submitCompletable(() -> "late"))
			.withMessageContaining("'mail'");
		assertThatThrownBy(() -> groups.open("late")).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("'late'");
		context.close();
		assertThat(environment.trySubmit((instance) -> {
		})).isFalse();
	}

	// Trap 5: a member that fans out while its group drains does not fail half way.
	@Test
	void member_ofADrainingGroup_maySubmit() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		CallbackEnvironment environment = TestContexts.environment(context, "mail");
		CompletableFuture<String> chained = new CompletableFuture<>();
		environment.trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			chained.complete(environment.submit(() -> "chained").join());
		});
		context.close();
		assertThat(chained).isCompletedWithValue("chained");
	}

	// Trap 6: a member that closes the context must not be waited for.
	@Test
	void context_closedByAMember_isClosedWithoutWaitingForIt() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL, AUDIT,
				"cleanup-groups.groups.audit.closes-after=mail", "cleanup-groups.groups.mail.timeout=1h",
				"cleanup-groups.shutdown.deadline=1h");
		CompletableFuture<String> last = new CompletableFuture<>();
		context.registerBean("destroyed", DisposableBean.class, () -> () -> last.complete("destroyed"));
		context.getBean("destroyed");
		CompletableFuture<Boolean> closedInside = TestContexts.environment(context, "mail").submit(() -> {
			context.close();
			return last.isDone();
		});
		assertThat(closedInside.join()).isTrue();
		assertThat(context.isActive()).isFalse();
	}

	// Trap 6 and 9: it goes on with the context that it starts again.
	@Test
	void context_stoppedAndStartedByAMember_isToldOfLaterCloses() throws InterruptedException {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL, "cleanup-groups.groups.mail.timeout=1h",
				"cleanup-groups.shutdown.deadline=1h");
		List<String> reasons = Collections.synchronizedList(new ArrayList<>());
		context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) (event) -> reasons
			.add(String.valueOf(event.options().reason())));
		TestContexts.environment(context, "mail").submit(() -> {
			context.stop();
			context.start();
			return null;
		}).join();
		TestContexts.group(context, "mail").closeMembers(CloseOptions.awaitPending().reason("later"));
		assertThat(reasons).containsExactly("the application shuts down", "later");
		context.close();
	}

	// A deadline without end is no reason to close nothing.
	@Test
	void deadline_beyondTheClock_isALongOne() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL,
				"cleanup-groups.shutdown.deadline=9999999h");
		new Gate(context, "mail").open();
		List<CleanupGroupClosedEvent> events = new ArrayList<>();
		context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) events::add);
		context.close();
		assertThat(events).extracting((event) -> event.options().reason())
			.containsExactly("the application shuts down");
	}

	@ParameterizedTest
	@ValueSource(strings = { "9999999h", "106751991167300d" })
	void times_beyondTheClock_areLongOnes(String forEver) {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL,
				"cleanup-groups.shutdown.deadline=" + forEver, "cleanup-groups.shutdown.log-interval=" + forEver,
				"cleanup-groups.shutdown.termination-grace-period=" + forEver,
				"cleanup-groups.groups.mail.timeout=" + forEver, "cleanup-groups.groups.mail.min-share=" + forEver,
				"cleanup-groups.groups.mail.interrupt-after=" + forEver,
				"cleanup-groups.groups.mail.dump-after=" + forEver, "cleanup-groups.groups.mail.stuck-after=" + forEver,
				"cleanup-groups.pools.default.keep-alive=" + forEver, "cleanup-groups.stuck.after=" + forEver,
				"cleanup-groups.stuck.check-interval=" + forEver);
		CompletableFuture<String> ran = TestContexts.environment(context, "mail").submit(() -> "ran");
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.contains("cleanup-groups-stuck-watch");
		context.close();
		assertThat(ran).isCompletedWithValue("ran");
	}

	// Trap 6: nor one that closes it a second time while another thread does.
	@Test
	void context_closedByAMemberToo_isClosedWithoutWaitingForIt() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL, "cleanup-groups.groups.mail.timeout=1h",
				"cleanup-groups.shutdown.deadline=1h");
		CompletableFuture<Void> closedInside = new CompletableFuture<>();
		TestContexts.environment(context, "mail").trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			context.close();
			closedInside.complete(null);
		});
		context.close();
		closedInside.join();
	}

	// Trap 7: a parent hears of its children's end.
	@Test
	void context_whoseChildIsClosed_goesOn() {
		AnnotationConfigApplicationContext parent = TestContexts.started(MAIL, "cleanup-groups.shutdown.deadline=0s");
		AnnotationConfigApplicationContext child = TestContexts.prepared(AUDIT);
		child.setParent(parent);
		child.refresh();
		assertThat(child.getBean(CleanupGroups.class).names()).contains("audit");
		CleanupGroup ofChild = TestContexts.group(child, "audit");
		child.close();
		assertThat(ofChild.isClosed()).isTrue();
		CleanupGroup ofParent = TestContexts.group(parent, "mail");
		assertThat(ofParent.isAccepting()).isTrue();
		// The parent's deadline has not begun to run: here, it would be over at once.
		assertThat(parent.getBean(GroupShutdown.class).isClosing()).isFalse();
		parent.close();
		assertThat(ofParent.isClosed()).isTrue();
	}

	// Trap 7: what a parent's groups serve goes first.
	@Test
	void parent_whenClosed_closesTheGroupsOfItsChildrenFirst() {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(TestContexts.Imported.class)
			.web(WebApplicationType.NONE)
			.properties("cleanup-groups.groups.mail.on-close=await");
		List<String> closed = Collections.synchronizedList(new ArrayList<>());
		ConfigurableApplicationContext child = builder.child(TestContexts.Imported.class)
			.web(WebApplicationType.NONE)
			.run("--cleanup-groups.groups.audit.on-close=await");
		ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();
		assertThat(parent).isNotNull();
		for (ConfigurableApplicationContext each : List.of(child, parent)) {
			each.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) (event) -> {
				if (each.getBean(CleanupGroups.class).find(event.group().name()).orElse(null) == event.group()) {
					closed.add((each.equals(parent) ? "parent " : "child ") + event.group().name());
				}
			});
		}
		CleanupGroup mail = parent.getBean(CleanupGroups.class).get("mail");
		CompletableFuture<Boolean> served = new CompletableFuture<>();
		child.getBean(CleanupGroups.class).environment("audit").trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			served.complete(mail.isAccepting());
		});
		parent.close();
		assertThat(served).isCompletedWithValue(true);
		assertThat(child.isActive()).isFalse();
		// Both have both groups, for a parent takes what its child is run with; two of
		// one phase close side by side.
		assertThat(closed).hasSize(4);
		assertThat(closed.subList(0, 2)).containsExactlyInAnyOrder("child audit", "child mail");
		assertThat(closed.subList(2, 4)).containsExactlyInAnyOrder("parent audit", "parent mail");
	}

	// Trap 8: a pause of the context, as between test classes, is not the end.
	@Test
	void groups_whileTheContextIsPaused_goOn() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		Gate gate = new Gate(context, "mail");
		context.pause();
		assertThat(TestContexts.environment(context, "mail").submit(() -> "accepted").join()).isEqualTo("accepted");
		assertThat(gate.result).isNotDone();
		context.restart();
		gate.open();
		assertThat(gate.result.join()).isEqualTo("done");
		context.close();
	}

	// Trap 9: stop() comes without an event, and start() may follow.
	@Test
	void groups_afterStopAndStart_areOpenAgain() {
		AnnotationConfigApplicationContext context = TestContexts.started(MAIL);
		CallbackEnvironment environment = TestContexts.environment(context, "mail");
		CleanupGroup opened = context.getBean(CleanupGroups.class).open("short");
		for (int round = 0; round < 3; round++) {
			CompletableFuture<String> before = environment.submit(() -> "before");
			context.stop();
			assertThat(before).isCompletedWithValue("before");
			assertThat(TestContexts.group(context, "mail").isAccepting()).isFalse();
			context.start();
			assertThat(environment.submit(() -> "after").join()).isEqualTo("after");
		}
		// What was opened does not come back, and its name is free.
		assertThat(opened.isClosed()).isTrue();
		assertThat(context.getBean(CleanupGroups.class).names()).containsExactly("mail");
		assertThat(context.getBean(CleanupGroups.class).open("short").isAccepting()).isTrue();
		context.close();
	}

	// Trap 10: the development tools throw the classes away.
	@Test
	void close_underTheDevelopmentTools_cancelsWhatIsQueued() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL,
				"cleanup-groups.groups.mail.max-concurrency=1");
		context.setClassLoader(new org.springframework.boot.devtools.restart.classloader.RestartClassLoader(
				getClass().getClassLoader()));
		context.refresh();
		Gate gate = new Gate(context, "mail");
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "queued");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
		gate.open();
		closing.join();
	}

	// Trap 11: lazy beans are created by nobody, but for lifecycles.
	@Test
	void observers_inALazyContext_areToldOfGroups() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
		CompletableFuture<String> seen = new CompletableFuture<>();
		context.registerBean(CleanupGroupObserver.class, () -> (group) -> {
			seen.complete(group.name());
			return new CleanupGroupListener() {
			};
		});
		context.refresh();
		assertThat(seen).isCompletedWithValue("mail");
		context.close();
	}

	@Test
	void groups_withPhasesOfTheirOwn_areClosedInThosePhases() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL,
				"cleanup-groups.groups.outbox.phase=-5");
		AtomicReference<Boolean> mailOpen = new AtomicReference<>();
		AtomicReference<Boolean> outboxOpen = new AtomicReference<>();
		context.registerBean("between", SmartLifecycle.class, () -> new StoppingLifecycle(0, () -> {
			mailOpen.set(TestContexts.group(context, "mail").isAccepting());
			outboxOpen.set(TestContexts.group(context, "outbox").isAccepting());
		}));
		context.refresh();
		assertThat(context.getBeansOfType(GroupsLifecycle.class).values()).extracting(GroupsLifecycle::getPhase)
			.containsExactlyInAnyOrder(Integer.MAX_VALUE - 4096, -5);
		context.close();
		assertThat(mailOpen).hasValue(false);
		assertThat(outboxOpen).hasValue(true);
	}

	// spring.md 0.6: the phase's own time-out must not cut ours short.
	@Test
	void close_inAContextWithShortPhases_waitsForMembers() throws InterruptedException {
		AnnotationConfigApplicationContext context = TestContexts.prepared(MAIL);
		org.springframework.context.support.DefaultLifecycleProcessor processor = new org.springframework.context.support.DefaultLifecycleProcessor();
		processor.setTimeoutPerShutdownPhase(1);
		context.registerBean("lifecycleProcessor", org.springframework.context.LifecycleProcessor.class,
				() -> processor);
		context.refresh();
		CountDownLatch destroyed = new CountDownLatch(1);
		context.registerBean("destroyed", DisposableBean.class, () -> destroyed::countDown);
		context.getBean("destroyed");
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(destroyed.await(Duration.ofMillis(300).toMillis(), TimeUnit.MILLISECONDS)).isFalse();
		gate.open();
		closing.join();
		assertThat(gate.result).isCompletedWithValue("done");
	}

	private static class UsersLifecycle implements SmartLifecycle {

		volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	private static final class FaultyLifecycle extends UsersLifecycle {

		private final Runnable start;

		FaultyLifecycle(Runnable start) {
			this.start = start;
		}

		@Override
		public void start() {
			this.start.run();
		}

	}

	private static final class StoppingLifecycle extends UsersLifecycle {

		private final int phase;

		private final Runnable stop;

		StoppingLifecycle(int phase, Runnable stop) {
			this.phase = phase;
			this.stop = stop;
		}

		@Override
		public void stop() {
			this.stop.run();
			super.stop();
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

}
