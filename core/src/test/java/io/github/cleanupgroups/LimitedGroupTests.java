package io.github.cleanupgroups;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Groups that limit how much runs at once or is queued, above all when they close.
 */
class LimitedGroupTests extends GroupFixture {

	private CleanupGroup bounded(Overflow overflow) {
		return group(CleanupGroup.builder("bounded").queueCapacity(1).overflow(overflow));
	}

	@Test
	void maxConcurrency_ofAGroupOnTwoPools_isKeptOnBothTogether() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		ThreadPool otherPool = pool(2);
		Gate gate = this.engine.gate();
		environment(limited).build().submit(null, gate);
		gate.awaitArrival();
		CompletableFuture<Integer> elsewhere = CallbackEnvironment.builder()
			.pool(otherPool)
			.cleanupGroup(limited)
			.build()
			.submit(() -> limited.memberCounts().runningCallbacks());
		CallbackEnvironment.builder().pool(otherPool).build().submit(() -> 1).get(20, TimeUnit.SECONDS);
		assertThat(elsewhere).isNotDone();
		gate.open();
		assertThat(elsewhere.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@Test
	void maxConcurrency_whileTheGroupAwaits_isKept() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		Gate gate = this.engine.gate();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger now = new AtomicInteger();
		Work work = environment(limited).build().newWork((instance) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			gate.pass();
			now.decrementAndGet();
		});
		for (int i = 0; i < 20; i++) {
			work.submit();
		}
		gate.awaitArrival();
		CloseCall close = closingMembers(limited, CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(20);
		assertThat(most).hasValue(1);
	}

