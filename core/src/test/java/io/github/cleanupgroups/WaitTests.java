package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * When a wait is activated, by what, and what becomes of the signal (R66-R83).
 */
@Timeout(120)
class WaitTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 2);

	private final ManualTimeSource time = this.clockwork.time;

	private final ConcurrentLinkedQueue<WaitResult> results = new ConcurrentLinkedQueue<>();

	private final Wait wait = this.clockwork.environment.newWait((instance, result) -> this.results.add(result));

	private static Duration millis(long millis) {
		return Duration.ofMillis(millis);
	}

	// R66
	@Test
	void wait_setOnce_firesOnceHoweverOftenItsSignalComes() {
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal);
		signal.signal(5);
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED);
		this.wait.set(signal);
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED, WaitResult.SIGNALED);
	}

	// R67, R69
	@Test
	void wait_whoseTimeIsOver_saysSo() throws Exception {
		Signal signal = Signal.event();
		this.wait.set(signal, millis(100));
		this.clockwork.passMillis(99);
		assertThat(this.results).isEmpty();
		this.clockwork.passMillis(1);
		assertThat(this.results).containsExactly(WaitResult.TIMED_OUT);
		signal.signal();
		this.clockwork.settle();
		assertThat(this.results).hasSize(1);
		// R68: what timed out consumes nothing
		assertThat(signal.tryConsume()).isTrue();
	}

	// R67
	@Test
	void wait_signalledInTime_doesNotTimeOutAsWell() throws Exception {
		Signal signal = Signal.event();
		this.wait.set(signal, millis(100));
		signal.signal();
		this.clockwork.passMillis(1_000);
		assertThat(this.results).containsExactly(WaitResult.SIGNALED);
	}

	// R68
	@Test
	void signal_ofAQueuedCallback_isConsumedBeforeItRuns() throws Exception {
		Gate gate = blockPool();
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal);
		signal.signal();
		assertThat(signal.tryConsume()).isFalse();
		assertThat(this.results).isEmpty();
		gate.open();
		this.clockwork.settle();
		assertThat(this.results).hasSize(1);
	}

	// R69
	@Test
	void wait_withoutEnd_waitsWithoutEnd() throws Exception {
		Signal signal = Signal.event();
		this.wait.set(signal);
		this.clockwork.passAndSettle(Duration.ofDays(365));
		assertThat(this.results).isEmpty();
		signal.signal();
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED);
	}

	// R69, R73
	@Test
	void wait_withTimeoutZero_timesOutAtOnce() {
		Signal signal = Signal.event();
		this.wait.set(signal, Duration.ZERO);
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.TIMED_OUT);
		this.wait.set(signal, Instant.EPOCH);
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.TIMED_OUT, WaitResult.TIMED_OUT);
		signal.signal();
		assertThat(signal.tryConsume()).isTrue();
	}

	// R69, F22
	@Test
	void wait_untilATimeOfTheWallClock_followsThatClock() throws Exception {
		this.wait.set(Signal.event(), this.time.instant().plusSeconds(3_600));
		this.clockwork.passAndSettle(Duration.ofSeconds(5));
		assertThat(this.results).isEmpty();
		this.time.setInstantSilently(this.time.instant().plusSeconds(3_600));
		this.clockwork.passAndSettle(Duration.ofSeconds(1));
		assertThat(this.results).containsExactly(WaitResult.TIMED_OUT);
	}

	// R70, V7
	@Test
	void wait_withTimeoutZeroAndASignalPresent_isSignalled() {
		Signal signal = Signal.semaphore(2);
		this.wait.set(signal, Duration.ZERO);
		this.clockwork.settle();
		this.wait.set(signal, Instant.EPOCH);
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED, WaitResult.SIGNALED);
		assertThat(signal.tryConsume()).isFalse();
	}

	// R71, R68
	@Test
	void unset_ofAnArmedWait_leavesLaterSignalsAlone() throws Exception {
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal, millis(10));
		assertThat(this.wait.unset()).isEqualTo(Disarm.PREVENTED);
		signal.signal();
		this.clockwork.passMillis(1_000);
		assertThat(this.results).isEmpty();
		assertThat(signal.tryConsume()).isTrue();
		assertThat(signal.tryConsume()).isFalse();
	}

	// R72
	@Test
	void set_withAnotherSignal_replacesSignalAndTimeout() throws Exception {
		Signal before = Signal.semaphore(0);
		Signal now = Signal.semaphore(0);
		this.wait.set(before, millis(10));
		this.wait.set(now, millis(1_000));
		before.signal();
		this.clockwork.passMillis(999);
		assertThat(this.results).isEmpty();
		assertThat(before.tryConsume()).isTrue();
		now.signal();
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED);
		assertThat(now.tryConsume()).isFalse();
	}

	// R72: also with the same one
	@Test
	void set_withTheSameSignalAgain_waitsOnce() {
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal);
		this.wait.set(signal);
		this.wait.set(signal);
		signal.signal(3);
		this.clockwork.settle();
		assertThat(this.results).hasSize(1);
		assertThat(signal.tryConsume()).isTrue();
		assertThat(signal.tryConsume()).isTrue();
		assertThat(signal.tryConsume()).isFalse();
	}

	// R74
	@Test
	void twoWaits_onOneSemaphore_areServedOneByOneInTheirOrder() {
		ConcurrentLinkedQueue<String> served = new ConcurrentLinkedQueue<>();
		Wait first = this.clockwork.environment.newWait((instance, result) -> served.add("first"));
		Wait second = this.clockwork.environment.newWait((instance, result) -> served.add("second"));
		Signal signal = Signal.semaphore(0);
		first.set(signal);
		second.set(signal);
		signal.signal();
		this.clockwork.settle();
		assertThat(served).containsExactly("first");
		first.set(signal);
		signal.signal();
		this.clockwork.settle();
		assertThat(served).containsExactly("first", "second");
		second.set(signal);
		signal.signal(2);
		this.clockwork.settle();
		assertThat(served).containsExactlyInAnyOrder("first", "second", "first", "second");
		assertThat(signal.tryConsume()).isFalse();
	}

	// R75
	@Test
	void wait_objects512_allFire() {
		Signal[] signals = new Signal[512];
		AtomicInteger fired = new AtomicInteger();
		for (int i = 0; i < signals.length; i++) {
			signals[i] = Signal.event();
			this.clockwork.environment.newWait((instance, result) -> fired.incrementAndGet()).set(signals[i]);
		}
		for (Signal signal : signals) {
			signal.signal();
		}
		this.clockwork.settle();
		assertThat(fired).hasValue(512);
	}

	// R76, V1
	@Test
	void awaitCallbacks_thatCancels_disarmsAndConsumesNothing() throws Exception {
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal);
		this.wait.awaitCallbacks(Pending.AWAIT);
		assertThat(this.wait.unset()).isEqualTo(Disarm.PREVENTED);
		this.wait.set(signal);
		this.wait.awaitCallbacks(Pending.CANCEL);
		assertThat(this.wait.unset()).isEqualTo(Disarm.NOT_SET);
		signal.signal();
		this.clockwork.settle();
		assertThat(this.results).isEmpty();
		assertThat(signal.tryConsume()).isTrue();
	}

	// R80, F18
	@Test
	void unset_inEachState_saysWhichItWas() throws Exception {
		assertThat(this.wait.unset()).isEqualTo(Disarm.NOT_SET);
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal);
		assertThat(this.wait.unset()).isEqualTo(Disarm.PREVENTED);
		Gate gate = blockPool();
		this.wait.set(signal);
		signal.signal();
		assertThat(this.wait.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(this.wait.unset()).isEqualTo(Disarm.NOT_SET);
		gate.open();
		this.wait.set(signal);
		this.clockwork.settle();
		assertThat(this.results).hasSize(1);
		assertThat(this.wait.unset()).isEqualTo(Disarm.TOO_LATE);
	}

	// R80: after TOO_LATE a wait for it ends after that callback; a further set gives one
	// more
	@Test
	void unset_whileItsCallbackRuns_isTooLateAndAnotherSetGivesOneMore() throws Exception {
		Gate gate = this.engine.gate();
		Wait running = this.clockwork.environment.newWait((instance, result) -> {
			this.results.add(result);
			gate.pass();
		});
		Signal signal = Signal.semaphore(1);
		running.set(signal);
		gate.awaitArrival();
		assertThat(running.unset()).isEqualTo(Disarm.TOO_LATE);
		assertThat(running.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		running.set(signal);
		gate.open();
		running.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(1);
		signal.signal();
		running.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(2);
	}

	// Dropped activations give their permit back, however they were dropped
	@Test
	void permit_ofADroppedActivation_comesBackFromUnsetAwaitAndCloses() throws Exception {
		Gate gate = blockPool();
		Signal signal = Signal.semaphore(0);
		for (Drop drop : List.<Drop>of(Wait::unset, (dropped) -> dropped.awaitCallbacks(Pending.CANCEL),
				(dropped) -> this.clockwork.group.closeMembers(CloseOptions.cancelPending()))) {
			Wait dropped = this.clockwork.environment.newWait((instance, result) -> this.results.add(result));
			dropped.set(signal);
			signal.signal();
			assertThat(signal.tryConsume()).isFalse();
			drop.drop(dropped);
			assertThat(signal.tryConsume()).isTrue();
			assertThat(signal.tryConsume()).isFalse();
		}
		gate.open();
		this.clockwork.settle();
		assertThat(this.results).isEmpty();
	}

	// A permit that comes back goes on to whoever waits
	@Test
	void permit_ofADroppedActivation_activatesTheNextInLine() throws Exception {
		Gate gate = blockPool();
		Wait dropped = this.clockwork.environment.newWait((instance, result) -> {
			throw new AssertionError("it was dropped");
		});
		for (Signal signal : List.of(Signal.semaphore(0), Signal.event())) {
			Wait next = this.clockwork.environment.newWait((instance, result) -> this.results.add(result));
			dropped.set(signal);
			next.set(signal);
			signal.signal();
			assertThat(dropped.unset()).isEqualTo(Disarm.DEQUEUED);
			assertThat(next.unset()).isEqualTo(Disarm.DEQUEUED);
			next.set(signal);
			assertThat(signal.tryConsume()).isFalse();
		}
		gate.open();
		this.clockwork.settle();
		assertThat(this.results).hasSize(2);
	}

	// R68: a time-out that was dropped gives nothing back
	@Test
	void timeout_thatIsDropped_givesNoPermitBack() throws Exception {
		Gate gate = blockPool();
		Signal signal = Signal.semaphore(0);
		this.wait.set(signal, Duration.ZERO);
		assertThat(this.wait.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(signal.tryConsume()).isFalse();
		gate.open();
	}

	// A wait that was set again while activations are queued keeps them all
	@Test
	void activations_queuedOneAfterTheOther_keepTheirResults() throws Exception {
		Gate gate = blockPool();
		Signal signal = Signal.semaphore(2);
		this.wait.set(signal);
		this.wait.set(Signal.event(), Duration.ZERO);
		this.wait.set(signal);
		assertThat(this.wait.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(List.of(signal.tryConsume(), signal.tryConsume(), signal.tryConsume())).containsExactly(true, true,
				false);
		signal.signal(2);
		this.wait.set(signal);
		this.wait.set(Signal.event(), Duration.ZERO);
		this.wait.set(signal);
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.clockwork.pool).build();
		assertThat(this.clockwork.group.memberCounts().pendingCallbacks()).isEqualTo(3);
		assertThat(outside.trySubmit((instance) -> {
		})).isTrue();
		gate.open();
		this.clockwork.settle();
		assertThat(this.results).containsExactlyInAnyOrder(WaitResult.SIGNALED, WaitResult.TIMED_OUT,
				WaitResult.SIGNALED);
	}

	// R81, F23
	@Test
	void latchWait_setAgainAtTheBeginningOfItsCallback_overlapsWithItself() throws Exception {
		AtomicReference<Wait> self = new AtomicReference<>();
		CountDownLatch both = new CountDownLatch(2);
		Signal latch = Signal.latch();
		Wait storm = this.clockwork.environment.newWait((instance, result) -> {
			if (both.getCount() == 2) {
				both.countDown();
				self.get().set(latch);
			}
			else {
				both.countDown();
			}
			assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
			this.results.add(result);
		});
		self.set(storm);
		storm.set(latch);
		latch.signal();
		assertThat(both.await(30, TimeUnit.SECONDS)).isTrue();
		this.clockwork.settle();
		assertThat(this.results).hasSize(2);
	}

	// F23: set again when the callback has returned, there is no overlap
	@Test
	void latchWait_setAgainWhenItsCallbackHasReturned_doesNotOverlap() throws Exception {
		AtomicReference<Wait> self = new AtomicReference<>();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Signal latch = Signal.latch();
		Wait orderly = this.clockwork.environment.newWait((instance, result) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			this.results.add(result);
			if (this.results.size() < 200) {
				instance.whenReturned(() -> self.get().set(latch));
			}
			inside.decrementAndGet();
		});
		self.set(orderly);
		orderly.set(latch);
		latch.signal();
		this.clockwork.settle();
		assertThat(this.results).hasSize(200);
		assertThat(most).hasValue(1);
	}

	// R79, R82
	@Test
	void wait_closedWhileArmed_512Times_firesNever() {
		Signal signal = Signal.event();
		for (int i = 0; i < 512; i++) {
			Wait closed = this.clockwork.environment.newWait((instance, result) -> this.results.add(result));
			closed.set(signal, Duration.ofDays(1));
			closed.close();
			assertThat(closed.released()).isDone();
		}
		signal.signal();
		this.clockwork.settle();
		assertThat(this.results).isEmpty();
		assertThat(signal.tryConsume()).isTrue();
	}

	// R78
	@Test
	void neighbour_ofAWaitThatIsClosed_isNotDisturbed() {
		Signal signal = Signal.event();
		Wait closed = this.clockwork.environment.newWait((instance, result) -> {
			throw new AssertionError("it is closed");
		});
		closed.set(signal);
		this.wait.set(signal);
		closed.close();
		signal.signal();
		this.clockwork.settle();
		assertThat(this.results).containsExactly(WaitResult.SIGNALED);
	}

	// R40, R79: what is queued still runs, and its signal stays consumed
	@Test
	void wait_closedWhileQueued_stillRuns() throws Exception {
		Gate gate = blockPool();
		Signal signal = Signal.semaphore(1);
		this.wait.set(signal);
		this.wait.close();
		assertThat(this.wait.released()).isNotDone();
		gate.open();
		this.wait.released().get(30, TimeUnit.SECONDS);
		assertThat(this.results).hasSize(1);
		assertThat(signal.tryConsume()).isFalse();
	}

	// R83, F41
	@Test
	void pool_afterAWaitWasUnsetJustAsItsSignalCame_stillWorks() throws Exception {
		Signal signal = Signal.semaphore(0);
		for (int i = 0; i < 2_000; i++) {
			this.wait.set(signal);
			Thread signaller = this.engine.start("signaller", signal::signal);
			Disarm answer = this.wait.unset();
			signaller.join();
			this.wait.awaitCallbacks(Pending.AWAIT);
			boolean consumed = !signal.tryConsume();
			assertThat(consumed).as("%s leaves the permit with the callback", answer)
				.isEqualTo(answer == Disarm.TOO_LATE);
			CountDownLatch works = new CountDownLatch(1);
			this.clockwork.environment.trySubmit((instance) -> works.countDown());
			assertThat(works.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void set_misused_namesWaitAndGroup() {
		Wait letter = this.clockwork.environment().memberName("letter").build().newWait((instance, result) -> {
		});
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> letter.set(Signal.event(), Duration.ofNanos(-1)))
			.withMessageContaining("'letter'")
			.withMessageContaining("'mail'");
		assertThatNullPointerException().isThrownBy(() -> letter.set(null));
		letter.close();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(() -> letter.set(Signal.event()))
			.withMessageContaining("'letter'")
			.withMessageContaining("'mail'");
	}

	/** Keeps all threads of the pool busy until the gate opens. */
	private Gate blockPool() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.clockwork.pool).build();
		outside.trySubmit(gate);
		outside.trySubmit(gate);
		gate.awaitArrivals(2);
		return gate;
	}

	@FunctionalInterface
	private interface Drop {

		void drop(Wait wait) throws Exception;

	}

}
