package io.github.cleanupgroups.spring.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.GroupClosedException;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.Pending;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.Work;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The meters of groups in a real context with a registry that adds up.
 */
@Timeout(120)
class CleanupGroupMetricsTests {

	private static final List<String> KINDS = List.of("work", "timer", "wait", "io", "callback");

	private static final List<String> OF_EVERY_GROUP = List.of("TIMER cleanup.group.callbacks.wait",
			"LONG_TASK_TIMER cleanup.group.callbacks.active", "GAUGE cleanup.group.callbacks.queued.age");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(CleanupGroupsAutoConfiguration.class, CleanupGroupMetricsAutoConfiguration.class))
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withPropertyValues("cleanup-groups.groups.mail.pool=narrow", "cleanup-groups.pools.narrow.max-threads=1");

	@Test
	void meters_ofConfiguredGroup_areAllThereFromTheStart() {
		this.runner
			.run((context) -> assertThat(metersOf(context, "mail")).containsExactlyInAnyOrderElementsOf(allMeters()));
	}

	@Test
	void members_idleQueuedAndRunning_areCountedByKindAndState() {
		this.runner.run((context) -> {
			CallbackEnvironment mail = context.getBean(CleanupGroups.class).environment("mail");
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			mail.trySubmit((instance) -> {
				running.countDown();
				end.await();
			});
			running.await();
			mail.newWork((instance) -> {
			});
			mail.newWork((instance) -> {
			}).submit();
			mail.trySubmit((instance) -> {
			});
			mail.trySubmit((instance) -> {
			});
			assertThat(members(context, "callback", "running")).isEqualTo(1);
			assertThat(members(context, "callback", "queued")).isEqualTo(2);
			assertThat(members(context, "callback", "idle")).isZero();
			assertThat(members(context, "work", "idle")).isEqualTo(1);
			assertThat(members(context, "work", "queued")).isEqualTo(1);
			assertThat(members(context, "work", "running")).isZero();
			end.countDown();
			context.getBean(CleanupGroups.class).get("mail").closeMembers(CloseOptions.awaitPending());
			for (String kind : KINDS) {
				for (String state : List.of("idle", "queued", "running")) {
					assertThat(members(context, kind, state)).as(kind + " " + state).isZero();
				}
			}
		});
	}

	@Test
	void callbacks_thatRanOrThrew_areTimedByKindAndOutcome() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CallbackEnvironment mail = groups.environment("mail");
			mail.trySubmit((instance) -> Thread.onSpinWait());
			Work work = mail.newWork((instance) -> {
				throw new IllegalStateException("on purpose");
			});
			work.submit();
			work.submit();
			work.awaitCallbacks(Pending.AWAIT);
			groups.get("mail").closeMembers(CloseOptions.awaitPending());
			assertThat(callbacks(context, "callback", "success")).isEqualTo(1);
			assertThat(callbacks(context, "callback", "error")).isZero();
			assertThat(callbacks(context, "work", "success")).isZero();
			assertThat(callbacks(context, "work", "error")).isEqualTo(2);
			assertThat(registry(context).get("cleanup.group.callbacks")
				.tags("group", "mail", "kind", "callback", "outcome", "success")
				.timer()
				.totalTime(TimeUnit.NANOSECONDS)).isPositive();
		});
	}

	@Test
	void wait_ofCallbackBehindAnother_isItsQueueTime() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CallbackEnvironment mail = groups.environment("mail");
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			mail.trySubmit((instance) -> {
				running.countDown();
				end.await();
			});
			running.await();
			mail.trySubmit((instance) -> {
			});
			long queuedAt = System.nanoTime();
			// At least this much is between the submission and the start of the second.
			long atLeast;
			do {
				Thread.onSpinWait();
				atLeast = System.nanoTime() - queuedAt;
			}
			while (atLeast < TimeUnit.MILLISECONDS.toNanos(1));
			end.countDown();
			groups.get("mail").closeMembers(CloseOptions.awaitPending());
			var timer = registry(context).get("cleanup.group.callbacks.wait").tag("group", "mail").timer();
			assertThat(timer.count()).isEqualTo(2);
			assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isGreaterThanOrEqualTo((double) atLeast);
		});
	}

	@Test
	void cancelledAndRejected_ofClosingGroup_areCounted() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CleanupGroup mail = groups.get("mail");
			CallbackEnvironment environment = groups.environment("mail");
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			environment.trySubmit((instance) -> {
				running.countDown();
				end.await();
			});
			running.await();
			for (int i = 0; i < 3; i++) {
				environment.trySubmit((instance) -> {
				});
			}
			mail.refuse();
			assertThat(environment.trySubmit((instance) -> {
			})).isFalse();
			assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> "late"));
			var report = mail.closeMembersAsync(CloseOptions.cancelPending());
			end.countDown();
			report.join();
			assertThat(
					registry(context).get("cleanup.group.callbacks.cancelled").tag("group", "mail").counter().count())
				.isEqualTo(3);
			assertThat(registry(context).get("cleanup.group.rejected").tag("group", "mail").counter().count())
				.isEqualTo(2);
		});
	}

	@Test
	void closes_ofEachModeAndOutcome_areTimed() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CleanupGroup mail = groups.get("mail");
			mail.closeMembers(CloseOptions.awaitPending());
			mail.closeMembers(CloseOptions.cancelPending());
			mail.closeMembers(CloseOptions.awaitThenCancel(Duration.ofMinutes(1)));
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			groups.environment("mail").trySubmit((instance) -> {
				running.countDown();
				end.await();
			});
			running.await();
			mail.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
			end.countDown();
			assertThat(closes(context, "await", "completed")).isEqualTo(1);
			assertThat(closes(context, "await", "timed-out")).isZero();
			assertThat(closes(context, "cancel", "completed")).isEqualTo(1);
			assertThat(closes(context, "cancel", "timed-out")).isEqualTo(1);
			assertThat(closes(context, "await-then-cancel", "completed")).isEqualTo(1);
			assertThat(closes(context, "await-then-cancel", "timed-out")).isZero();
		});
	}

	@Test
	void meters_ofOpenedGroup_comeWithItsMembersAndGoWithIt() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CleanupGroup upload = groups.open("upload");
			List<String> expected = new ArrayList<>(OF_EVERY_GROUP);
			expected.addAll(gaugesOf("callback"));
			expected.remove("GAUGE cleanup.group.members kind=callback state=idle");
			expected.add("TIMER cleanup.group.callbacks kind=callback outcome=success");
			assertThat(metersOf(context, "upload")).containsExactlyInAnyOrderElementsOf(expected);
			Work work = groups.environment("upload").newWork((instance) -> {
				throw new IllegalStateException("on purpose");
			});
			assertThat(members(context, "upload", "work", "idle")).isEqualTo(1);
			work.submit();
			upload.closeMembers(CloseOptions.awaitPending());
			expected.addAll(gaugesOf("work"));
			expected.add("TIMER cleanup.group.callbacks kind=work outcome=error");
			expected.add("TIMER cleanup.group.close mode=await outcome=completed");
			assertThat(metersOf(context, "upload")).containsExactlyInAnyOrderElementsOf(expected);
			upload.refuse();
			assertThat(groups.environment("upload").trySubmit((instance) -> {
			})).isFalse();
			upload.accept();
			expected.add("COUNTER cleanup.group.rejected");
			assertThat(metersOf(context, "upload")).containsAll(expected);
			assertThat(registry(context).get("cleanup.group.rejected").tags("group", "upload").counter().count())
				.isEqualTo(1);
			upload.close();
			assertThat(metersOf(context, "upload")).isEmpty();
			assertThat(metersOf(context, "mail")).hasSameSizeAs(allMeters());
		});
	}

	@Test
	void meters_ofGroupThatIsGone_areNotRegisteredAnyMore() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		CleanupGroupMetrics metrics = new CleanupGroupMetrics(registry);
		CleanupGroup upload = CleanupGroup.create("upload");
		CleanupGroupListener listener = metrics.groupOpened(upload);
		metrics.groupRemoved(upload);
		listener.memberJoined(MemberKind.WORK, "late");
		listener.callbackRan(MemberKind.TIMER, "late", 1, 1, null);
		listener.callbacksCancelled(1);
		listener.rejected(MemberKind.WORK, "late");
		assertThat(registry.getMeters()).isEmpty();
	}

	@Test
	void gauges_ofTwoPoolsAndAClosingGeneration_areSums() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(2);
		try (ThreadPool one = ThreadPool.builder("one").maxThreads(1).build();
				ThreadPool other = ThreadPool.builder("other").maxThreads(1).build()) {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			CleanupGroup group = CleanupGroup.create("sum");
			new CleanupGroupMetrics(registry).groupAdded(group);
			for (ThreadPool pool : List.of(one, other)) {
				CallbackEnvironment.builder().pool(pool).cleanupGroup(group).build().trySubmit((instance) -> {
					running.countDown();
					end.await();
				});
			}
			running.await();
			var closing = group.closeMembersAsync(CloseOptions.awaitPending());
			CallbackEnvironment.builder().pool(one).cleanupGroup(group).build().newWork((instance) -> {
			});
			assertThat(
					registry.get("cleanup.group.members").tags("kind", "callback", "state", "running").gauge().value())
				.isEqualTo(2);
			assertThat(registry.get("cleanup.group.members").tags("kind", "work", "state", "idle").gauge().value())
				.isEqualTo(1);
			end.countDown();
			closing.join();
			group.close();
		}
	}

	@Test
	void meters_ofGroupWithTheNameOfAClosedOne_beginAtZero() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CleanupGroup first = groups.open("upload");
			groups.environment("upload").submit(() -> "first").join();
			first.close();
			CleanupGroup second = groups.open("upload");
			groups.environment("upload").submit(() -> "second").join();
			second.closeMembers(CloseOptions.awaitPending());
			assertThat(registry(context).get("cleanup.group.callbacks")
				.tags("group", "upload", "kind", "callback", "outcome", "success")
				.timer()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void meters_ofGroupWhoseNameIsTakenBeforeItsRemoval_areThoseOfTheSecond() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		CleanupGroupMetrics metrics = new CleanupGroupMetrics(registry);
		CleanupGroup first = CleanupGroup.create("upload");
		CleanupGroup second = CleanupGroup.create("upload");
		metrics.groupAdded(first).callbacksCancelled(3);
		metrics.groupAdded(second).callbacksCancelled(1);
		metrics.groupRemoved(first);
		assertThat(registry.get("cleanup.group.callbacks.cancelled").counter().count()).isEqualTo(1);
		metrics.groupRemoved(second);
		assertThat(registry.getMeters()).isEmpty();
	}

	@Test
	void gauges_inARegistryThatOutlivesTheContext_areThoseOfTheContextThatIsThere() {
		SimpleMeterRegistry shared = new SimpleMeterRegistry();
		ApplicationContextRunner sharing = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
					CleanupGroupMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, () -> shared, (definition) -> definition.setDestroyMethodName(""))
			.withPropertyValues("cleanup-groups.groups.mail.on-close=cancel");
		sharing.run((context) -> context.getBean(CleanupGroups.class).environment("mail").submit(() -> 1).join());
		assertThat(shared.find("cleanup.group.members").gauges()).isEmpty();
		assertThat(shared.find("cleanup.group.close").timers()).isNotEmpty();
		sharing.run((context) -> {
			Work work = context.getBean(CleanupGroups.class).environment("mail").newWork((instance) -> {
			});
			assertThat(members(context, "work", "idle")).isEqualTo(1);
			work.close();
		});
	}

	// A child has groups of its own, of the same names, and the parent's registry.
	@Test
	void meters_ofAParent_stayWhenAChildWithAGroupOfThatNameIsClosed() {
		this.runner.run((parent) -> {
			CountDownLatch started = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			new ApplicationContextRunner().withParent(parent)
				.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
						CleanupGroupMetricsAutoConfiguration.class))
				.withPropertyValues("cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.own.weight=1")
				.run((child) -> {
					assertThat(child.getBean(CleanupGroups.class)).isNotSameAs(parent.getBean(CleanupGroups.class));
					child.getBean(CleanupGroups.class).environment("mail").trySubmit((instance) -> {
					});
					assertThat(metersOf(parent, "own")).containsExactlyInAnyOrderElementsOf(allMeters());
				});
			assertThat(metersOf(parent, "mail")).containsExactlyInAnyOrderElementsOf(allMeters());
			parent.getBean(CleanupGroups.class).environment("mail").trySubmit((instance) -> {
				started.countDown();
				end.await();
			});
			started.await();
			assertThat(members(parent, "callback", "running")).isEqualTo(1);
			assertThat(metersOf(parent, "own")).noneMatch((meter) -> meter.startsWith("GAUGE"));
			end.countDown();
		});
	}

	private static List<String> allMeters() {
		List<String> meters = new ArrayList<>(OF_EVERY_GROUP);
		meters.add("COUNTER cleanup.group.callbacks.cancelled");
		meters.add("COUNTER cleanup.group.rejected");
		for (String kind : KINDS) {
			meters.addAll(gaugesOf(kind));
			meters.add("TIMER cleanup.group.callbacks kind=" + kind + " outcome=success");
			meters.add("TIMER cleanup.group.callbacks kind=" + kind + " outcome=error");
		}
		for (String mode : List.of("await", "cancel", "await-then-cancel")) {
			meters.add("TIMER cleanup.group.close mode=" + mode + " outcome=completed");
			meters.add("TIMER cleanup.group.close mode=" + mode + " outcome=timed-out");
		}
		return meters;
	}

	private static List<String> gaugesOf(String kind) {
		return Stream.of("idle", "queued", "running")
			.map((state) -> "GAUGE cleanup.group.members kind=" + kind + " state=" + state)
			.toList();
	}

	private static List<String> metersOf(ApplicationContext context, String group) {
		return registry(context).getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> group.equals(id.getTag("group")))
			.map((id) -> id.getType() + " " + id.getName() + tagsBesidesGroup(id))
			.toList();
	}

	private static String tagsBesidesGroup(Meter.Id id) {
		StringBuilder tags = new StringBuilder();
		for (Tag tag : id.getTags()) {
			if (!tag.getKey().equals("group")) {
				tags.append(' ').append(tag.getKey()).append('=').append(tag.getValue());
			}
		}
		return tags.toString();
	}

	private static double members(ApplicationContext context, String kind, String state) {
		return members(context, "mail", kind, state);
	}

	private static double members(ApplicationContext context, String group, String kind, String state) {
		return registry(context).get("cleanup.group.members")
			.tags("group", group, "kind", kind, "state", state)
			.gauge()
			.value();
	}

	private static long callbacks(ApplicationContext context, String kind, String outcome) {
		return registry(context).get("cleanup.group.callbacks")
			.tags("group", "mail", "kind", kind, "outcome", outcome)
			.timer()
			.count();
	}

	private static long closes(ApplicationContext context, String mode, String outcome) {
		return registry(context).get("cleanup.group.close")
			.tags("group", "mail", "mode", mode, "outcome", outcome)
			.timer()
			.count();
	}

	private static MeterRegistry registry(ApplicationContext context) {
		return context.getBean(MeterRegistry.class);
	}

}
