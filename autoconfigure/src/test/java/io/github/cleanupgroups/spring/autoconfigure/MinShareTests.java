package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the deadline is shared. The deadlines of the real closes here are an hour or so: a
 * group that did not get its share would not get anything before the test's time is over.
 */
@Timeout(120)
class MinShareTests {

	private static final int PHASE = Integer.MAX_VALUE - 4096;

	private static ShutdownBudget budget(String... settings) {
		Map<String, Object> source = new LinkedHashMap<>();
		for (String setting : settings) {
			int equals = setting.indexOf('=');
			source.put("cleanup-groups.groups." + setting.substring(0, equals), setting.substring(equals + 1));
		}
		Map<String, Group> groups = new Binder(new MapConfigurationPropertySource(source))
			.bindOrCreate("cleanup-groups", CleanupGroupsProperties.class)
			.groups();
		return new ShutdownBudget(groups, PHASE);
	}

	private static Duration seconds(int seconds) {
		return Duration.ofSeconds(seconds);
	}

	@Test
	void reserve_alongAChain_isTheSumOfWhatComesAfter() {
		ShutdownBudget budget = budget("read.min-share=1s", "hash.min-share=2s", "hash.closes-after=read",
				"store.min-share=4s", "store.closes-after=hash");
		assertThat(budget.reservedAfter("read")).isEqualTo(seconds(6));
		assertThat(budget.reservedAfter("hash")).isEqualTo(seconds(4));
		assertThat(budget.reservedAfter("store")).isZero();
		assertThat(budget.longest().total()).isEqualTo(seconds(7));
		assertThat(budget.longest().groups()).containsExactly("read", "hash", "store");
	}

	@Test
	void reserve_whereTheOrderForks_isThatOfTheLongestPath() {
		ShutdownBudget budget = budget("a.weight=1", "b.closes-after=a", "b.min-share=3s", "c.closes-after=a",
				"c.min-share=1s", "d.closes-after=c", "d.min-share=1s", "e.closes-after=b,d", "e.min-share=10s");
		assertThat(budget.reservedAfter("a")).isEqualTo(seconds(13));
		assertThat(budget.reservedAfter("b")).isEqualTo(seconds(10));
		assertThat(budget.reservedAfter("c")).isEqualTo(seconds(11));
		assertThat(budget.longest().groups()).containsExactly("b", "e");
	}

	// Groups side by side have the same time: nobody leaves anything to a neighbour.
	@Test
	void reserve_ofGroupsSideBySide_isNone() {
		ShutdownBudget budget = budget("a.min-share=3s", "b.min-share=5s");
		assertThat(budget.reservedAfter("a")).isZero();
		assertThat(budget.reservedAfter("b")).isZero();
		assertThat(budget.longest().total()).isEqualTo(seconds(5));
	}

	// Phases are an order, too.
	@Test
	void reserve_ofAHigherPhase_leavesLowerOnesTheirs() {
		ShutdownBudget budget = budget("mail.closes-after=", "outbox.phase=-5", "outbox.min-share=2s", "last.phase=-9",
				"last.min-share=1s", "first.phase=" + Integer.MAX_VALUE, "first.min-share=8s");
		assertThat(budget.reservedAfter("mail")).isEqualTo(seconds(3));
		assertThat(budget.reservedAfter("outbox")).isEqualTo(seconds(1));
		assertThat(budget.reservedAfterPhase(PHASE).total()).isEqualTo(seconds(3));
		assertThat(budget.reservedAfterPhase(-5).total()).isEqualTo(seconds(1));
		assertThat(budget.reservedAfterPhase(-7).total()).isEqualTo(seconds(1));
		assertThat(budget.reservedAfterPhase(-9).total()).isZero();
		assertThat(budget.reservedAfterPhase(Integer.MAX_VALUE).total()).isEqualTo(seconds(3));
		assertThat(budget.longest().total()).isEqualTo(seconds(11));
	}

