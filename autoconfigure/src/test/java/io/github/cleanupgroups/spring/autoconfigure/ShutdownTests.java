package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How groups are closed when their context is: modes, order, time.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ShutdownTests {

	private static final String ONE_AT_ONCE = "cleanup-groups.groups.mail.max-concurrency=1";

	// One of the product's reasons: waits run side by side, not one after another.
	@Test
	void groupsOfOnePhase_thatWaitForTheirMembers_doSoSideBySide() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.a.on-close=await",
				"cleanup-groups.groups.b.on-close=await", "cleanup-groups.groups.c.on-close=await");
		CyclicBarrier allRun = new CyclicBarrier(4);
		CyclicBarrier allAreClosing = new CyclicBarrier(3);
		List<CompletableFuture<String>> members = new ArrayList<>();
		for (String group : List.of("a", "b", "c")) {
			members.add(TestContexts.environment(context, group).submit(() -> {
				allRun.await();
				while (!TestContexts.group(context, group).isClosing()) {
					Thread.onSpinWait();
				}
				// One after another, the first would wait for the others in vain.
				allAreClosing.await(20, TimeUnit.SECONDS);
				return "beside the others";
			}));
		}
		await(allRun);
		context.close();
		assertThat(members).allSatisfy((member) -> assertThat(member).isCompletedWithValue("beside the others"));
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void close_awaiting_runsWhatIsQueued() {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=await");
		Gate gate = new Gate(context, "mail");
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		gate.open();
		closing.join();
		assertThat(queued).isCompletedWithValue("ran");
	}

	@Test
	void close_cancelling_dropsWhatIsQueuedAndWaitsForWhatRuns() {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=cancel");
		Gate gate = new Gate(context, "mail");
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
		assertThat(closing).isNotDone();
		gate.open();
		closing.join();
		assertThat(gate.result).isCompletedWithValue("done");
	}

	@Test
	void close_awaitingThenCancelling_dropsWhatHasNotBegunAfterTheTimeout() {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.timeout=50ms");
		List<CleanupGroupClosedEvent> events = events(context);
		Gate gate = new Gate(context, "mail");
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
		assertThat(closing).isNotDone();
		gate.open();
		closing.join();
		CloseReport report = events.get(0).report();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.cancelledCallbacks()).isOne();
		assertThat(report.completedCallbacks()).isOne();
	}

	@Test
	void close_thatTimesOutAwaiting_cancelsWhatIsQueuedAndReportsIt(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.timeout=50ms");
		List<CleanupGroupClosedEvent> events = events(context);
		Gate gate = new Gate(context, "mail");
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		context.close();
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
		CloseReport report = events.get(0).report();
		assertThat(report.timedOut()).isTrue();
		assertThat(report.stillRunning()).hasSize(1);
		assertThat(output).contains("WARN")
			.contains("Cleanup group 'mail' was not closed in time")
			.contains("1 cancelled, 1 still running")
			.contains(Gate.class.getName());
		gate.open();
	}

	@Test
	void deadline_belowTheTimeouts_wins() {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.mail.timeout=1h",
				"cleanup-groups.groups.audit.closes-after=mail", "cleanup-groups.groups.audit.max-concurrency=1",
				"cleanup-groups.shutdown.deadline=100ms");
		List<CleanupGroupClosedEvent> events = events(context);
		Gate mail = new Gate(context, "mail");
		Gate audit = new Gate(context, "audit");
		CompletableFuture<String> queued = TestContexts.environment(context, "audit").submit(() -> "ran");
		context.close();
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
		assertThat(events).hasSize(2).allMatch((event) -> event.report().timedOut());
		mail.open();
		audit.open();
	}

	@Test
	void interruptAfter_configured_interruptsWhatRuns() {
		AnnotationConfigApplicationContext context = TestContexts
			.started("cleanup-groups.groups.mail.interrupt-after=0s");
		Gate gate = new Gate(context, "mail");
		context.close();
		assertThat(TestContexts.failureOf(gate.result)).isInstanceOf(InterruptedException.class);
	}

	// The limit that is in force, whoever has set it.
	@Test
	void member_thatClosesTheContext_isNotAwaitedByWhatItsLimitHoldsBack() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.mail.on-close=await",
				"cleanup-groups.groups.mail.timeout=1h", "cleanup-groups.shutdown.deadline=1h");
		TestContexts.group(context, "mail").maxConcurrency(1);
		CountDownLatch queuing = new CountDownLatch(1);
		CompletableFuture<String> closer = TestContexts.environment(context, "mail").submit(() -> {
			queuing.await();
			context.close();
			return "closed";
		});
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		queuing.countDown();
		assertThat(closer.join()).isEqualTo("closed");
		assertThat(TestContexts.failureOf(queued)).isInstanceOf(MemberCancelledException.class);
	}

	@Test
	void groups_thatCloseAfterOthers_acceptUntilTheirTurn() {
		AnnotationConfigApplicationContext context = TestContexts.started(
				"cleanup-groups.groups.store.closes-after=hash", "cleanup-groups.groups.hash.closes-after=read",
				"cleanup-groups.groups.read.on-close=await");
		List<CleanupGroupClosedEvent> events = events(context);
		CallbackEnvironment store = TestContexts.environment(context, "store");
		CallbackEnvironment hash = TestContexts.environment(context, "hash");
		CompletableFuture<String> stored = new CompletableFuture<>();
		TestContexts.environment(context, "read").trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			hash.submit(() -> store.trySubmit((storing) -> stored.complete("stored"))).join();
		});
		context.close();
		assertThat(stored).isCompletedWithValue("stored");
		assertThat(events).extracting((event) -> event.group().name()).containsExactly("read", "hash", "store");
	}

	@Test
	void close_ofEachGroup_isOneLineOfTheLogAndOneEvent(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.mail.on-close=cancel",
				"cleanup-groups.groups.audit.on-close=await");
		List<CleanupGroupClosedEvent> events = events(context);
		TestContexts.environment(context, "mail").submit(() -> 1).join();
		context.close();
		assertThat(output.getOut().lines().filter((line) -> line.contains("Cleanup group 'mail' closed in")))
			.singleElement()
			.asString()
			.contains("INFO", "(cancel)", " cancelled, 0 still running");
		assertThat(output.getOut().lines().filter((line) -> line.contains("Cleanup group 'audit' closed in")))
			.hasSize(1);
		assertThat(events).extracting((event) -> event.group().name()).containsExactlyInAnyOrder("mail", "audit");
		assertThat(events).extracting((event) -> event.options().mode())
			.containsExactlyInAnyOrder(CloseMode.CANCEL, CloseMode.AWAIT);
	}

	@Test
	void progress_ofALongClose_isLoggedEachInterval(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.prepared("cleanup-groups.groups.mail.on-close=await",
				"cleanup-groups.groups.audit.closes-after=mail");
		org.springframework.boot.test.util.TestPropertyValues.of("cleanup-groups.shutdown.log-interval=20ms")
			.applyTo(context);
		context.refresh();
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		while (output.getOut().lines().filter((line) -> line.contains("Closing cleanup groups")).count() < 3) {
			Thread.onSpinWait();
		}
		assertThat(output).contains("'mail' (0 queued, 1 running: callback)").contains("'audit' (after mail)");
		gate.open();
		closing.join();
	}

	@Test
	void pendingFutures_ofACancelledTaskExecutor_complete() {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=cancel");
		Gate gate = new Gate(context, "mail");
		AsyncTaskExecutor executor = context.getBean("mailTaskExecutor", AsyncTaskExecutor.class);
		AtomicBoolean ran = new AtomicBoolean();
		CompletableFuture<Void> completable = executor.submitCompletable(() -> ran.set(true));
		Future<?> future = executor.submit(() -> ran.set(true));
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(TestContexts.failureOf(completable)).isInstanceOf(MemberCancelledException.class);
		gate.open();
		closing.join();
		assertThat(future.isCancelled()).isTrue();
		assertThat(ran).isFalse();
	}

	@Test
	void cancelCallback_thatHangs_doesNotHoldTheShutdownForEver(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.started(ONE_AT_ONCE,
				"cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.shutdown.deadline=100ms");
		Gate gate = new Gate(context, "mail");
		CountDownLatch hangs = new CountDownLatch(1);
		context.getBean(CleanupGroups.class)
			.environmentBuilder("mail")
			.onCancel((cancellation) -> hangs.await())
			.build()
			.trySubmit((instance) -> {
			});
		context.close();
		assertThat(output).contains("A cancel callback may hang");
		hangs.countDown();
		gate.open();
	}

	// Spring drops such a queue, and leaves the futures incomplete.
	@Test
	void queue_ofAPoolWithOneThread_isThroughBeforeTheContextIsClosed() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.pools.default.max-threads=1",
				"cleanup-groups.groups.mail.on-close=await");
		Gate gate = new Gate(context, "mail");
		AsyncTaskExecutor executor = context.getBean("mailTaskExecutor", AsyncTaskExecutor.class);
		List<CompletableFuture<Integer>> completable = new ArrayList<>();
		List<Future<Integer>> plain = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			int number = i;
			completable.add(executor.submitCompletable(() -> number));
			plain.add(executor.submit(() -> number));
		}
		CompletableFuture<Void> closing = TestContexts.closing(context);
		while (!TestContexts.group(context, "mail").isClosing()) {
			Thread.onSpinWait();
		}
		gate.open();
		closing.join();
		for (int i = 0; i < 6; i++) {
			assertThat(completable.get(i)).isCompletedWithValue(i);
			assertThat(plain.get(i)).isDone().succeedsWithin(Duration.ZERO).isEqualTo(i);
		}
	}

	// The child context of the management port is closed in a phase of its own before.
	@Test
	void members_ofAnApplicationWithAManagementPort_finishBeforeItIsClosed() {
		WebApplication application = WebApplication.start("cleanup-groups.groups.mail.on-close=await",
				"management.server.port=0", "management.server.address=127.0.0.1",
				"spring.lifecycle.timeout-per-shutdown-phase=200ms");
		CleanupGroup mail = application.bean(CleanupGroups.class).get("mail");
		CompletableFuture<Boolean> member = application.bean(CleanupGroups.class).environment("mail").submit(() -> {
			while (!mail.isClosing()) {
				Thread.onSpinWait();
			}
			// Longer than any phase but that of the groups may take.
			return new CountDownLatch(1).await(600, TimeUnit.MILLISECONDS);
		});
		application.close();
		assertThat(member).isCompletedWithValue(false);
		assertThat(mail.isClosed()).isTrue();
	}

	private static List<CleanupGroupClosedEvent> events(AnnotationConfigApplicationContext context) {
		List<CleanupGroupClosedEvent> events = Collections.synchronizedList(new ArrayList<>());
		context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) events::add);
		return events;
	}

}
