package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which queued callback of a pool starts next: priorities, ageing, turns and weights.
 */
@Timeout(60)
class StartOrderTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool").maxThreads(1).timeSource(this.time));

	private final List<String> order = Collections.synchronizedList(new ArrayList<>());

	private final Gate gate = this.engine.gate();

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool);
	}

	private CallbackEnvironment of(Priority priority) {
		return environment().priority(priority).build();
	}

	private CallbackEnvironment of(CleanupGroup group) {
		return environment().cleanupGroup(group).build();
	}

	private Callback named(String name) {
		return (instance) -> this.order.add(name);
	}

	/** Keeps the pool's only thread busy until {@link #started}. */
	private void holdTheThread() throws Exception {
		of(Priority.HIGH).trySubmit(this.gate);
		this.gate.awaitArrival();
	}

	/** Lets go, and says in which order the queued callbacks started. */
	private List<String> started() {
		this.gate.open();
		eventually("pending callbacks", 0L, () -> this.pool.stats().pendingCallbacks());
		eventually("active threads", 0, () -> this.pool.stats().activeThreads());
		return List.copyOf(this.order);
	}

	// R23
	@Test
	void priorities_ofQueuedCallbacks_decideWhoStartsFirst() throws Exception {
		holdTheThread();
		of(Priority.LOW).trySubmit(named("low"));
		of(Priority.NORMAL).trySubmit(named("normal 1"));
		of(Priority.HIGH).trySubmit(named("high 1"));
		of(Priority.NORMAL).trySubmit(named("normal 2"));
		of(Priority.HIGH).trySubmit(named("high 2"));
		assertThat(started()).containsExactly("high 1", "high 2", "normal 1", "normal 2", "low");
	}

	// R23: relative to the pool, whatever the group
	@Test
	void priorities_acrossGroupsOfOnePool_decideWhoStartsFirst() throws Exception {
		holdTheThread();
		CleanupGroup one = this.engine.group("one");
		CleanupGroup other = this.engine.group("other");
		environment().cleanupGroup(one).priority(Priority.LOW).build().trySubmit(named("low"));
		environment().cleanupGroup(other).build().trySubmit(named("normal"));
		environment().cleanupGroup(one).priority(Priority.HIGH).build().trySubmit(named("high"));
		assertThat(started()).containsExactly("high", "normal", "low");
	}

	// V12
	@Test
	void callback_thatHasWaitedASecond_isNextWhateverItsPriority() throws Exception {
		holdTheThread();
		of(Priority.LOW).trySubmit(named("old low"));
		this.time.advance(Duration.ofMillis(1));
		of(Priority.NORMAL).trySubmit(named("old normal"));
		this.time.advance(Duration.ofMillis(999));
		of(Priority.LOW).trySubmit(named("low"));
		of(Priority.HIGH).trySubmit(named("high"));
		assertThat(started()).containsExactly("old low", "high", "old normal", "low");
	}

	// V12
	@Test
	void callback_thatHasWaitedAlmostASecond_isNotNext() throws Exception {
		holdTheThread();
		of(Priority.LOW).trySubmit(named("low"));
		this.time.advance(Duration.ofNanos(999_999_999));
		of(Priority.HIGH).trySubmit(named("high"));
		assertThat(started()).containsExactly("high", "low");
	}

	// V12
	@Test
	void callbacks_thatHaveAllWaitedASecond_startByTheirAge() throws Exception {
		holdTheThread();
		of(Priority.LOW).trySubmit(named("low"));
		this.time.advance(Duration.ofMillis(1));
		of(Priority.HIGH).trySubmit(named("high"));
		this.time.advance(Duration.ofMillis(1));
		of(Priority.NORMAL).trySubmit(named("normal"));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(started()).containsExactly("low", "high", "normal");
	}

	// V12, R30: each submission has its own age
	@Test
	void submissions_ofOneWorkThatHaveWaitedASecond_areAllNext() throws Exception {
		holdTheThread();
		Work low = of(Priority.LOW).newWork(named("low"));
		low.submit();
		low.submit();
		low.submit();
		this.time.advance(Duration.ofSeconds(1));
		of(Priority.HIGH).trySubmit(named("high"));
		assertThat(started()).containsExactly("low", "low", "low", "high");
	}

	// V12: what was dropped takes its age with it
	@Test
	void submission_afterOlderOnesWereDropped_doesNotInheritTheirAge() throws Exception {
		holdTheThread();
		Work low = of(Priority.LOW).newWork(named("low"));
		low.submit();
		this.time.advance(Duration.ofSeconds(2));
		low.awaitCallbacks(Pending.CANCEL);
		low.submit();
		of(Priority.HIGH).trySubmit(named("high"));
		assertThat(started()).containsExactly("high", "low");
	}

	// R32
	@Test
	void workObjects_ofOnePriority_takeTurns() throws Exception {
		holdTheThread();
		Work a = of(Priority.NORMAL).newWork(named("A"));
		Work b = of(Priority.NORMAL).newWork(named("B"));
		for (int i = 0; i < 4; i++) {
			a.submit();
		}
		for (int i = 0; i < 4; i++) {
			b.submit();
		}
		assertThat(started()).containsExactly("A", "B", "A", "B", "A", "B", "A", "B");
	}

	// R32
	@Test
	void workObject_amongOneOffs_takesItsTurn() throws Exception {
		holdTheThread();
		Work work = of(Priority.NORMAL).newWork(named("work"));
		work.submit();
		work.submit();
		of(Priority.NORMAL).trySubmit(named("one-off 1"));
		of(Priority.NORMAL).trySubmit(named("one-off 2"));
		assertThat(started()).containsExactly("work", "one-off 1", "one-off 2", "work");
	}

	@Test
	void oneOffs_ofOneGroupAndPriority_startInTheOrderOfSubmission() throws Exception {
		holdTheThread();
		for (int i = 0; i < 5; i++) {
			of(Priority.NORMAL).trySubmit(named("" + i));
		}
		assertThat(started()).containsExactly("0", "1", "2", "3", "4");
	}

	// R32
	@Test
	void groups_withoutWeights_takeTurns() throws Exception {
		holdTheThread();
		CleanupGroup a = this.engine.group("A");
		CleanupGroup b = this.engine.group("B");
		for (int i = 0; i < 3; i++) {
			of(a).trySubmit(named("A"));
		}
		for (int i = 0; i < 3; i++) {
			of(b).trySubmit(named("B"));
		}
		assertThat(started()).containsExactly("A", "B", "A", "B", "A", "B");
	}

	@Test
	void weight_ofAGroupWithOneOffs_isItsTurnsInARow() throws Exception {
		holdTheThread();
		CleanupGroup a = this.engine.group(CleanupGroup.builder("A").weight(3));
		CleanupGroup b = this.engine.group("B");
		for (int i = 0; i < 6; i++) {
			of(a).trySubmit(named("A"));
		}
		for (int i = 0; i < 3; i++) {
			of(b).trySubmit(named("B"));
		}
		assertThat(started()).containsExactly("A", "A", "A", "B", "A", "A", "A", "B", "B");
	}

	@Test
	void weight_ofAGroupWithOneBusyWorkObject_isItsTurnsInARow() throws Exception {
		holdTheThread();
		Work a = of(this.engine.group(CleanupGroup.builder("A").weight(3))).newWork(named("A"));
		Work b = of(this.engine.group("B")).newWork(named("B"));
		for (int i = 0; i < 6; i++) {
			a.submit();
		}
		for (int i = 0; i < 3; i++) {
			b.submit();
		}
		assertThat(started()).containsExactly("A", "A", "A", "B", "A", "A", "A", "B", "B");
	}

}
