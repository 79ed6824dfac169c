package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.cleanupgroups.CloseEscalation;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.CloseStep;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the shutdown does about a group that does not end: await, dump, cancel, interrupt,
 * abandon, each logged once.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class EscalationLadderTests {

	private static final String GROUP = "cleanup-groups.groups.mail.";

	@Test
	void group_thatDoesNotEnd_goesThroughAllStepsAndIsAbandoned(CapturedOutput output) throws Exception {
		AnnotationConfigApplicationContext context = TestContexts.started(GROUP + "max-concurrency=1",
				GROUP + "dump-after=10ms", GROUP + "timeout=20ms", GROUP + "interrupt-after=30ms",
				"cleanup-groups.shutdown.deadline=200ms");
		List<CleanupGroupClosedEvent> events = events(context);
		CountDownLatch opened = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		CompletableFuture<String> running = stubborn(context, interrupted, opened);
		CompletableFuture<String> queued = TestContexts.environment(context, "mail").submit(() -> "ran");
		context.close();
		interrupted.await();
		CloseReport report = events.get(0).report();
		assertThat(report.escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP, CloseStep.CANCEL, CloseStep.INTERRUPT, CloseStep.ABANDON);
		assertThat(report.stillRunning()).hasSize(1);
		assertThat(queued).isCompletedExceptionally();
		List<String> lines = output.getOut().lines().filter((line) -> line.contains("Cleanup group 'mail'")).toList();
		assertThat(lines).hasSize(4);
		assertThat(lines.get(0)).contains("INFO").contains("still runs 1 callback after");
		assertThat(lines.get(1)).contains("INFO").contains("cancels 1 callback after").contains("had not begun");
		assertThat(lines.get(2)).contains("WARN").contains("interrupts 1 callback after");
		assertThat(lines.get(3)).contains("WARN")
			.contains("not closed in time")
			.contains("still running and abandoned");
		assertThat(output.getOut().lines().filter((line) -> line.contains("EscalationLadderTests.lambda$stubborn")))
			.as("the stack, at the dump and at the end")
			.hasSize(2);
		opened.countDown();
		assertThat(running.join()).isEqualTo("ended");
	}

	private static CompletableFuture<String> stubborn(AnnotationConfigApplicationContext context,
			CountDownLatch interrupted, CountDownLatch opened) throws InterruptedException {
		CountDownLatch entered = new CountDownLatch(1);
		CompletableFuture<String> running = TestContexts.environment(context, "mail").submit(() -> {
			entered.countDown();
			while (true) {
				try {
					opened.await();
					return "ended";
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
				}
			}
		});
		entered.await();
		return running;
	}

	@Test
	void group_thatEndsAfterTheDump_isClosedAsAnyOther(CapturedOutput output) throws Exception {
		AnnotationConfigApplicationContext context = TestContexts.started(GROUP + "dump-after=0s",
				"cleanup-groups.shutdown.deadline=1h", GROUP + "timeout=1h");
		List<CleanupGroupClosedEvent> events = events(context);
		Gate gate = new Gate(context, "mail");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		while (!output.getOut().contains("still runs 1 callback")) {
			Thread.onSpinWait();
		}
		gate.open();
		closing.join();
		assertThat(output.getOut().lines().filter((line) -> line.contains("Cleanup group 'mail' closed in")))
			.singleElement()
			.asString()
			.contains("INFO", "1 callback ran, 0 cancelled, 0 still running")
			.doesNotContain("abandoned");
		assertThat(events.get(0).report().escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP);
	}

	@Test
	void close_withoutAnythingToWaitFor_logsOneLine(CapturedOutput output) {
		AnnotationConfigApplicationContext context = TestContexts.started(GROUP + "dump-after=0s",
				GROUP + "interrupt-after=0s");
		TestContexts.environment(context, "mail").submit(() -> 1).join();
		// Its future completes before its end is booked.
		while (TestContexts.group(context, "mail").memberCounts().runningCallbacks() > 0) {
			Thread.onSpinWait();
		}
		context.close();
		assertThat(output.getOut().lines().filter((line) -> line.contains("Cleanup group 'mail'"))).hasSize(1);
	}

	// Less time than configured: still interrupted before it is abandoned.
	@Test
	void steps_inLessTimeThanConfigured_moveTogether() {
		Group settings = group("interrupt-after=15s", "timeout=10s");
		Duration remaining = Duration.ofSeconds(8);
		CloseOptions options = ClosingSteps
			.of(settings, CloseMode.AWAIT_THEN_CANCEL, settings.timeoutOrDefault(), remaining)
			.options();
		assertThat(options)
			.hasToString(CloseOptions.awaitThenCancel(Duration.ofSeconds(6)).timeout(remaining).toString());
		assertThat(options).extracting("interruptAfter").isEqualTo(Duration.ofSeconds(6));
	}

	@Test
	void steps_withTimeEnough_areAsConfigured() {
		Group settings = group("interrupt-after=15s", "timeout=10s", "dump-after=2s");
		CloseOptions options = ClosingSteps
			.of(settings, CloseMode.AWAIT_THEN_CANCEL, settings.timeoutOrDefault(), Duration.ofSeconds(25))
			.options();
		assertThat(options).hasToString(
				CloseOptions.awaitThenCancel(Duration.ofSeconds(10)).timeout(Duration.ofSeconds(25)).toString());
		assertThat(options).extracting("interruptAfter", "dumpAfter", "cancelsOnTimeout")
			.containsExactly(Duration.ofSeconds(15), Duration.ofSeconds(2), true);
	}

	// Who interrupts before cancelling wants it so.
	@Test
	void steps_interruptedBeforeCancelled_keepThatOrder() {
		Group settings = group("interrupt-after=1s", "timeout=10s");
		CloseOptions options = ClosingSteps
			.of(settings, CloseMode.AWAIT_THEN_CANCEL, settings.timeoutOrDefault(), Duration.ofSeconds(8))
			.options();
		assertThat(options)
			.hasToString(CloseOptions.awaitThenCancel(Duration.ofSeconds(8)).timeout(Duration.ofSeconds(8)).toString());
		assertThat(options).extracting("interruptAfter").isEqualTo(Duration.ofSeconds(1));
	}

	private static Group group(String... settings) {
		AnnotationConfigApplicationContext context = TestContexts
			.prepared(java.util.Arrays.stream(settings).map((setting) -> GROUP + setting).toArray(String[]::new));
		try (context) {
			context.refresh();
			return context.getBean(CleanupGroupsProperties.class).groups().getOrDefault("mail", Group.DEFAULT);
		}
	}

	private static List<CleanupGroupClosedEvent> events(AnnotationConfigApplicationContext context) {
		List<CleanupGroupClosedEvent> events = Collections.synchronizedList(new ArrayList<>());
		context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) events::add);
		return events;
	}

}
