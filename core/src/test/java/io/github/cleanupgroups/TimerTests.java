package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * When a timer expires, how often, and what it answers (R46-R62, R65).
 */
@Timeout(120)
class TimerTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 4);

	private final ManualTimeSource time = this.clockwork.time;

	private final AtomicInteger runs = new AtomicInteger();

	private final Timer timer = this.clockwork.environment.newTimer((instance) -> this.runs.incrementAndGet());

	private static Duration millis(long millis) {
		return Duration.ofMillis(millis);
	}

	// R46
	@Test
	void newTimer_thatWasNeverSet_neverFires() throws Exception {
		assertThat(this.timer.isSet()).isFalse();
		assertThat(this.timer.isArmed()).isFalse();
		this.clockwork.passAndSettle(Duration.ofDays(365));
		assertThat(this.runs).hasValue(0);
	}

	// R47, P9
	@Test
	void relativeTimer_untilItsTime_doesNotFire() throws Exception {
		this.timer.set(millis(200));
		assertThat(this.timer.isArmed()).isTrue();
		this.clockwork.passMillis(199);
		assertThat(this.runs).hasValue(0);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(10_000);
		assertThat(this.runs).hasValue(1);
	}

	// R47, F22
	@Test
	void relativeTimer_whenTheWallClockIsSet_takesNoNotice() throws Exception {
		this.timer.set(millis(200));
		this.time.setInstant(Instant.parse("2036-01-01T00:00:00Z"));
		this.clockwork.passMillis(199);
		assertThat(this.runs).hasValue(0);
		this.time.setInstant(Instant.parse("2006-01-01T00:00:00Z"));
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(1);
	}

	// R47, F22
	@Test
	void absoluteTimer_whenTheWallClockIsSetForward_firesWithinASecond() throws Exception {
		this.timer.set(this.time.instant().plusSeconds(3_600));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.setInstantSilently(this.time.instant().plusSeconds(3_600));
		assertThat(this.runs).hasValue(0);
		this.clockwork.passAndSettle(Duration.ofSeconds(1));
		assertThat(this.runs).hasValue(1);
	}

	// R47, F22
	@Test
	void absoluteTimer_whenTheWallClockIsSetBack_waitsForItsTime() throws Exception {
		this.timer.set(this.time.instant().plusSeconds(10));
		this.clockwork.passAndSettle(Duration.ofSeconds(9));
		this.time.setInstantSilently(this.time.instant().minusSeconds(3_600));
		this.clockwork.passAndSettle(Duration.ofSeconds(60));
		assertThat(this.runs).hasValue(0);
		assertThat(this.timer.isArmed()).isTrue();
		this.clockwork.passMillisOnBothClocks(3_541_000);
		assertThat(this.runs).hasValue(1);
	}

	// R47
	@Test
	void absoluteTimer_farAway_isLookedAtOnceASecondAtMost() throws Exception {
		this.timer.set(this.time.instant().plusSeconds(3_600));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		int before = this.time.wakeUps(Clockwork.TIMERS);
		for (int i = 0; i < 10; i++) {
			this.time.advance(Duration.ofSeconds(1));
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		}
		assertThat(this.time.wakeUps(Clockwork.TIMERS) - before).isEqualTo(10);
		assertThat(this.runs).hasValue(0);
	}

	// R48
	@Test
	void timer_dueAtOnce_firesAndReadsAsSet() throws Exception {
		this.timer.set(Duration.ZERO);
		this.clockwork.settle();
		assertThat(this.runs).hasValue(1);
		assertThat(this.timer.isSet()).isTrue();
		assertThat(this.timer.isArmed()).isFalse();
	}

	// R48
	@Test
	void periodicTimer_dueAtOnce_firesNowAndAfterEachPeriod() throws Exception {
		this.timer.set(Duration.ZERO, millis(100));
		this.clockwork.settle();
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(99);
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(2);
	}

	// R49
	@Test
	void unset_ofAnArmedTimer_meansThatNothingFires() throws Exception {
		this.timer.set(millis(100), millis(100));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		assertThat(this.timer.isSet()).isFalse();
		assertThat(this.timer.isArmed()).isFalse();
		this.clockwork.passMillis(1_000);
		assertThat(this.runs).hasValue(0);
	}

	// R50
	@Test
	void absoluteTimer_dueInThePast_firesAtOnce() throws Exception {
		this.timer.set(Instant.EPOCH.minusSeconds(5));
		this.clockwork.settle();
		this.timer.set(this.time.instant());
		this.clockwork.settle();
		assertThat(this.runs).hasValue(2);
	}

	@Test
	void absoluteTimer_dueBeyondTheRangeOfTheClock_isArmedAndNeverFires() throws Exception {
		this.timer.set(Instant.MAX, millis(1), Duration.ofDays(1_000_000));
		assertThat(this.timer.isArmed()).isTrue();
		this.clockwork.passMillis(10_000);
		assertThat(this.runs).hasValue(0);
		this.timer.set(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE));
		this.clockwork.passAndSettle(Duration.ofDays(365));
		assertThat(this.runs).hasValue(0);
	}

	// R51
	@Test
	void set_ofATimerThatIsSet_replacesDueTimePeriodAndWindow() throws Exception {
		this.timer.set(millis(10), millis(10), millis(500));
		this.timer.set(millis(100));
		this.clockwork.passMillis(99);
		assertThat(this.runs).hasValue(0);
		this.clockwork.passMillis(901);
		assertThat(this.runs).hasValue(1);
	}

	// R51, R47: from one clock to the other and back
	@Test
	void set_onTheOtherClock_replacesAsWell() throws Exception {
		this.timer.set(this.time.instant().plusMillis(10));
		this.timer.set(millis(50));
		this.clockwork.passMillis(49);
		assertThat(this.runs).hasValue(0);
		this.timer.set(this.time.instant().plusMillis(10));
		this.clockwork.passMillis(9);
		assertThat(this.runs).hasValue(0);
		this.clockwork.passMillisOnBothClocks(1_000);
		assertThat(this.runs).hasValue(1);
	}

	// R51
	@Test
	void set_whileAnExpiryIsQueued_takesItNotBack() throws Exception {
		Gate gate = blockPool(4);
		this.timer.set(Duration.ZERO);
		this.timer.set(millis(100));
		gate.open();
		this.clockwork.settle();
		assertThat(this.runs).hasValue(1);
		assertThat(this.timer.isArmed()).isTrue();
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(2);
	}

	// R52, F17
	@Test
	void isSet_afterAOneShotFired_staysTrueWhileIsArmedDoesNot() throws Exception {
		this.timer.set(millis(10));
		assertThat(List.of(this.timer.isSet(), this.timer.isArmed())).containsExactly(true, true);
		this.clockwork.passMillis(10);
		assertThat(List.of(this.timer.isSet(), this.timer.isArmed())).containsExactly(true, false);
		assertThat(this.timer.unset()).isEqualTo(Disarm.TOO_LATE);
		assertThat(List.of(this.timer.isSet(), this.timer.isArmed())).containsExactly(false, false);
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
	}

	// F17
	@Test
	void isArmed_whileAOneShotIsQueued_isFalse() throws Exception {
		Gate gate = blockPool(4);
		this.timer.set(Duration.ZERO);
		assertThat(List.of(this.timer.isSet(), this.timer.isArmed())).containsExactly(true, false);
		gate.open();
	}

	// R53, R54
	@Test
	void periodicTimer_stepByStep_firesAtEachPeriod() throws Exception {
		List<Long> at = new CopyOnWriteArrayList<>();
		long start = this.time.nanoTime();
		Timer periodic = this.clockwork.environment
			.newTimer((instance) -> at.add((this.time.nanoTime() - start) / 1_000_000));
		periodic.set(millis(200), millis(100));
		for (int i = 0; i < 12; i++) {
			this.clockwork.passMillis(50);
		}
		assertThat(at).containsExactly(200L, 300L, 400L, 500L, 600L);
	}

	// R54, F21
	@Test
	void periodicTimer_whoseCallbackIsSlow_keepsItsRateAndMakesUpForOneExpiry() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger overlapping = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Timer slow = this.clockwork.environment.newTimer((instance) -> {
			most.accumulateAndGet(overlapping.incrementAndGet(), Math::max);
			if (this.runs.incrementAndGet() == 1) {
				gate.pass();
			}
			overlapping.decrementAndGet();
		});
		slow.set(millis(100), millis(100));
		this.clockwork.pass(millis(100));
		gate.awaitArrival();
		for (int i = 0; i < 5; i++) {
			this.clockwork.pass(millis(50));
		}
		assertThat(this.runs).hasValue(1);
		// Nothing is queued: the expiry that was missed is held until the callback ends.
		assertThat(this.clockwork.group.memberCounts().pendingCallbacks()).isZero();
		gate.open();
		this.clockwork.settle();
		assertThat(this.runs).hasValue(2);
		this.clockwork.passMillis(49);
		assertThat(this.runs).hasValue(2);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(3);
		assertThat(most).hasValue(1);
	}

	// R55, F21
	@Test
	void periodicTimer_onABusyPool_hasOneExpiryQueuedAtMost() throws Exception {
		Gate gate = blockPool(4);
		this.timer.set(millis(10), millis(10));
		for (int i = 1; i <= 5; i++) {
			this.time.advance(millis(10));
			this.time.awaitAsleep(Clockwork.TIMERS, millis(10));
			assertThat(this.clockwork.group.memberCounts().pendingCallbacks()).isEqualTo(1);
		}
		gate.open();
		this.clockwork.settle();
		assertThat(this.runs).hasValue(1);
	}

	// R54
	@Test
	void periodicTimer_whoseExpiriesWereAllMissed_firesOnceForThem() throws Exception {
		this.timer.set(millis(10), millis(10));
		this.clockwork.passMillis(1_000);
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(9);
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(2);
	}

	// R56
	@Test
	void absolutePeriodicTimer_afterItsFirstExpiry_goesOnMonotonically() throws Exception {
		this.timer.set(this.time.instant().plusMillis(100), millis(100));
		this.clockwork.passMillisOnBothClocks(100);
		assertThat(this.runs).hasValue(1);
		this.time.setInstant(this.time.instant().minusSeconds(3_600));
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(2);
		this.time.setInstant(this.time.instant().plusSeconds(36_000));
		this.clockwork.passMillis(99);
		assertThat(this.runs).hasValue(2);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(3);
	}

	// R57, F20
	@Test
	void periodicTimer_ofLessThanAMillisecond_isPeriodic() throws Exception {
		this.timer.set(Duration.ofNanos(999_000), Duration.ofNanos(999_000));
		for (int i = 1; i <= 3; i++) {
			this.clockwork.passAndSettle(Duration.ofNanos(999_000));
			assertThat(this.runs).hasValue(i);
		}
	}

	// R57, F20, F19
	@Test
	void set_withDurationsOutOfRange_namesTimerAndGroup() {
		Timer letter = this.clockwork.environment().memberName("letter").build().newTimer((instance) -> {
		});
		for (Runnable misuse : List.<Runnable>of(() -> letter.set(millis(-1)),
				() -> letter.set(millis(1), Duration.ZERO), () -> letter.set(millis(1), millis(-1)),
				() -> letter.set(millis(1), millis(1), millis(-1)), () -> letter.set(Instant.EPOCH, Duration.ZERO))) {
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(misuse::run)
				.withMessageContaining("'letter'")
				.withMessageContaining("'mail'");
		}
		assertThatNullPointerException().isThrownBy(() -> letter.set((Duration) null));
		assertThatNullPointerException().isThrownBy(() -> letter.set((Instant) null));
		assertThatNullPointerException().isThrownBy(() -> letter.set(millis(1), null));
		assertThat(letter.isSet()).isFalse();
	}

	// R60
	@Test
	void awaitCallbacks_ofAnArmedTimer_returnsAtOnceAndLeavesItArmed() throws Exception {
		this.timer.set(millis(100));
		this.timer.awaitCallbacks(Pending.AWAIT);
		assertThat(this.timer.isArmed()).isTrue();
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(1);
	}

	// R61, V1
	@Test
	void awaitCallbacks_thatCancels_disarmsToo() throws Exception {
		this.timer.set(millis(100), millis(100));
		this.timer.awaitCallbacks(Pending.CANCEL);
		assertThat(this.timer.isSet()).isFalse();
		this.clockwork.passMillis(1_000);
		assertThat(this.runs).hasValue(0);
	}

	// V1, R63
	@Test
	void awaitCallbacks_thatCancels_dropsWhatIsQueuedAndWaitsForWhatRuns() throws Exception {
		Gate gate = this.engine.gate();
		Timer busy = this.clockwork.environment.newTimer((instance) -> {
			this.runs.incrementAndGet();
			gate.pass();
		});
		busy.set(Duration.ZERO, millis(10));
		gate.awaitArrival();
		this.clockwork.pass(millis(10));
		assertThat(busy.awaitCallbacks(Pending.CANCEL, Duration.ZERO)).isFalse();
		assertThat(busy.isSet()).isFalse();
		gate.open();
		busy.awaitCallbacks(Pending.AWAIT);
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(1);
	}

	// R62, F18
	@Test
	void unset_inEachState_saysWhichItWas() throws Exception {
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
		this.timer.set(millis(200), millis(200));
		assertThat(this.timer.isSet()).isTrue();
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		Gate gate = blockPool(4);
		this.timer.set(Duration.ZERO);
		assertThat(this.timer.unset()).isEqualTo(Disarm.DEQUEUED);
		this.timer.set(Duration.ZERO, millis(10));
		assertThat(this.timer.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
		gate.open();
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(0);
	}

	// R62
	@Test
	void unset_whileItsCallbackRuns_isTooLateForAOneShotAndPreventsAPeriodicOne() throws Exception {
		Gate gate = this.engine.gate();
		Timer running = this.clockwork.environment.newTimer((instance) -> {
			this.runs.incrementAndGet();
			gate.pass();
		});
		running.set(Duration.ZERO);
		gate.awaitArrival();
		assertThat(running.unset()).isEqualTo(Disarm.TOO_LATE);
		running.set(millis(10), millis(10));
		this.clockwork.pass(millis(10));
		// Its expiry is held back by the callback that runs: it is not queued.
		assertThat(running.isArmed()).isTrue();
		assertThat(running.unset()).isEqualTo(Disarm.PREVENTED);
		gate.open();
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(1);
	}

	// R65
	@Test
	void callback_thatSetsItsOwnTimer_firesAgainThen() throws Exception {
		AtomicReference<Timer> self = new AtomicReference<>();
		Timer chain = this.clockwork.environment.newTimer((instance) -> {
			int run = this.runs.incrementAndGet();
			if (run < 4) {
				self.get().set(millis(10L * run));
			}
		});
		self.set(chain);
		chain.set(millis(10));
		this.clockwork.passMillis(10);
		assertThat(this.runs).hasValue(1);
		this.clockwork.passMillis(10);
		assertThat(this.runs).hasValue(2);
		this.clockwork.passMillis(19);
		assertThat(this.runs).hasValue(2);
		this.clockwork.passMillis(1);
		assertThat(this.runs).hasValue(3);
		this.clockwork.passMillis(30);
		assertThat(this.runs).hasValue(4);
	}

	// R65, F21: at once, but not beside itself
	@Test
	void callback_thatSetsItsOwnTimerToNow_runsAgainAfterItself() throws Exception {
		AtomicReference<Timer> self = new AtomicReference<>();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Timer chain = this.clockwork.environment.newTimer((instance) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			if (this.runs.incrementAndGet() < 100) {
				self.get().set(Duration.ZERO);
				assertThat(self.get().isArmed()).isTrue();
			}
			inside.decrementAndGet();
		});
		self.set(chain);
		chain.set(Duration.ZERO);
		this.clockwork.settle();
		assertThat(this.runs).hasValue(100);
		assertThat(most).hasValue(1);
		assertThat(chain.isArmed()).isFalse();
	}

	// R49: a held expiry is no queued one
	@Test
	void callback_thatUnsetsItsOwnTimer_endsItsPeriods() throws Exception {
		AtomicReference<Timer> self = new AtomicReference<>();
		AtomicReference<Disarm> answer = new AtomicReference<>();
		Timer once = this.clockwork.environment.newTimer((instance) -> {
			this.runs.incrementAndGet();
			answer.set(self.get().unset());
		});
		self.set(once);
		once.set(millis(10), millis(10));
		this.clockwork.passMillis(10);
		this.clockwork.passMillis(1_000);
		assertThat(this.runs).hasValue(1);
		assertThat(answer).hasValue(Disarm.PREVENTED);
	}

	// F14: what throws ends no periods
	@Test
	void periodicTimer_whoseCallbackThrows_firesOn() throws Exception {
		ThreadPool tolerant = this.engine.pool(ThreadPool.builder("tolerant")
			.timeSource(this.time)
			.onUncaught((member, failure) -> this.runs.incrementAndGet()));
		Timer failing = CallbackEnvironment.builder().pool(tolerant).build().newTimer((instance) -> {
			throw new IllegalStateException("tick");
		});
		failing.set(Duration.ZERO, millis(10));
		failing.awaitCallbacks(Pending.AWAIT);
		this.time.advance(millis(10));
		this.time.awaitAsleep(Clockwork.TIMERS, millis(10));
		failing.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(2);
	}

	/** Keeps all threads of the pool busy until the gate opens. */
	private Gate blockPool(int threads) throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.clockwork.pool).build();
		for (int i = 0; i < threads; i++) {
			outside.trySubmit(gate);
		}
		gate.awaitArrivals(threads);
		return gate;
	}

}
