package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Timers that are taken back and postponed without the pool's lock, and so stay where
 * they stand among the alarms of their pool.
 */
@Timeout(120)
class FreeTimerTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 2);

	private final AtomicInteger runs = new AtomicInteger();

	private final Timer timer = timer(this.runs);

	private Timer timer(AtomicInteger counted) {
		return this.clockwork.environment.newTimer((instance) -> counted.incrementAndGet());
	}

	private int standing() {
		return this.clockwork.pool.dispatcher().inspect(this.clockwork.pool.dispatcher().armed().alarms()::filed);
	}

	// R51: whatever list or heap it stands in meanwhile
	@Test
	void timer_thatIsPostponed_firesAtTheLastOfItsTimesAndOnce() throws Exception {
		for (long first : new long[] { 1, 20, 700, 40_000, 3_000_000 }) {
			for (long last : new long[] { first, first + 1, first + 30, 3 * first, 90 * first }) {
				int before = this.runs.get();
				this.timer.set(Duration.ofMillis(first));
				this.timer.set(Duration.ofMillis(last));
				this.clockwork.passMillis(last - 1);
				assertThat(this.runs).as("from %d to %d ms", first, last).hasValue(before);
				assertThat(this.timer.isArmed()).isTrue();
				this.clockwork.passMillis(1);
				assertThat(this.runs).as("from %d to %d ms", first, last).hasValue(before + 1);
			}
		}
	}

	@Test
	void timer_thatIsBroughtForward_firesAtTheEarlierTimeAndOnce() throws Exception {
		for (long first : new long[] { 2, 20, 700, 40_000, 3_000_000 }) {
			for (long last : new long[] { 1, first / 2, first - 1 }) {
				int before = this.runs.get();
				this.timer.set(Duration.ofMillis(first));
				this.timer.set(Duration.ofMillis(last));
				this.clockwork.passMillis(last - 1);
				assertThat(this.runs).as("from %d to %d ms", first, last).hasValue(before);
				this.clockwork.passMillis(1);
				assertThat(this.runs).as("from %d to %d ms", first, last).hasValue(before + 1);
				this.clockwork.passMillis(first);
				assertThat(this.runs).as("from %d to %d ms", first, last).hasValue(before + 1);
			}
		}
	}

	// It goes on standing first among those that are due soon
	@Test
	void timer_thatIsPostponedAtTheLastMoment_keepsNoOtherFromFiring() throws Exception {
		List<AtomicInteger> others = new ArrayList<>();
		this.timer.set(Duration.ofMillis(1));
		for (int i = 0; i < 20; i++) {
			others.add(new AtomicInteger());
			timer(others.get(i)).set(Duration.ofMillis(2));
		}
		this.timer.set(Duration.ofMillis(5));
		this.clockwork.passMillis(2);
		assertThat(others).allSatisfy((count) -> assertThat(count).hasValue(1));
		assertThat(this.runs).hasValue(0);
		this.clockwork.passMillis(3);
		assertThat(this.runs).hasValue(1);
	}

	// R49, R62: it is not set, though it stands there
	@Test
	void timer_thatIsTakenBack_isNeitherSetNorArmedNorTakenBackAgain() throws Exception {
		this.timer.set(Duration.ofMillis(10));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		assertThat(this.timer.isSet()).isFalse();
		assertThat(this.timer.isArmed()).isFalse();
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
		this.clockwork.passMillis(20);
		assertThat(this.runs).hasValue(0);
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
	}

	@Test
	void timer_thatIsTakenBackAndSetAnew_firesAtTheNewTime() throws Exception {
		for (long last : new long[] { 5, 1_000, 1_001, 9_000 }) {
			int before = this.runs.get();
			this.timer.set(Duration.ofSeconds(1));
			assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
			this.timer.set(Duration.ofMillis(last));
			assertThat(this.timer.isSet()).isTrue();
			assertThat(this.timer.isArmed()).isTrue();
			this.clockwork.passMillis(last - 1);
			assertThat(this.runs).as("to %d ms", last).hasValue(before);
			this.clockwork.passMillis(1);
			assertThat(this.runs).as("to %d ms", last).hasValue(before + 1);
			assertThat(this.timer.unset()).isEqualTo(Disarm.TOO_LATE);
		}
	}

	// R48: at once, not when the alarm thread comes by
	@Test
	void timer_thatIsSetToNow_whileItIsArmed_firesNow() throws Exception {
		this.timer.set(Duration.ofMinutes(30));
		this.timer.set(Duration.ZERO);
		this.clockwork.settle();
		assertThat(this.runs).hasValue(1);
		this.timer.set(Duration.ofMinutes(30));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		this.timer.set(Duration.ZERO);
		this.clockwork.settle();
		assertThat(this.runs).hasValue(2);
	}

	@Test
	void timer_thatIsTakenBackWhileItsExpiryIsQueued_isAnsweredWhatIsQueued() throws Exception {
		this.clockwork.group.pause();
		this.timer.set(Duration.ofMillis(1));
		this.clockwork.pass(Duration.ofMillis(1));
		this.timer.set(Duration.ofMillis(50));
		this.timer.set(Duration.ofMillis(60));
		assertThat(this.timer.unset()).isEqualTo(Disarm.DEQUEUED);
		this.clockwork.group.resume();
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(0);
	}

	// A timer that its callback sets anew is armed while something of it runs
	@Test
	void timer_thatIsTakenBackWhileItsCallbackRuns_preventsTheNextOne() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		Timer slow = this.clockwork.environment.newTimer((instance) -> {
			running.countDown();
			released.await();
			this.runs.incrementAndGet();
		});
		slow.set(Duration.ofMillis(1));
		this.clockwork.pass(Duration.ofMillis(1));
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		slow.set(Duration.ofMillis(5));
		slow.set(Duration.ofMillis(10));
		assertThat(slow.unset()).isEqualTo(Disarm.PREVENTED);
		released.countDown();
		this.clockwork.passMillis(20);
		assertThat(this.runs).hasValue(1);
	}

	@Test
	void timers_thatWereTakenBack_leaveTheAlarmsWhenTheirTimeComes() throws Exception {
		for (int i = 0; i < 3_000; i++) {
			Timer each = timer(this.runs);
			each.set(Duration.ofMillis(1 + i * 37L));
			assertThat(each.unset()).isEqualTo(Disarm.PREVENTED);
		}
		this.clockwork.passMillis(3_000 * 37);
		assertThat(standing()).isZero();
		assertThat(this.runs).hasValue(0);
	}

	// Else it would keep its group, and the thread, for a day
	@Test
	void timer_thatIsTakenBackLongBeforeItsTime_leavesTheAlarmsAtOnce() {
		this.timer.set(Duration.ofDays(1));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		assertThat(standing()).isZero();
		this.timer.set(Duration.ofMinutes(1));
		this.timer.set(Duration.ofDays(1));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		assertThat(standing()).isZero();
	}

	@Test
	void timers_thatWereTakenBack_leaveTheAlarmsWhenTheyAreClosed() {
		Timer closed = timer(this.runs);
		closed.set(Duration.ofMinutes(30));
		this.timer.set(Duration.ofMinutes(30));
		closed.unset();
		this.timer.unset();
		closed.close();
		assertThat(standing()).isOne();
		this.clockwork.group.closeMembersAsync(CloseOptions.awaitPending()).join();
		assertThat(standing()).isZero();
	}

	// F17
	@Test
	void timer_thatWasTakenBack_isRefusedLikeAnyOtherOnceItIsClosed() {
		this.timer.set(Duration.ofMinutes(30));
		this.timer.unset();
		this.timer.close();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(() -> this.timer.set(Duration.ofHours(1)));
		assertThat(this.timer.unset()).isEqualTo(Disarm.NOT_SET);
		Timer swept = timer(this.runs);
		swept.set(Duration.ofMinutes(30));
		this.clockwork.group.closeMembersAsync(CloseOptions.awaitPending()).join();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(() -> swept.set(Duration.ofHours(1)));
		assertThat(swept.unset()).isEqualTo(Disarm.NOT_SET);
	}

	@Test
	void timer_ofAGroupThatRefuses_isNotPostponedFromOutside() {
		this.timer.set(Duration.ofMinutes(30));
		this.clockwork.group.refuse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> this.timer.set(Duration.ofHours(1)));
		assertThat(this.timer.unset()).isEqualTo(Disarm.PREVENTED);
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> this.timer.set(Duration.ofHours(1)));
		assertThat(this.timer.isSet()).isFalse();
		this.clockwork.group.accept();
	}

	// Feared: an expiry that is lost, or comes twice
	@Test
	void timers_commandedByTheirOwnersWhileTheyFire_expireAsTheyWereSetLast() throws Exception {
		ThreadPool real = this.engine.pool(2);
		CallbackEnvironment shared = CallbackEnvironment.builder().pool(real).build();
		List<Thread> owners = new ArrayList<>();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		for (int t = 0; t < 4; t++) {
			Random random = new Random(t);
			owners.add(this.engine.start("owner", () -> {
				try {
					for (int i = 0; i < 30; i++) {
						own(shared, random);
					}
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			}));
		}
		for (Thread owner : owners) {
			owner.join();
		}
		assertThat(failures).isEmpty();
	}

	private static void own(CallbackEnvironment shared, Random random) throws InterruptedException {
		AtomicInteger fired = new AtomicInteger();
		Timer own = shared.newTimer((instance) -> fired.incrementAndGet());
		for (int i = 0; i < 500; i++) {
			own.set(Duration.ofNanos(1 + random.nextInt((i % 2 == 0) ? 40_000 : 30_000_000)));
			if (random.nextInt(3) == 0) {
				own.unset();
			}
		}
		own.awaitCallbacks(Pending.CANCEL);
		int before = fired.get();
		own.set(Duration.ofMillis(1));
		own.set(Duration.ofMillis(1L + random.nextInt(20)));
		while (own.isArmed() || fired.get() == before) {
			Thread.onSpinWait();
		}
		own.awaitCallbacks(Pending.AWAIT);
		assertThat(fired).hasValueGreaterThan(before).hasValueLessThanOrEqualTo(before + 2);
	}

}