	@Test
	void laterGroup_whileAnEarlierOneHangs_getsItsShare() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.slow.on-close=await",
				"cleanup-groups.groups.slow.timeout=1h", "cleanup-groups.groups.late.on-close=await",
				"cleanup-groups.groups.late.timeout=1h", "cleanup-groups.groups.late.closes-after=slow",
				"cleanup-groups.groups.late.min-share=3599900ms", "cleanup-groups.shutdown.deadline=1h");
		List<CleanupGroupClosedEvent> events = events(context);
		Gate slow = new Gate(context, "slow");
		CompletableFuture<String> late = endsInItsClose(context, "late");
		context.close();
		assertThat(late).isCompletedWithValue("had its share");
		assertThat(slow.result).isNotDone();
		assertThat(events).extracting((event) -> event.group().name()).containsExactly("slow", "late");
		assertThat(events).extracting((event) -> event.report().timedOut()).containsExactly(true, false);
		slow.open();
	}

	// Not even a close that does not return holds up what others have reserved.
	@Test
	void laterGroup_whileACancelCallbackOfAnEarlierOneHangs_getsItsShare() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.slow.on-close=cancel",
				"cleanup-groups.groups.slow.max-concurrency=1", "cleanup-groups.groups.late.on-close=await",
				"cleanup-groups.groups.late.timeout=1h", "cleanup-groups.groups.late.closes-after=slow",
				"cleanup-groups.groups.late.min-share=3599900ms", "cleanup-groups.shutdown.deadline=1h");
		CountDownLatch hangs = new CountDownLatch(1);
		Gate slow = hangingCancelCallback(context, hangs);
		CompletableFuture<String> late = endsInItsClose(context, "late");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(late.join()).isEqualTo("had its share");
		assertThat(hangs.getCount()).isOne();
		hangs.countDown();
		slow.open();
		closing.join();
	}

	/** Of a member that does not end before its own close counts it. */
	private static CompletableFuture<String> endsInItsClose(AnnotationConfigApplicationContext context, String group) {
		CompletableFuture<String> ended = new CompletableFuture<>();
		TestContexts.environment(context, group).trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			ended.complete("had its share");
		});
		return ended;
	}

	private static Gate hangingCancelCallback(AnnotationConfigApplicationContext context, CountDownLatch hangs) {
		Gate slow = new Gate(context, "slow");
		assertThat(context.getBean(CleanupGroups.class)
			.environmentBuilder("slow")
			.onCancel((cancellation) -> hangs.await())
			.build()
			.trySubmit((instance) -> {
			})).isTrue();
		return slow;
	}

	@Test
	void lowerPhase_whileAHigherOneHangs_getsItsShare() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.slow.on-close=cancel",
				"cleanup-groups.groups.slow.max-concurrency=1", "cleanup-groups.groups.late.on-close=await",
				"cleanup-groups.groups.late.timeout=1h", "cleanup-groups.groups.late.phase=5",
				"cleanup-groups.groups.late.min-share=1h", "cleanup-groups.shutdown.deadline=3600050ms");
		CountDownLatch hangs = new CountDownLatch(1);
		Gate slow = hangingCancelCallback(context, hangs);
		CompletableFuture<String> late = TestContexts.environment(context, "late").submit(() -> "had its share");
		Gate last = new Gate(context, "late");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		CleanupGroup group = TestContexts.group(context, "late");
		while (!group.isClosing()) {
			Thread.onSpinWait();
		}
		last.open();
		closing.join();
		assertThat(late).isCompletedWithValue("had its share");
		assertThat(hangs.getCount()).isOne();
		hangs.countDown();
		slow.open();
	}

	// A group below another one is closed before it, and has to leave it its share.
	@Test
	void parent_whileAGroupBelowItHangs_getsItsShare() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.late.on-close=await",
				"cleanup-groups.groups.late.timeout=1h", "cleanup-groups.groups.late.min-share=3599900ms",
				"cleanup-groups.shutdown.deadline=1h");
		context.getBean(CleanupGroups.class).open("below", TestContexts.group(context, "late"));
		Gate below = new Gate(context, "below");
		CleanupGroup group = TestContexts.group(context, "late");
		CompletableFuture<String> late = TestContexts.environment(context, "late").submit(() -> {
			// Until its turn has come.
			while (group.isAccepting()) {
				Thread.onSpinWait();
			}
			return "had its share";
		});
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(late.join()).isEqualTo("had its share");
		assertThat(below.result).isNotDone();
		below.open();
		closing.join();
	}

	// Not only its turn comes in time: its own members are closed within its share.
	@Test
	void parent_whileAGroupBelowItHangs_endsItsMembersWithinItsShare() {
		AnnotationConfigApplicationContext context = TestContexts.started("cleanup-groups.groups.late.on-close=await",
				"cleanup-groups.groups.late.timeout=1h", "cleanup-groups.groups.late.min-share=3599900ms",
				"cleanup-groups.shutdown.deadline=1h");
		context.getBean(CleanupGroups.class).open("below", TestContexts.group(context, "late"));
		List<CleanupGroupClosedEvent> events = events(context);
		Gate below = new Gate(context, "below");
		CompletableFuture<String> late = endsInItsClose(context, "late");
		CompletableFuture<Void> closing = TestContexts.closing(context);
		assertThat(late).succeedsWithin(Duration.ofMinutes(1)).isEqualTo("had its share");
		assertThat(below.result).isNotDone();
		below.open();
		closing.join();
		assertThat(events).filteredOn((event) -> event.group().name().equals("late"))
			.singleElement()
			.satisfies((event) -> assertThat(event.report().timedOut()).isFalse());
	}

	private static List<CleanupGroupClosedEvent> events(AnnotationConfigApplicationContext context) {
		List<CleanupGroupClosedEvent> events = Collections.synchronizedList(new ArrayList<>());
		context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) events::add);
		return events;
	}

}
