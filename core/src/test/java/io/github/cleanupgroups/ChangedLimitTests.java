package io.github.cleanupgroups;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Limits of a group that are changed while it has members.
 */
class ChangedLimitTests extends GroupFixture {

	private final CallbackEnvironment strangers = CallbackEnvironment.builder().pool(this.pool).build();

	/** What was submitted before has had its chance to start. */
	private void passThroughThePool() throws Exception {
		this.strangers.submit(() -> 1).get(20, TimeUnit.SECONDS);
	}

	@Test
	void limits_asBuilt_areToldAndUnlimitedWhereNotGiven() {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(3).queueCapacity(4).weight(5));
		assertThat(limited.maxConcurrency()).isEqualTo(3);
		assertThat(limited.queueCapacity()).isEqualTo(4);
		assertThat(limited.weight()).isEqualTo(5);
		assertThat(this.group.maxConcurrency()).isEqualTo(Integer.MAX_VALUE);
		assertThat(this.group.queueCapacity()).isEqualTo(Integer.MAX_VALUE);
		assertThat(this.group.weight()).isEqualTo(1);
	}

	@Test
	void maxConcurrency_raised_startsWhatWaits() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		Gate gate = runningOneOff(environment(limited).build());
		CompletableFuture<Integer> second = environment(limited).build().submit(() -> 2);
		passThroughThePool();
		assertThat(second).isNotDone();
		limited.maxConcurrency(2);
		assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(limited.maxConcurrency()).isEqualTo(2);
		gate.open();
	}

	@Test
	void maxConcurrency_raised_startsWhatWaitsOnEveryPool() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		Gate gate = runningOneOff(environment(limited).build());
		ThreadPool other = pool(1);
		CompletableFuture<Integer> here = environment(limited).build().submit(() -> 1);
		CompletableFuture<Integer> there = CallbackEnvironment.builder()
			.pool(other)
			.cleanupGroup(limited)
			.build()
			.submit(() -> 2);
		limited.maxConcurrency(3);
		assertThat(here.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(there.get(20, TimeUnit.SECONDS)).isEqualTo(2);
		gate.open();
	}

	@Test
	void maxConcurrency_lowered_startsNothingUntilEnoughHaveEnded() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(2));
		Gate first = runningOneOff(environment(limited).build());
		Gate second = runningOneOff(environment(limited).build());
		limited.maxConcurrency(1);
		CompletableFuture<Integer> third = environment(limited).build().submit(() -> 3);
		first.open();
		passThroughThePool();
		assertThat(third).isNotDone();
		assertThat(limited.memberCounts().runningCallbacks()).isEqualTo(1);
		second.open();
		assertThat(third.get(20, TimeUnit.SECONDS)).isEqualTo(3);
	}

	@Test
	void maxConcurrency_ofAGroupThatHadNone_countsWhatRunsAlready() throws Exception {
		Gate gate = runningOneOff();
		this.group.maxConcurrency(1);
		CompletableFuture<Integer> second = environment().build().submit(() -> 2);
		passThroughThePool();
		assertThat(second).isNotDone();
		gate.open();
		assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	@Test
	void maxConcurrency_ofAGroupWithAClosingGeneration_countsThatOneToo() throws Exception {
		Gate gate = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		this.group.maxConcurrency(1);
		CompletableFuture<Integer> next = environment().build().submit(() -> 2);
		passThroughThePool();
		assertThat(next).isNotDone();
		gate.open();
		close.report();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	@Test
	void maxConcurrency_givenFromInsideACallbackThatItsSubmitterRuns_countsThatOneOnce() throws Exception {
		CleanupGroup bounded = group(CleanupGroup.builder("bounded").queueCapacity(1).overflow(Overflow.CALLER_RUNS));
		CallbackEnvironment environment = environment(bounded).build();
		Gate gate = this.engine.gate();
		this.strangers.submit(null, gate);
		gate.awaitArrival();
		CompletableFuture<Integer> outer = environment.submit(() -> {
			environment.submit(null, GroupFixture::nothing);
			environment.submit(null, (inner) -> bounded.maxConcurrency(1));
			return 1;
		});
		assertThat(outer.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(environment.submit(() -> 2).get(20, TimeUnit.SECONDS)).isEqualTo(2);
		gate.open();
	}

	@Test
	void maxConcurrency_changedAllTheTime_losesNothingAndHoldsAfterwards() throws Exception {
		ThreadPool wide = pool(8);
		CleanupGroup changing = group("changing");
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(wide).cleanupGroup(changing).build();
		AtomicInteger ran = new AtomicInteger();
		AtomicBoolean over = new AtomicBoolean();
		Thread changer = this.engine.start("changer", () -> {
			for (int i = 0; !over.get(); i++) {
				changing.maxConcurrency(1 + i % 3);
				changing.weight(1 + i % 3);
			}
		});
		for (int i = 0; i < 20_000; i++) {
			environment.submit(null, (instance) -> ran.incrementAndGet());
		}
		CloseReport report = changing.closeMembers(CloseOptions.awaitPending());
		over.set(true);
		changer.join();
		assertThat(report.timedOut()).isFalse();
		assertThat(ran).hasValue(20_000);
		changing.maxConcurrency(1);
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		for (int i = 0; i < 200; i++) {
			environment.submit(null, (instance) -> {
				most.accumulateAndGet(now.incrementAndGet(), Math::max);
				now.decrementAndGet();
			});
		}
		changing.closeMembers(CloseOptions.awaitPending());
		assertThat(most).hasValue(1);
	}

	@Test
	void queueCapacity_raised_letsInWhoWaits() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = group(CleanupGroup.builder("bounded").queueCapacity(1).overflow(Overflow.BLOCK));
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		Thread submitter = this.engine.start("submitter", () -> environment.submit(null, GroupFixture::nothing));
		while (!(LockSupport.getBlocker(submitter) instanceof QueueBound)) {
			Thread.onSpinWait();
		}
		bounded.queueCapacity(2);
		submitter.join(20_000);
		assertThat(bounded.memberCounts().pendingCallbacks()).isEqualTo(2);
		busy.open();
	}

	@Test
	void queueCapacity_lowered_leavesWhatIsQueued() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = group(CleanupGroup.builder("bounded").queueCapacity(3));
		CallbackEnvironment environment = environment(bounded).build();
		List<Integer> ran = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 3; i++) {
			int number = i;
			environment.submit(null, (instance) -> ran.add(number));
		}
		bounded.queueCapacity(1);
		assertThat(environment.trySubmit(GroupFixture::nothing)).isFalse();
		busy.open();
		bounded.closeMembers(CloseOptions.awaitPending());
		assertThat(ran).containsExactlyInAnyOrder(0, 1, 2);
		assertThat(environment.trySubmit(GroupFixture::nothing)).isTrue();
	}

	@Test
	void queueCapacity_ofAGroupBuiltWithout_isRefusedAndNamesTheWayOut() {
		assertThatIllegalStateException().isThrownBy(() -> this.group.queueCapacity(1))
			.withMessageContaining("'mail'")
			.withMessageContaining("queueCapacity");
		this.group.queueCapacity(Integer.MAX_VALUE);
		assertThat(this.group.queueCapacity()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void weight_raised_holdsFromTheNextTurnOn() throws Exception {
		CleanupGroup heavy = group("heavy");
		CleanupGroup light = group("light");
		ThreadPool narrow = pool(1);
		Gate busy = busy(narrow);
		List<String> order = new CopyOnWriteArrayList<>();
		for (CleanupGroup each : List.of(heavy, light)) {
			CallbackEnvironment environment = CallbackEnvironment.builder().pool(narrow).cleanupGroup(each).build();
			for (int i = 0; i < 7; i++) {
				environment.submit(null, (instance) -> order.add(each.name()));
			}
		}
		heavy.weight(3);
		busy.open();
		heavy.closeMembers(CloseOptions.awaitPending());
		light.closeMembers(CloseOptions.awaitPending());
		assertThat(heavy.weight()).isEqualTo(3);
		assertThat(order.subList(0, 10)).containsExactly("heavy", "light", "heavy", "heavy", "heavy", "light", "heavy",
				"heavy", "heavy", "light");
	}

	@Test
	void limits_outOfRange_areRefusedAndNothingIsChanged() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.group.maxConcurrency(0))
			.withMessageContaining("maxConcurrency of group 'mail'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.group.queueCapacity(0))
			.withMessageContaining("queueCapacity of group 'mail'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.group.weight(0))
			.withMessageContaining("weight of group 'mail'");
		assertThat(this.group.maxConcurrency()).isEqualTo(Integer.MAX_VALUE);
		assertThat(this.group.weight()).isEqualTo(1);
	}

}
