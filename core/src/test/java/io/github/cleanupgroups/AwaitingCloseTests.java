package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A close that awaits: what is queued runs, what is chained from inside too, nothing from
 * outside.
 */
class AwaitingCloseTests extends GroupFixture {

	// R119
	@Test
	void close_thatAwaits_runsWhatIsQueuedBeforeItReturns() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Gate busy = busyPool();
		Work work = environment().build().newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.submit();
		work.submit();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(runs).hasValue(0);
		busy.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(3);
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.completedCallbacks()).isEqualTo(3);
		assertThat(report.cancelledCallbacks()).isZero();
	}

	// R97
	@Test
	void oneOff_queuedOrRunning_isAwaited() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Gate running = runningOneOff(environment().onFinalize((instance) -> runs.incrementAndGet()).build());
		environment().build().trySubmit((instance) -> runs.incrementAndGet());
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		running.open();
		assertThat(close.report().closedMembers()).isBetween(1, 2);
		assertThat(runs).hasValue(2);
		assertThat(this.group.memberCounts().total()).isZero();
	}

	// R115
	@Test
	void memberClosedByItself_withCallbacksQueued_isAwaitedAllTheSame() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Gate busy = busyPool();
		Work work = environment().build().newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.close();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		busy.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(runs).hasValue(1);
	}

	// R125, R109
	@Test
	void disassociatedCallback_stillRunning_releasesTheMembersWaiterButNotTheClose() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().build().newWork((instance) -> {
			instance.disassociate();
			gate.pass();
		});
		work.submit();
		gate.awaitArrival();
		work.awaitCallbacks(Pending.AWAIT);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(close.hasReturned()).isFalse();
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	// R122, R60
	@Test
	void armedTask_atTheClose_isDisarmedAndNotAwaited() throws Exception {
		ScheduledFuture<?> armed = environment().build().asExecutorService().schedule(() -> 1, 1, TimeUnit.DAYS);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(armed.isCancelled()).isTrue();
	}

	// R130
	@Test
	void cancelCallback_whenTheCloseAwaits_isNeverCalled() throws Exception {
		AtomicInteger told = new AtomicInteger();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> told.incrementAndGet()).build();
		environment.newWork(GroupFixture::nothing);
		Work ran = environment.newWork(GroupFixture::nothing);
		ran.submit();
		environment.trySubmit(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(told).hasValue(0);
	}

	// R143, V9, F7
	@Test
	void callback_thatSubmitsItselfWhileItsGroupAwaits_isAcceptedAndAwaited() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		AtomicReference<Work> self = new AtomicReference<>();
		Work work = environment().build().newWork((instance) -> {
			gate.pass();
			if (runs.incrementAndGet() < 5) {
				self.get().submit();
			}
		});
		self.set(work);
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(5);
		assertThat(report.completedCallbacks()).isEqualTo(5);
		assertThat(report.closedMembers()).isEqualTo(1);
	}

	// R143, R144, "from inside a closing generation"
	@Test
	void chain_ofOneOffsFuturesAndNewObjects_joinsTheGenerationThatCloses() throws Exception {
		Gate gate = this.engine.gate();
		List<String> ran = Collections.synchronizedList(new ArrayList<>());
		List<CompletableFuture<Boolean>> tasks = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment environment = environment().build();
		Work other = environment.newWork((instance) -> ran.add("other"));
		environment.trySubmit((instance) -> {
			gate.pass();
			other.submit();
			assertThat(environment.trySubmit((inner) -> ran.add("one-off"))).isTrue();
			tasks.add(environment.submit(() -> ran.add("task")));
			Work created = environment.newWork((inner) -> {
				ran.add("new");
				assertThat(environment.trySubmit((innermost) -> ran.add("end"))).isTrue();
			});
			created.submit();
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		CloseReport report = close.report();
		assertThat(tasks).singleElement().matches(CompletableFuture::isDone);
		assertThat(ran).containsExactlyInAnyOrder("other", "one-off", "task", "new", "end");
		assertThat(report.completedCallbacks()).isEqualTo(6);
		// The first one-off and the object, then one-off, task, new object and the last
		// one-off.
		assertThat(report.closedMembers()).isEqualTo(6);
	}

	@Test
	void chain_whileTheGroupClosesForGood_isFinishedAndCounted() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment environment = environment().build();
		environment.trySubmit((instance) -> {
			gate.pass();
			environment.submit(null, (inner) -> environment.submit(null, (innermost) -> runs.incrementAndGet()));
		});
		gate.awaitArrival();
		CloseCall close = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		assertThat(environment.trySubmit(GroupFixture::nothing)).isFalse();
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(3);
		assertThat(close.report().closedMembers()).isEqualTo(3);
		assertThat(runs).hasValue(1);
	}

	// V9, F7, F1
	@Test
	void submission_fromOutsideToAMemberBeingClosed_isRefused() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().memberName("letter").build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(work.isClosed()).isTrue();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit)
			.withMessageContaining("'mail'")
			.withMessageContaining("'letter'");
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	// V9: a callback of a later generation is outside the one that closes
	@Test
	void submission_fromACallbackOfTheNextGeneration_isRefusedByTheClosingOne() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().build();
		Work old = environment.newWork(gate);
		old.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(environment.submit(() -> {
			assertThatExceptionOfType(MemberClosedException.class).isThrownBy(old::submit);
			return "refused";
		}).get(20, TimeUnit.SECONDS)).isEqualTo("refused");
		gate.open();
		close.report();
	}

	// R126, F2
	@Test
	void member_createdFromOutsideWhileMembersClose_joinsTheNextGeneration() throws Exception {
		Gate running = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		AtomicInteger runs = new AtomicInteger();
		Work next = environment().build().newWork((instance) -> runs.incrementAndGet());
		next.submit();
		next.awaitCallbacks(Pending.AWAIT);
		running.open();
		assertThat(close.report().closedMembers()).isEqualTo(1);
		assertThat(next.isClosed()).isFalse();
		next.submit();
		next.awaitCallbacks(Pending.AWAIT);
		assertThat(runs).hasValue(2);
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).closedMembers()).isEqualTo(1);
	}

	// R140, R41
	@Test
	void callback_thatClosesItsOwnMemberDuringTheClose_isFine() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<Work> self = new AtomicReference<>();
		Work work = environment().build().newWork((instance) -> {
			gate.pass();
			self.get().close();
		});
		self.set(work);
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(work.released().get(20, TimeUnit.SECONDS)).isNull();
	}

	// R146: safe here
	@Test
	void waiterOfAMember_whileItsGroupCloses_returnsToo() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		Thread waiter = this.engine.start("waiter", () -> work.awaitCallbacks(Pending.AWAIT));
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		close.report();
		waiter.join(20_000);
		assertThat(waiter.isAlive()).isFalse();
	}

	// F16
	@Test
	void released_ofEveryMember_isCompleteAfterTheClose() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().build();
		Work idle = environment.newWork(GroupFixture::nothing);
		Work running = environment.newWork(gate);
		running.submit();
		gate.awaitArrival();
		assertThat(idle.released()).isNotDone();
		var idleReleased = idle.released();
		var runningReleased = running.released();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(runningReleased).isNotDone();
		gate.open();
		close.report();
		assertThat(idleReleased).isCompleted();
		assertThat(runningReleased).isCompleted();
	}

	// F44
	@Test
	void callback_whoseGroupIsBeingClosed_canSeeItAndEndEarly() throws Exception {
		Gate gate = this.engine.gate();
		List<Boolean> seen = Collections.synchronizedList(new ArrayList<>());
		environment().build().trySubmit((instance) -> {
			seen.add(instance.isClosing());
			gate.pass();
			seen.add(instance.isClosing());
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(this.group.isClosing()).isTrue();
		gate.open();
		close.report();
		assertThat(seen).containsExactly(false, true);
		assertThat(this.group.isClosing()).isFalse();
	}

}
