package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A close that cancels, at once or after a grace: what has not started never does, what
 * runs is awaited, every future completes.
 */
class CancellingCloseTests extends GroupFixture {

	// R120, R98
	@Test
	void close_thatCancels_dropsWhatIsQueuedAndAwaitsWhatRuns() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		Work work = environment().build().newWork((instance) -> {
			gate.pass();
			runs.incrementAndGet();
		});
		for (int i = 0; i < 10; i++) {
			work.submit();
		}
		gate.awaitArrivals(2);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.group.memberCounts().pendingCallbacks()).isZero();
		gate.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(2);
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(report.cancelledCallbacks()).isEqualTo(8);
		assertThat(report.closedMembers()).isEqualTo(1);
	}

	// R121: the only worker waits for the cancel callbacks
	@Test
	void dropping_whatIsQueued_needsNoThreadOfThePool() throws Exception {
		Gate busy = busyPool();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> busy.open()).build();
		AtomicInteger runs = new AtomicInteger();
		Work work = environment.newWork((instance) -> runs.incrementAndGet());
		work.submit();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(runs).hasValue(0);
	}

	// R115
	@Test
	void memberClosedByItself_withCallbacksQueued_losesThemSilently() throws Exception {
		Gate busy = busyPool();
		AtomicInteger runs = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		Work work = environment().onCancel((cancellation) -> told.incrementAndGet())
			.build()
			.newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.close();
		CompletableFuture<Void> released = work.released();
		assertThat(released).isNotDone();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(released).isCompleted();
		busy.open();
		assertThat(runs).hasValue(0);
		assertThat(told).hasValue(0);
	}

	// V9, R143, F7
	@Test
	void callback_thatSubmitsWhileItsGroupCancels_isRefusedWhateverItSubmits() throws Exception {
		Gate gate = this.engine.gate();
		List<Class<?>> refusals = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment environment = environment().build();
		AtomicReference<Work> self = new AtomicReference<>();
		Work other = environment.newWork(GroupFixture::nothing);
		Work work = environment.newWork((instance) -> {
			gate.pass();
			refusals.add(refusal(() -> submitted(self.get())));
			refusals.add(refusal(() -> submitted(other)));
			refusals.add(refusal(() -> environment.submit(() -> 1).isDone()));
			refusals.add(refusal(() -> environment.newWork(GroupFixture::nothing)));
			refusals.add(refusal(() -> environment.asExecutorService().schedule(() -> 1, 1, TimeUnit.DAYS).isDone()));
			assertThat(environment.trySubmit(GroupFixture::nothing)).isFalse();
		});
		self.set(work);
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		gate.open();
		assertThat(close.report().failures()).isEmpty();
		assertThat(refusals).containsExactly(MemberClosedException.class, MemberClosedException.class,
				GroupClosedException.class, GroupClosedException.class, GroupClosedException.class);
	}

	private static Work submitted(Work work) {
		work.submit();
		return work;
	}

	private static Class<?> refusal(Callable<?> refused) throws Exception {
		try {
			return refused.call().getClass();
		}
		catch (RuntimeException ex) {
			assertThat(ex).hasMessageContaining("'mail'");
			return ex.getClass();
		}
	}

	// R124, F43
	@Test
	void queuedCallbacks_ofAllMembers_areGoneBeforeTheFirstWait() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().build();
		Work first = environment.newWork(gate);
		Work second = environment.newWork(gate);
		Work third = environment.newWork(gate);
		first.submit();
		second.submit();
		gate.awaitArrivals(2);
		first.submit();
		second.submit();
		third.submit();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.pool.stats().pendingCallbacks()).isZero();
		gate.open();
		assertThat(close.report().cancelledCallbacks()).isEqualTo(3);
	}

	@Test
	void future_whoseCallbackIsDropped_completesWithTheGroupMemberAndReason() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<Integer> future = environment().memberName("letter").build().submit(() -> 1);
		this.group.closeMembers(CloseOptions.cancelPending().reason("moving house"));
		assertThat(future).isCancelled();
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(future::join)
			.withMessageContaining("'mail'")
			.withMessageContaining("'letter'")
			.withMessageContaining("moving house")
			.satisfies((ex) -> assertThat(ex.member()).isEqualTo("letter"))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo("moving house"));
		busy.open();
	}

	@Test
	void futures_ofAnExecutorView_completeAsCancelled() throws Exception {
		Gate busy = busyPool();
		ExecutorService view = environment().build().asExecutorService();
		Future<Integer> future = view.submit(() -> 1);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(future.isCancelled()).isTrue();
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		busy.open();
	}

	@Test
	void supplyAsyncThroughAView_whenTheCloseCancels_runsSoThatItsCallerDoesNotHang() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<Integer> future = CompletableFuture.supplyAsync(() -> 42,
				environment().build().asExecutorService());
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		busy.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(future).isCompletedWithValue(42);
	}

	@Test
	void awaitThenCancel_drainedInTime_cancelsNothingAndTellsNobody() throws Exception {
		AtomicInteger told = new AtomicInteger();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> told.incrementAndGet()).build();
		Gate gate = this.engine.gate();
		environment.newWork(GroupFixture::nothing);
		environment.submit(null, gate);
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitThenCancel(Duration.ofSeconds(5)));
		this.time.advance(Duration.ofSeconds(5).minusNanos(1));
		gate.open();
		CloseReport report = close.report();
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(told).hasValue(0);
	}

	@Test
	void awaitThenCancel_whoseGracePasses_dropsWhatHasNotStartedAndAwaitsTheRest() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment()
			.onCancel((cancellation) -> told.add(cancellation.kind() + " " + cancellation.droppedCallbacks()))
			.build();
		Work work = environment.newWork(gate);
		for (int i = 0; i < 5; i++) {
			work.submit();
		}
		gate.awaitArrivals(2);
		environment.trySubmit(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.awaitThenCancel(Duration.ofSeconds(5)));
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(4);
		this.time.advance(Duration.ofSeconds(5));
		eventually("the owner of what has nothing running is told", List.of("CALLBACK 1"), () -> List.copyOf(told));
		gate.open();
		CloseReport report = close.report();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(report.cancelledCallbacks()).isEqualTo(4);
		assertThat(told).containsExactly("CALLBACK 1", "WORK 3");
	}

	@Test
	void awaitThenCancel_withoutGrace_isACancel() throws Exception {
		Gate busy = busyPool();
		environment().build().trySubmit(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitThenCancel(Duration.ZERO));
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		busy.open();
	}

	// R98, R99
	@Test
	void manyOneOffs_someOfThemQueued_eachRunOrIsToldOf() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> told.incrementAndGet()).build();
		for (int i = 0; i < 100; i++) {
			environment.submit(null, (instance) -> {
				gate.pass();
				runs.incrementAndGet();
			});
		}
		gate.awaitArrivals(2);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		gate.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(2);
		assertThat(told).hasValue(98);
		assertThat(report.closedMembers()).isEqualTo(100);
		assertThat(report.cancelledCallbacks()).isEqualTo(98);
	}

	@Test
	void ownerOfAFuture_thatCancelsItBeforeTheClose_isCountedOnce() throws Exception {
		Gate busy = busyPool();
		CallbackEnvironment environment = environment().build();
		CompletableFuture<Integer> withdrawn = environment.submit(() -> 1);
		CompletableFuture<Integer> dropped = environment.submit(() -> 2);
		assertThat(withdrawn.cancel(false)).isTrue();
		assertThat(this.group.memberCounts().total()).isEqualTo(1);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(dropped).isCancelled();
		busy.open();
	}

}
