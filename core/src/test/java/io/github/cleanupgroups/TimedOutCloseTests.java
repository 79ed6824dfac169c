package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A close whose time is over, and what becomes of the members that it leaves closing.
 */
class TimedOutCloseTests extends GroupFixture {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private CloseReport timedOut(CloseOptions options) throws Exception {
		CloseCall close = closingMembers(options.timeout(SECOND));
		this.time.advance(SECOND);
		return close.report();
	}

	// F5, F42
	@Test
	void close_whoseTimeIsOver_returnsAndShowsWhatRunsWithItsStack() throws Exception {
		Gate running = runningOneOff();
		CloseReport report = timedOut(CloseOptions.awaitPending());
		assertThat(report.timedOut()).isTrue();
		assertThat(report.duration()).isEqualTo(SECOND);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(report.stillRunning()).singleElement().satisfies((member) -> {
			assertThat(member.kind()).isEqualTo(MemberKind.CALLBACK);
			assertThat(member.name()).isEqualTo("running");
			assertThat(member.runningCallbacks()).isEqualTo(1);
			assertThat(member.stack()).anyMatch((frame) -> frame.getClassName().equals(Gate.class.getName()));
		});
		running.open();
	}

	@Test
	void close_thatEndsAtTheLastMoment_hasNotTimedOut() throws Exception {
		Gate running = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(SECOND));
		this.time.advance(SECOND.minusNanos(1));
		running.open();
		CloseReport report = close.report();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.stillRunning()).isEmpty();
		assertThat(report.duration()).isEqualTo(SECOND.minusNanos(1));
	}

	@Test
	void timeoutOfZero_whenCallbacksRun_doesEverythingButWait() throws Exception {
		AtomicInteger told = new AtomicInteger();
		Gate running = runningOneOff();
		environment().onCancel((cancellation) -> told.incrementAndGet()).build().newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(report.timedOut()).isTrue();
		assertThat(told).hasValue(1);
		running.open();
	}

	@Test
	void timeoutOfZero_whenNothingRuns_isNoTimeout() throws Exception {
		environment().build().newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(report.timedOut()).isFalse();
		assertThat(report.closedMembers()).isEqualTo(1);
	}

	@Test
	void leftover_ofACloseThatAwaited_goesOnRunningAndIsAwaitedByTheNextClose() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Gate busy = busyPool();
		CallbackEnvironment environment = environment().build();
		Work work = environment.newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.submit();
		CloseReport first = timedOut(CloseOptions.awaitPending());
		assertThat(first.timedOut()).isTrue();
		assertThat(first.closedMembers()).isEqualTo(1);
		assertThat(this.group.isClosing()).isTrue();
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(2);
		CloseCall next = closingMembers(CloseOptions.awaitPending());
		busy.open();
		CloseReport report = next.report();
		assertThat(runs).hasValue(2);
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(this.group.isClosing()).isFalse();
	}

	@Test
	void leftover_whenTheNextCloseCancels_isDroppedAndToldOf() throws Exception {
		AtomicInteger told = new AtomicInteger();
		Gate busy = busyPool();
		CompletableFuture<Integer> future = environment().onCancel((cancellation) -> told.incrementAndGet())
			.build()
			.submit(() -> 1);
		assertThat(timedOut(CloseOptions.awaitPending()).cancelledCallbacks()).isZero();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(report.timedOut()).isFalse();
		assertThat(told).hasValue(1);
		assertThat(future).isCancelled();
		busy.open();
	}

	@Test
	void leftover_thatWasReportedOnce_isNotReportedAgain() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> {
			throw new IllegalStateException("told");
		}).build();
		Work work = environment.newWork(gate);
		work.submit();
		gate.awaitArrival();
		environment.newWork(GroupFixture::nothing);
		CloseReport first = timedOut(CloseOptions.cancelPending());
		assertThat(first.closedMembers()).isEqualTo(2);
		assertThat(first.failures()).hasSize(1);
		CloseCall next = closingMembers(CloseOptions.cancelPending());
		gate.open();
		CloseReport second = next.report();
		assertThat(second.closedMembers()).isEqualTo(1);
		assertThat(second.completedCallbacks()).isEqualTo(1);
		assertThat(second.failures()).hasSize(1);
	}

	@Test
	void leftover_whileItIsStillClosing_refusesWhatComesFromOutside() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		timedOut(CloseOptions.awaitPending());
		assertThat(work.isClosed()).isTrue();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit);
		gate.open();
	}

	@Test
	void leftover_ofACloseThatAwaited_mayStillChain() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment environment = environment().build();
		environment.submit(null, (instance) -> {
			gate.pass();
			environment.submit(null, (inner) -> runs.incrementAndGet());
		});
		gate.awaitArrival();
		timedOut(CloseOptions.awaitPending());
		CloseCall next = closingMembers(CloseOptions.awaitPending());
		gate.open();
		CloseReport report = next.report();
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(report.closedMembers()).isEqualTo(2);
		assertThat(runs).hasValue(1);
	}

	@Test
	void lateNotice_whenNobodyAttends_isGivenByTheThreadThatEndsTheLastCallback() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<Thread> worker = new AtomicReference<>();
		CompletableFuture<Thread> teller = new CompletableFuture<>();
		Work work = environment().onCancel((cancellation) -> teller.complete(Thread.currentThread()))
			.build()
			.newWork((instance) -> {
				worker.set(Thread.currentThread());
				gate.pass();
			});
		work.submit();
		gate.awaitArrival();
		timedOut(CloseOptions.cancelPending());
		assertThat(teller).isNotDone();
		gate.open();
		assertThat(teller.get(20, TimeUnit.SECONDS)).isSameAs(worker.get());
	}

	@Test
	void lateNotice_whenTheNextCloserAttends_isGivenByThatOne() throws Exception {
		Gate gate = this.engine.gate();
		CompletableFuture<Thread> teller = new CompletableFuture<>();
		Work work = environment().onCancel((cancellation) -> teller.complete(Thread.currentThread()))
			.build()
			.newWork(gate);
		work.submit();
		gate.awaitArrival();
		timedOut(CloseOptions.cancelPending());
		CloseCall next = closingMembers(CloseOptions.awaitPending());
		gate.open();
		next.report();
		assertThat(teller).isCompletedWithValue(next.thread());
	}

	@Test
	void lateNotice_thatThrows_isReportedByTheNextClose() throws Exception {
		Gate gate = this.engine.gate();
		Gate other = this.engine.gate();
		IllegalStateException failure = new IllegalStateException("late");
		CompletableFuture<String> told = new CompletableFuture<>();
		Work work = environment().onCancel((cancellation) -> {
			told.complete("told");
			throw failure;
		}).build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		environment().build().submit(null, other);
		other.awaitArrival();
		timedOut(CloseOptions.cancelPending());
		gate.open();
		assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo("told");
		CloseCall next = closingMembers(CloseOptions.cancelPending());
		other.open();
		CloseReport report = next.report();
		assertThat(report.closedMembers()).isBetween(1, 2);
		assertThat(report.failures()).containsExactly(failure);
	}

	@Test
	void failure_ofALeftover_isReportedOnceWhateverWasReportedBefore() throws Exception {
		Gate gate = this.engine.gate();
		IllegalStateException ofOwner = new IllegalStateException("owner");
		IllegalStateException ofCallback = new IllegalStateException("callback");
		environment().onCancel((cancellation) -> {
			throw ofOwner;
		}).build().newWork(GroupFixture::nothing);
		environment().build().submit(null, (instance) -> {
			gate.passUninterruptibly();
			throw ofCallback;
		});
		gate.awaitArrival();
		assertThat(timedOut(CloseOptions.cancelPending()).failures()).containsExactly(ofOwner);
		CloseCall next = closingMembers(CloseOptions.cancelPending());
		gate.open();
		assertThat(next.report().failures()).containsExactly(ofCallback);
	}

	@Test
	void failure_thatAnInterruptedCloseHasNotReported_isReportedByTheNext() throws Exception {
		Gate gate = this.engine.gate();
		IllegalStateException failure = new IllegalStateException("owner");
		environment().onCancel((cancellation) -> {
			throw failure;
		}).build().newWork(GroupFixture::nothing);
		environment().build().submit(null, gate);
		gate.awaitArrival();
		CloseCall interrupted = closingMembers(CloseOptions.cancelPending());
		interrupted.thread().interrupt();
		assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
		CloseCall next = closingMembers(CloseOptions.cancelPending());
		gate.open();
		assertThat(next.report().failures()).containsExactly(failure);
	}

	// Nobody may ever ask for a report again.
	@Test
	void lateNotice_thatThrows_isLogged() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().onCancel((cancellation) -> {
			throw new IllegalStateException("late");
		}).build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		timedOut(CloseOptions.cancelPending());
		try (FailingLog log = FailingLog.of(CleanupGroup.class)) {
			gate.open();
			eventually("what was logged", 1, log::records);
		}
	}

	@Test
	void cancelOnTimeout_whenTheTimeIsOver_dropsWhatIsQueuedInEveryMode() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		Gate running = runningOneOff();
		Gate busy = busyPool();
		CompletableFuture<Integer> plain = environment().memberName("plain")
			.onCancel((cancellation) -> told.add(cancellation.name()))
			.build()
			.submit(() -> 1);
		this.time.advance(Duration.ofNanos(1));
		CompletableFuture<Integer> kept = environment().memberName("kept")
			.onGroupClose(Pending.AWAIT)
			.onCancel((cancellation) -> told.add(cancellation.name()))
			.build()
			.submit(() -> 2);
		CloseReport report = timedOut(CloseOptions.awaitPending().cancelOnTimeout());
		assertThat(report.timedOut()).isTrue();
		assertThat(report.cancelledCallbacks()).isEqualTo(2);
		assertThat(report.stillRunning()).hasSize(1);
		assertThat(told).containsExactly("plain", "kept");
		assertThat(plain).isCancelled();
		assertThat(kept).isCancelled();
		running.open();
		busy.open();
	}

	@Test
	void timeout_withoutCancelOnTimeout_dropsNothing() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<Integer> future = environment().build().submit(() -> 1);
		assertThat(timedOut(CloseOptions.awaitPending()).cancelledCallbacks()).isZero();
		assertThat(future).isNotDone();
		busy.open();
		assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	// F44
	@Test
	void interruptAfter_whenTheDelayIsOver_interruptsWhatRunsOnce() throws Exception {
		Gate gate = this.engine.gate();
		CompletableFuture<String> interrupted = new CompletableFuture<>();
		environment().build().submit(null, (instance) -> {
			try {
				gate.pass();
			}
			catch (InterruptedException ex) {
				interrupted.complete("interrupted");
				throw ex;
			}
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending().interruptAfter(SECOND));
		this.time.advance(SECOND.minusNanos(1));
		assertThat(interrupted).isNotDone();
		this.time.advance(Duration.ofNanos(1));
		CloseReport report = close.report();
		assertThat(interrupted).isCompletedWithValue("interrupted");
		assertThat(report.timedOut()).isFalse();
		assertThat(report.failures()).singleElement().isInstanceOf(InterruptedException.class);
	}

	// F44: off by default, as in the original
	@Test
	void close_withoutInterruptAfter_interruptsNothing() throws Exception {
		Gate running = runningOneOff();
		CloseReport report = timedOut(CloseOptions.cancelPending());
		assertThat(report.stillRunning()).hasSize(1);
		running.open();
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).failures()).isEmpty();
	}

	@Test
	void interruptAfter_ofATaskThatGoesOnAsAStage_cancelsTheStage() throws Exception {
		CompletableFuture<String> stage = new CompletableFuture<>();
		CompletableFuture<String> future = environment().build().submitAsync(() -> stage);
		while (this.pool.stats().activeThreads() > 0 || this.pool.stats().pendingCallbacks() > 0) {
			Thread.onSpinWait();
		}
		CloseCall close = closingMembers(CloseOptions.awaitPending().interruptAfter(SECOND));
		this.time.advance(SECOND);
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(stage).isCancelled();
		assertThat(future).isCompletedExceptionally();
	}

}
