package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A callback that does not end is warned about once, and once more when it has ended.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class StuckCallbackTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final StuckReports reports = new StuckReports();

	/** A callback whose time the test decides about. */
	private record Fake(String name, Duration runningFor, @Nullable String thread) implements CallbackSnapshot {

		@Override
		public MemberKind kind() {
			return MemberKind.WORK;
		}

		@Override
		public List<StackTraceElement> stack() {
			return List.of(new StackTraceElement("app.Mail", "send", "Mail.java", 42));
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Fake fake && fake.name.equals(this.name);
		}

		@Override
		public int hashCode() {
			return this.name.hashCode();
		}

	}

	private static int count(String text, String part) {
		return text.split(part, -1).length - 1;
	}

	@Test
	void report_ofAStuckCallback_namesItOnceWithItsThreadAndStack(CapturedOutput output) {
		this.reports.update(Map.of("mail", List.of(new Fake("letter", Duration.ofSeconds(61), "worker-1"))), 0);
		this.reports.update(Map.of("mail", List.of(new Fake("letter", Duration.ofSeconds(71), "worker-1"))), 0);
		assertThat(count(output.getAll(), "'letter'")).isOne();
		assertThat(output).contains(
				"Callback of 'letter' (work) in cleanup group 'mail' has been running for 61 s, on thread 'worker-1':")
			.contains("    at app.Mail.send(Mail.java:42)");
	}

	@Test
	void report_ofOneThatHasEnded_saysAfterHowLong(CapturedOutput output) {
		long start = 1_000;
		this.reports.update(Map.of("mail", List.of(new Fake("letter", Duration.ofSeconds(61), null))), start);
		this.reports.update(Map.of("mail", List.of()), start + TimeUnit.SECONDS.toNanos(20));
		this.reports.update(Map.of("mail", List.of()), start + TimeUnit.SECONDS.toNanos(30));
		assertThat(output).contains("It has returned, and waits for its future to complete");
		assertThat(output).containsOnlyOnce("was stuck and has ended, after 81 s at most");
	}

	@Test
	void report_ofOneWhoseGroupIsGone_waitsForItsEnd(CapturedOutput output) {
		this.reports.update(Map.of("upload", List.of(new Fake("letter", Duration.ofSeconds(61), "worker-1"))), 0);
		this.reports.update(Map.of(), 0);
		assertThat(output).doesNotContain("has ended");
	}

	@Test
	void callback_thatRunsTooLong_isReportedByARunningApplication(CapturedOutput output) {
		try (AnnotationConfigApplicationContext context = TestContexts.started(
				"cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.batch.stuck-after=0s",
				"cleanup-groups.stuck.after=1ms")) {
			TestContexts.Gate batch = new TestContexts.Gate(context, "batch");
			TestContexts.Gate mail = new TestContexts.Gate(context, "mail");
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> output.getAll().contains("in cleanup group 'mail' has been running for"));
			assertThat(context.getBean(CleanupGroups.class).stuckCallbacks("mail")).singleElement()
				.satisfies((stuck) -> assertThat(stuck.stack()).asString().contains(TestContexts.Gate.class.getName()));
			assertThat(context.getBean(CleanupGroups.class).stuckCallbacks("batch")).isEmpty();
			mail.open();
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> output.getAll().contains("in cleanup group 'mail' was stuck and has ended"));
			assertThat(output).doesNotContain("in cleanup group 'batch' has been running");
			batch.open();
		}
	}

	@Test
	void watch_ofAnApplication_isOneThreadThatEndsWithIt() {
		awaitNobodyWatching();
		try (AnnotationConfigApplicationContext context = TestContexts
			.started("cleanup-groups.groups.mail.stuck-after=1h", "cleanup-groups.groups.batch.stuck-after=2h")) {
			assertThat(context.isActive()).isTrue();
			assertThat(watching()).singleElement().matches(Thread::isDaemon);
		}
		awaitNobodyWatching();
	}

	@Test
	void watch_whereNothingCanBeStuck_hasNoThread() {
		awaitNobodyWatching();
		try (AnnotationConfigApplicationContext context = TestContexts
			.started("cleanup-groups.groups.mail.on-close=await")) {
			assertThat(context.isActive()).isTrue();
			assertThat(watching()).isEmpty();
		}
	}

	/** The thread of an application that was closed before may still be about to end. */
	private static void awaitNobodyWatching() {
		Awaitility.await().atMost(PATIENCE).until(() -> watching().isEmpty());
	}

	private static List<Thread> watching() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((each) -> each.getName().equals("cleanup-groups-stuck-watch"))
			.toList();
	}

}
