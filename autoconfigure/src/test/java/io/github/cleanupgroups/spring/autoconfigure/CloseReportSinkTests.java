package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.CloseReportSink;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who must take the reports of a shutdown away gets them in time, and can do no harm.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class CloseReportSinkTests {

	private static final String[] TWO_GROUPS = { "cleanup-groups.groups.mail.on-close=await",
			"cleanup-groups.groups.audit.closes-after=mail" };

	private final List<CloseReport> taken = Collections.synchronizedList(new ArrayList<>());

	@Test
	void sink_atShutdown_getsEachReportBeforeAnyBeanIsDestroyed() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(TWO_GROUPS);
		List<Integer> atDestruction = new ArrayList<>();
		context.registerBean(CloseReportSink.class, () -> this.taken::add);
		context.registerBean(DisposableBean.class, () -> () -> atDestruction.add(this.taken.size()));
		context.refresh();
		TestContexts.environment(context, "mail").submit(() -> 1).join();
		context.getBean(CleanupGroups.class).open("short");
		context.close();
		assertThat(atDestruction).containsExactly(3);
		assertThat(this.taken).extracting(CloseReport::group).containsExactlyInAnyOrder("mail", "short", "audit");
	}

	@Test
	void sink_whileTheApplicationRuns_getsNothing() throws Exception {
		AnnotationConfigApplicationContext context = TestContexts.prepared(TWO_GROUPS);
		context.registerBean(CloseReportSink.class, () -> this.taken::add);
		context.refresh();
		TestContexts.group(context, "mail").closeMembers(CloseOptions.cancelPending());
		context.stop();
		assertThat(this.taken).extracting(CloseReport::group).containsExactly("mail", "audit");
		context.start();
		TestContexts.group(context, "mail").closeMembers(CloseOptions.cancelPending());
		assertThat(this.taken).hasSize(2);
		context.close();
		assertThat(this.taken).hasSize(4);
	}

	@Test
	void sink_thatThrows_isLoggedAndGetsTheNext(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.prepared(TWO_GROUPS);
		context.registerBean("faulty", CloseReportSink.class, () -> (report) -> {
			this.taken.add(report);
			throw new AssertionError("planted");
		});
		context.registerBean("other", CloseReportSink.class, () -> this.taken::add);
		context.refresh();
		context.close();
		assertThat(this.taken).hasSize(4);
		assertThat(output).contains("did not take a report: group 'mail' closed").contains("planted");
	}

	@Test
	void sink_thatHangs_hangsNobody(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.prepared("cleanup-groups.groups.mail.on-close=await",
				"cleanup-groups.groups.audit.closes-after=mail", "cleanup-groups.shutdown.deadline=50ms");
		CountDownLatch hangs = new CountDownLatch(1);
		context.registerBean("hanging", CloseReportSink.class, () -> (report) -> {
			try {
				hangs.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		context.registerBean("other", CloseReportSink.class, () -> this.taken::add);
		context.refresh();
		context.close();
		assertThat(this.taken).hasSize(2);
		assertThat(output).contains("has not returned in time: 2 reports are not taken");
		hangs.countDown();
	}

	// What is awaited is the end, not that of a phase: others have the same deadline.
	@Test
	void sink_thatHangs_takesNoTimeFromGroupsOfALowerPhase() {
		AnnotationConfigApplicationContext context = TestContexts.prepared("cleanup-groups.groups.mail.on-close=await",
				"cleanup-groups.groups.late.phase=5", "cleanup-groups.shutdown.deadline=1h");
		CompletableFuture<Void> hangs = new CompletableFuture<>();
		context.registerBean(CloseReportSink.class, () -> (report) -> {
			hangs.join();
			this.taken.add(report);
		});
		context.refresh();
		CompletableFuture<Void> closing = TestContexts.closing(context);
		Awaitility.await().until(() -> !TestContexts.group(context, "late").isAccepting());
		assertThat(closing).isNotDone();
		hangs.complete(null);
		closing.join();
		assertThat(this.taken).extracting(CloseReport::group).containsExactly("mail", "late");
	}

	// The sink works while later groups are still being closed: no lock, no closing
	// thread.
	@Test
	void sink_thatTakesItsTime_doesNotHoldUpTheCloses() {
		AnnotationConfigApplicationContext context = TestContexts.prepared(TWO_GROUPS);
		CompletableFuture<Void> goOn = new CompletableFuture<>();
		CompletableFuture<String> inSink = new CompletableFuture<>();
		context.registerBean(CloseReportSink.class, () -> (report) -> {
			inSink.complete(report.group());
			goOn.join();
			this.taken.add(report);
		});
		context.refresh();
		Gate gate = new Gate(context, "audit");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(inSink.join()).isEqualTo("mail");
		while (!TestContexts.group(context, "audit").isClosing()) {
			Thread.onSpinWait();
		}
		gate.open();
		goOn.complete(null);
		closing.join();
		assertThat(this.taken).extracting(CloseReport::group).containsExactly("mail", "audit");
	}

	@Test
	void sinkOfAParent_whenAChildIsClosed_getsNothing() {
		AnnotationConfigApplicationContext parent = TestContexts.prepared("cleanup-groups.groups.mail.on-close=await");
		parent.registerBean(CloseReportSink.class, () -> this.taken::add);
		parent.refresh();
		AnnotationConfigApplicationContext child = TestContexts.prepared("cleanup-groups.groups.audit.on-close=await");
		child.setParent(parent);
		child.refresh();
		child.close();
		assertThat(this.taken).isEmpty();
		parent.close();
		assertThat(this.taken).extracting(CloseReport::group).containsExactly("mail");
	}

	// What is not even returned from has a report all the same.
	@Test
	void report_ofACloseThatIsGivenUp_tellsWhatHasHappened(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.prepared("cleanup-groups.groups.mail.on-close=cancel",
				"cleanup-groups.groups.mail.max-concurrency=1", "cleanup-groups.shutdown.deadline=50ms");
		context.registerBean(CloseReportSink.class, () -> (report) -> {
			while (!isAwaitedOrGivenUp()) {
				Thread.onSpinWait();
			}
			this.taken.add(report);
		});
		context.refresh();
		Gate gate = new Gate(context, "mail");
		CountDownLatch hangs = new CountDownLatch(1);
		assertThat(context.getBean(CleanupGroups.class)
			.environmentBuilder("mail")
			.onCancel((cancellation) -> hangs.await())
			.build()
			.trySubmit((instance) -> {
			})).isTrue();
		context.close();
		assertThat(output).contains("A cancel callback may hang")
			.contains("Until now: 2 members, 0 callbacks ran, 1 cancelled, 1 still running");
		assertThat(output).doesNotContain("has not returned in time");
		assertThat(this.taken).singleElement().satisfies((report) -> assertThat(report.cancelledCallbacks()).isOne());
		hangs.countDown();
		gate.open();
	}

	/** Whether whoever shuts down waits for the sinks, or does not any more. */
	private static boolean isAwaitedOrGivenUp() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((each) -> each.getKey().getName().equals("cleanup-groups-shutdown"))
			.flatMap((each) -> Arrays.stream(each.getValue()))
			.noneMatch((frame) -> frame.getClassName().equals(PhaseClosing.class.getName()));
	}

}
