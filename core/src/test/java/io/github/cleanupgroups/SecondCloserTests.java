package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call that finds a close in progress joins it (V8, F9): it waits, it may escalate,
 * both learn the outcome.
 */
class SecondCloserTests extends GroupFixture {

	// V8, R127, F9
	@Test
	void secondCloser_whileTheFirstWaits_waitsTooAndBothGetTheOutcome() throws Exception {
		Gate running = runningOneOff();
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		CloseCall second = closingMembers(CloseOptions.awaitPending());
		assertThat(first.hasReturned()).isFalse();
		running.open();
		for (CloseReport report : List.of(first.report(), second.report())) {
			assertThat(report.closedMembers()).isEqualTo(1);
			assertThat(report.completedCallbacks()).isEqualTo(1);
			assertThat(report.timedOut()).isFalse();
		}
	}

	// What the first close of all has reported is not reported again.
	@Test
	void secondCloser_ofWhatAnEarlierCloseHasLeft_reportsWhatTheFirstOfBothDoes() throws Exception {
		Gate running = runningOneOff();
		Gate busy = busyPool();
		CompletableFuture<Integer> queued = environment().build().submit(() -> 1);
		CloseReport earlier = this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(earlier.closedMembers()).isEqualTo(2);
		assertThat(queued).isCancelled();
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		CloseCall second = closingMembers(CloseOptions.awaitPending());
		running.open();
		for (CloseReport report : List.of(first.report(), second.report())) {
			assertThat(report.closedMembers()).isEqualTo(1);
			assertThat(report.completedCallbacks()).isEqualTo(1);
			assertThat(report.cancelledCallbacks()).isZero();
		}
		busy.open();
	}

	@Test
	void secondCloser_thatCancels_escalatesTheFirst() throws Exception {
		Gate busy = busyPool();
		AtomicInteger told = new AtomicInteger();
		CompletableFuture<Integer> queued = environment().onCancel((cancellation) -> told.incrementAndGet())
			.build()
			.submit(() -> 1);
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		CloseReport second = this.group.closeMembers(CloseOptions.cancelPending().reason("hurry"));
		assertThat(second.cancelledCallbacks()).isEqualTo(1);
		assertThat(first.report().cancelledCallbacks()).isEqualTo(1);
		assertThat(told).hasValue(1);
		assertThat(queued).isCancelled();
		busy.open();
	}

	@Test
	void secondCloser_thatAwaits_takesNothingBackOfACancel() throws Exception {
		Gate running = runningOneOff();
		AtomicInteger told = new AtomicInteger();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> told.incrementAndGet()).build();
		Work idle = environment.newWork(GroupFixture::nothing);
		CloseCall first = closingMembers(CloseOptions.cancelPending());
		CloseCall second = closingMembers(CloseOptions.awaitPending());
		assertThat(idle.isClosed()).isTrue();
		assertThat(told).hasValue(1);
		running.open();
		first.report();
		second.report();
		assertThat(told).hasValue(1);
	}

	@Test
	void secondCloser_withATimeout_keepsItsOwn() throws Exception {
		Gate running = runningOneOff();
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		CloseCall second = closingMembers(CloseOptions.awaitPending().timeout(Duration.ofSeconds(1)));
		this.time.advance(Duration.ofSeconds(1));
		CloseReport report = second.report();
		assertThat(report.timedOut()).isTrue();
		assertThat(report.stillRunning()).hasSize(1);
		assertThat(first.hasReturned()).isFalse();
		running.open();
		assertThat(first.report().timedOut()).isFalse();
		assertThat(first.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void firstCloser_thatTimesOut_leavesTheSecondToGoOn() throws Exception {
		Gate running = this.engine.gate();
		AtomicInteger told = new AtomicInteger();
		Work work = environment().onCancel((cancellation) -> told.incrementAndGet()).build().newWork(running);
		work.submit();
		running.awaitArrival();
		CloseCall first = closingMembers(CloseOptions.cancelPending().timeout(Duration.ofSeconds(1)));
		CloseCall second = closingMembers(CloseOptions.cancelPending());
		this.time.advance(Duration.ofSeconds(1));
		assertThat(first.report().timedOut()).isTrue();
		assertThat(told).hasValue(0);
		running.open();
		assertThat(second.report().completedCallbacks()).isEqualTo(1);
		assertThat(told).hasValue(1);
	}

	@Test
	void secondCloser_whenMembersHaveJoinedSince_closesThemBesides() throws Exception {
		Gate running = runningOneOff();
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		Work since = environment().build().newWork(GroupFixture::nothing);
		CloseCall second = closingMembers(CloseOptions.awaitPending());
		assertThat(since.isClosed()).isTrue();
		running.open();
		assertThat(first.report().closedMembers()).isEqualTo(1);
		assertThat(second.report().closedMembers()).isEqualTo(2);
	}

	// R131: one at a time tells the owners, and it is one of the closers
	@Test
	void notices_withTwoClosers_areGivenOnceByOneOfThem() throws Exception {
		List<Thread> tellers = Collections.synchronizedList(new ArrayList<>());
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> tellers.add(Thread.currentThread()))
			.build();
		Work one = environment.newWork(gate);
		Work two = environment.newWork(gate);
		one.submit();
		two.submit();
		gate.awaitArrivals(2);
		CloseCall first = closingMembers(CloseOptions.cancelPending());
		CloseCall second = closingMembers(CloseOptions.cancelPending());
		gate.open();
		first.report();
		second.report();
		assertThat(tellers).hasSize(2).isSubsetOf(first.thread(), second.thread());
	}

	@Test
	void closeForGood_whileMembersAreClosing_waitsForThemToo() throws Exception {
		Gate running = runningOneOff();
		CloseCall members = closingMembers(CloseOptions.awaitPending());
		CloseCall forGood = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		assertThat(this.group.isClosed()).isTrue();
		assertThat(environment().build().trySubmit(GroupFixture::nothing)).isFalse();
		running.open();
		members.report();
		assertThat(forGood.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void close_ofAGroupThatIsBeingClosedForGood_isNoReportOfZeros() throws Exception {
		Gate running = runningOneOff();
		CloseCall first = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		CloseCall second = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		running.open();
		first.report();
		assertThat(second.report().completedCallbacks()).isEqualTo(1);
		assertThat(this.group.close(CloseOptions.awaitPending()).completedCallbacks()).isZero();
	}

	@Test
	void asyncCloses_whileOneIsInProgress_completeWithIt() throws Exception {
		Gate running = runningOneOff();
		CompletableFuture<CloseReport> first = this.group.closeMembersAsync(CloseOptions.awaitPending());
		CompletableFuture<CloseReport> second = this.group.closeMembersAsync(CloseOptions.cancelPending());
		assertThat(first).isNotDone();
		assertThat(second).isNotDone();
		running.open();
		assertThat(first.join().completedCallbacks()).isEqualTo(1);
		assertThat(second.join().completedCallbacks()).isEqualTo(1);
	}

}
