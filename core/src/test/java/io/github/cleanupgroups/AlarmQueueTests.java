package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The structure that holds what is armed, against one that cannot be wrong.
 */
@Timeout(120)
class AlarmQueueTests {

	private static final int BATCH = 16;

	private static final long TICK = 1 << 23;

	// P9, R59
	@Test
	void alarms_addedAndRemovedAtRandom_comeInOrderAndWakeInTime() {
		for (long seed = 1; seed <= 300; seed++) {
			try {
				new Comparison(seed, false).run();
			}
			catch (AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	// R47: the wall clock may be set back, and far ahead
	@Test
	void alarms_ofAClockThatIsSet_comeAtTheirTimes() {
		for (long seed = 1; seed <= 300; seed++) {
			try {
				new Comparison(seed, true).run();
			}
			catch (AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	// A million armed timers are ordinary
	@Test
	void heap_afterAMillionAlarms_isEmptyAndSmallAgain() {
		AlarmHeap heap = new AlarmHeap(0);
		Random random = new Random(11);
		List<TestAlarm> alarms = new ArrayList<>();
		for (int i = 0; i < 1_000_000; i++) {
			TestAlarm alarm = new TestAlarm(0);
			alarm.due(random.nextLong() >> 2);
			alarms.add(alarm);
			heap.add(alarm, alarm.due());
		}
		Collections.shuffle(alarms, random);
		alarms.subList(0, 900_000).forEach(heap::remove);
		List<TestAlarm> rest = new ArrayList<>(alarms.subList(900_000, 1_000_000));
		rest.sort((one, other) -> Long.compare(one.due(), other.due()));
		for (TestAlarm expected : rest) {
			Alarm polled = heap.poll();
			assertThat(polled).isSameAs(expected);
		}
		assertThat(heap.isEmpty()).isTrue();
		assertThat(heap.capacity()).isLessThan(1_000);
	}

	@Test
	void wheel_withAMillionAlarmsOfOneSlot_movesFewAtATimeAndLosesNone() {
		long begin = Long.MAX_VALUE - 5;
		AlarmWheel wheel = new AlarmWheel(begin);
		List<TestAlarm> alarms = new ArrayList<>();
		long due = begin + TimeUnit.HOURS.toNanos(1);
		for (int i = 0; i < 1_000_000; i++) {
			TestAlarm alarm = new TestAlarm(0);
			wheel.add(alarm, due + i);
			alarms.add(alarm);
		}
		assertThat(wheel.advance(due - 1, BATCH)).isEqualTo(BATCH);
		// What is moved by halves can be removed, and more can be added.
		for (int i = 0; i < 1_000_000; i += 2) {
			wheel.remove(alarms.get(i));
		}
		TestAlarm later = new TestAlarm(0);
		wheel.add(later, due + TimeUnit.HOURS.toNanos(40));
		long rounds = 1;
		while (wheel.advance(due + 1_000_000, BATCH) == BATCH) {
			rounds++;
		}
		assertThat(rounds).isGreaterThan(500_000 / BATCH);
		for (int i = 1; i < 1_000_000; i += 2) {
			assertThat(wheel.first()).isSameAs(alarms.get(i));
			wheel.removeFirst();
		}
		assertThat(wheel.size()).isOne();
		assertThat(wheel.first()).isNull();
		assertThat(wheel.wakeAt() - later.due()).isNotPositive();
		assertThat(wheel.advance(later.due(), BATCH)).isPositive();
		assertThat(wheel.first()).isSameAs(later);
	}

	// Whatever is due waits for what has to be moved first; the thread may have slept for
	// one that is alone in the slot before
	@Test
	void wheel_withManyAlarmsInASlot_movesThoseOfOneTickAtOnce() {
		AlarmWheel wheel = new AlarmWheel(0);
		int many = 100_000;
		long begin = 3_072 * TICK;
		long between = TimeUnit.SECONDS.toNanos(2) / many;
		wheel.add(new TestAlarm(0), begin - 1);
		for (int i = 0; i < many; i++) {
			wheel.add(new TestAlarm(0), begin + i * between);
		}
		int expired = 0;
		int mostAtOnce = 0;
		for (long now = 0; wheel.size() > 0; now = wheel.wakeAt()) {
			mostAtOnce = Math.max(mostAtOnce, wheel.advance(now, Integer.MAX_VALUE));
			for (; wheel.first() != null && wheel.firstTime() <= now; expired++) {
				wheel.removeFirst();
			}
			while (wheel.fileAhead(BATCH) == BATCH) {
				assertThat(wheel.size()).isEqualTo(many + 1 - expired);
			}
			assertThat(wheel.size() == 0 || wheel.wakeAt() > now).isTrue();
		}
		assertThat(expired).isEqualTo(many + 1);
		assertThat(mostAtOnce).isLessThanOrEqualTo((int) (TICK / between) + 1);
	}

	@Test
	void wheel_withFewAlarmsInASlot_isLookedAtWhenTheFirstIsDue() {
		AlarmWheel wheel = new AlarmWheel(0);
		long begin = 3_072 * TICK;
		for (int i = 0; i < 16; i++) {
			wheel.add(new TestAlarm(0), begin + 5 + i);
		}
		assertThat(wheel.wakeAt()).isEqualTo(begin + 5);
		wheel.add(new TestAlarm(0), begin);
		assertThat(wheel.wakeAt()).isEqualTo(begin - 512 * TICK);
	}

	/** One random run. */
	private static final class Comparison {

		private final Random random;

		private final boolean isSet;

		private final List<TestAlarm> armed = new ArrayList<>();

		private final AlarmQueue queue;

		private long now;

		Comparison(long seed, boolean isSet) {
			this.random = new Random(seed);
			this.isSet = isSet;
			this.now = isSet ? this.random.nextLong(Long.MAX_VALUE / 4) : this.random.nextLong();
			this.queue = new AlarmQueue(isSet ? 0 : this.now);
		}

		void run() {
			for (int step = 0; step < 1_000; step++) {
				int action = this.random.nextInt(10);
				if (action < (step / 100 % 2 == 0 ? 7 : 3)) {
					TestAlarm alarm = new TestAlarm(this.random.nextBoolean() ? 0 : 1 + someNanos());
					this.queue.add(alarm, this.now + someNanos());
					this.armed.add(alarm);
				}
				else if (action < 9 && !this.armed.isEmpty()) {
					this.queue.remove(this.armed.remove(this.random.nextInt(this.armed.size())));
				}
				else {
					pass();
				}
				check();
			}
			while (!this.queue.isEmpty()) {
				// As the thread does that lets them expire.
				this.now = Collections.max(List.of(0L, this.queue.wakeAt() - this.now)) + this.now;
				expire();
				check();
			}
			assertThat(this.armed).isEmpty();
		}

		/** From nanoseconds to months. */
		private long someNanos() {
			return this.random.nextLong(1L << (4 + this.random.nextInt(50)));
		}

		private void pass() {
			this.now += (this.isSet && this.random.nextInt(3) == 0) ? -someNanos() : someNanos();
			expire();
		}

		private void expire() {
			int moves = 0;
			while (this.queue.advance(this.now, BATCH) == BATCH) {
				moves++;
				// Others come and go meanwhile.
				if (!this.armed.isEmpty() && this.random.nextBoolean()) {
					this.queue.remove(this.armed.remove(this.random.nextInt(this.armed.size())));
				}
				assertThat(moves).isLessThan(100_000);
			}
			long last = Long.MIN_VALUE;
			for (TestAlarm polled = poll(); polled != null; polled = poll()) {
				assertThat(this.armed.remove(polled)).isTrue();
				assertThat(polled.due() - this.now).isNotPositive().isGreaterThanOrEqualTo(last);
				last = polled.due() - this.now;
			}
			fileAhead();
			assertThat(this.armed).allSatisfy((left) -> assertThat(left.due() - this.now).isPositive());
		}

		/**
		 * Nine times in ten goes on, as a thread does not that has others to let expire.
		 */
		private void fileAhead() {
			int moves = 0;
			while (this.queue.fileAhead(BATCH) == BATCH && this.random.nextInt(10) > 0) {
				moves++;
				assertThat(moves).isLessThan(1_000);
			}
		}

		private @Nullable TestAlarm poll() {
			return (TestAlarm) this.queue.poll(this.now);
		}

		private void check() {
			assertThat(this.queue.size()).isEqualTo(this.armed.size());
			assertThat(this.queue.isEmpty()).isEqualTo(this.armed.isEmpty());
			if (!this.armed.isEmpty()) {
				assertThat(this.queue.wakeAt() - this.now).isLessThanOrEqualTo(this.armed.stream()
					.mapToLong((alarm) -> alarm.due() + alarm.window - this.now)
					.min()
					.getAsLong());
			}
		}

	}

	private static final class TestAlarm extends StoredAlarm {

		private final long window;

		private int latestIndex = NOWHERE;

		TestAlarm(long window) {
			this.window = window;
		}

		@Override
		int latestIndex() {
			return this.latestIndex;
		}

		@Override
		void latestIndex(int index) {
			this.latestIndex = index;
		}

		@Override
		long windowNanos() {
			return this.window;
		}

	}

}