	@Test
	void maxConcurrency_afterACancel_isFreeForTheNextGeneration() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment(limited).build();
		Work work = environment.newWork(gate);
		work.submit();
		gate.awaitArrival();
		work.submit();
		CloseCall close = closingMembers(limited, CloseOptions.cancelPending());
		CompletableFuture<Integer> next = environment.submit(() -> 1);
		assertThat(next).isNotDone();
		gate.open();
		assertThat(close.report().cancelledCallbacks()).isEqualTo(1);
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@Test
	void maxConcurrency_ofATaskThatGoesOnAsAStage_keepsTheSlotUntilThatCompletes() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		CompletableFuture<Integer> stage = new CompletableFuture<>();
		CompletableFuture<Integer> first = environment(limited).build().submitAsync(() -> stage);
		CompletableFuture<Integer> second = environment(limited).build().submit(() -> 2);
		CallbackEnvironment.builder().pool(this.pool).build().submit(() -> 1).get(20, TimeUnit.SECONDS);
		CloseCall close = closingMembers(limited, CloseOptions.awaitPending());
		assertThat(second).isNotDone();
		stage.complete(1);
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
		assertThat(first).isCompletedWithValue(1);
		assertThat(second).isCompletedWithValue(2);
	}

	@Test
	void fullQueue_thatRejects_namesGroupMemberAndCapacity() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.REJECT);
		CallbackEnvironment environment = environment(bounded).memberName("letter").build();
		assertThat(environment.trySubmit(GroupFixture::nothing)).isTrue();
		assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> environment.submit(() -> 1))
			.withMessageContaining("'bounded'")
			.withMessageContaining("'letter'")
			.withMessageContaining("1");
		bounded.closeMembers(CloseOptions.cancelPending());
		assertThat(environment.trySubmit(GroupFixture::nothing)).isTrue();
		busy.open();
	}

	@Test
	void fullQueue_ofAGroupThatIsClosed_refusesBecauseItIsClosed() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.REJECT);
		CallbackEnvironment environment = environment(bounded).build();
		Work work = environment.newWork(GroupFixture::nothing);
		work.submit();
		CloseCall close = CloseCall.start(this.engine, () -> bounded.close(CloseOptions.awaitPending())).awaitWaiting();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit);
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> 1));
		busy.open();
		close.report();
	}

	@Test
	void submitterThatWaitsForRoom_whenTheGroupIsClosed_isRefused() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.BLOCK);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
		Thread submitter = waitingSubmitter(environment, refusal);
		CloseCall close = CloseCall.start(this.engine, () -> bounded.close(CloseOptions.awaitPending())).awaitWaiting();
		submitter.join(20_000);
		assertThat(refusal.get()).isInstanceOf(GroupClosedException.class);
		busy.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void submitterThatWaitsForRoom_whenMembersAreDropped_entersTheNextGeneration() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.BLOCK);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
		Thread submitter = waitingSubmitter(environment, refusal);
		assertThat(bounded.closeMembers(CloseOptions.cancelPending()).cancelledCallbacks()).isEqualTo(1);
		submitter.join(20_000);
		assertThat(refusal).hasValue(null);
		assertThat(bounded.memberCounts().pendingCallbacks()).isEqualTo(1);
		busy.open();
	}

	@Test
	void submitterThatWaitsForRoom_whenTheGroupRefuses_isRefused() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.BLOCK);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
		Thread submitter = waitingSubmitter(environment, refusal);
		bounded.refuse();
		submitter.join(20_000);
		assertThat(refusal.get()).isInstanceOf(GroupClosedException.class);
		busy.open();
	}

	private Thread waitingSubmitter(CallbackEnvironment environment, AtomicReference<@Nullable Throwable> refusal) {
		Thread submitter = this.engine.start("submitter", () -> {
			try {
				environment.submit(null, GroupFixture::nothing);
			}
			catch (RuntimeException ex) {
				refusal.set(ex);
			}
		});
		while (!(LockSupport.getBlocker(submitter) instanceof QueueBound)) {
			Thread.onSpinWait();
		}
		return submitter;
	}

	@Test
	void fullQueue_thatBlocks_refusesCallbacksOfItsOwnGroup() throws Exception {
		CleanupGroup bounded = bounded(Overflow.BLOCK);
		CallbackEnvironment environment = environment(bounded).build();
		Gate gate = this.engine.gate();
		CompletableFuture<String> chain = environment.submit(() -> {
			gate.pass();
			assertThatExceptionOfType(QueueFullException.class)
				.isThrownBy(() -> environment.submit(null, GroupFixture::nothing))
				.withMessageContaining("'bounded'");
			return "refused";
		});
		gate.awaitArrival();
		Gate busy = busyPool();
		environment.submit(null, GroupFixture::nothing);
		CloseCall close = closingMembers(bounded, CloseOptions.awaitPending());
		gate.open();
		assertThat(chain.get(20, TimeUnit.SECONDS)).isEqualTo("refused");
		busy.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
	}

	@Test
	void callbackRunByItsSubmitter_whenTheGroupCloses_isAwaited() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.CALLER_RUNS);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		Gate gate = this.engine.gate();
		Thread submitter = this.engine.start("submitter", () -> environment.submit(null, gate));
		gate.awaitArrival();
		assertThat(bounded.memberCounts().of(MemberKind.CALLBACK, MemberState.RUNNING)).isEqualTo(1);
		CloseCall close = closingMembers(bounded, CloseOptions.cancelPending());
		gate.open();
		CloseReport report = close.report();
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		submitter.join();
		busy.open();
	}

	@Test
	void callbackRunByItsSubmitter_thatClosesItsGroup_isRefused() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.CALLER_RUNS);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		AtomicInteger ran = new AtomicInteger();
		environment.submit(null, (instance) -> {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(bounded::close);
			ran.incrementAndGet();
		});
		assertThat(ran).hasValue(1);
		bounded.closeMembers(CloseOptions.cancelPending());
		busy.open();
	}

	@Test
	void callbackRunByItsSubmitter_thatAnEndingCloseInterrupts_leavesNoFlagToTheSubmitter() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.CALLER_RUNS);
		CallbackEnvironment environment = environment(bounded).build();
		environment.submit(null, GroupFixture::nothing);
		Gate gate = this.engine.gate();
		List<Boolean> flags = new ArrayList<>();
		Thread submitter = this.engine.start("submitter", () -> {
			environment.submit(null, (instance) -> {
				gate.open();
				while (!Thread.currentThread().isInterrupted()) {
					Thread.onSpinWait();
				}
			});
			flags.add(Thread.interrupted());
		});
		gate.pass();
		CloseReport report = bounded.closeMembers(CloseOptions.cancelPending().interruptAfter(Duration.ZERO));
		assertThat(report.completedCallbacks()).isEqualTo(1);
		submitter.join();
		assertThat(flags).containsExactly(false);
		busy.open();
	}

	/** The library leaves nothing on threads of the user's. */
	@Test
	void submitter_whoseCallbackItCannotRun_isNotRemembered() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.CALLER_RUNS);
		Work work = environment(bounded).build().newWork(GroupFixture::nothing);
		work.submit();
		CloseCall close = closingMembers(bounded, CloseOptions.awaitPending());
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit);
		Field current = CallbackThread.class.getDeclaredField("CURRENT");
		current.setAccessible(true);
		assertThat(((ThreadLocal<?>) current.get(null)).get()).isNull();
		busy.open();
		close.report();
	}

	@Test
	void callbackRunByItsSubmitter_ofAnEnvironmentWithALoader_seesThatLoader() throws Exception {
		Gate busy = busyPool();
		CleanupGroup bounded = bounded(Overflow.CALLER_RUNS);
		ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {
		};
		CallbackEnvironment environment = environment(bounded).contextClassLoader(loader).build();
		environment.submit(null, GroupFixture::nothing);
		AtomicReference<ClassLoader> seen = new AtomicReference<>();
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		environment.submit(null, (instance) -> seen.set(Thread.currentThread().getContextClassLoader()));
		assertThat(seen).hasValue(loader);
		assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
		bounded.closeMembers(CloseOptions.cancelPending());
		busy.open();
	}

}
