package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The structure that holds what is armed, against one that cannot be wrong.
 */
@Timeout(120)
class AlarmQueueTests {

	// P9, R59
	@Test
	void alarms_addedAndRemovedAtRandom_comeInOrderAndWakeInTime() {
		for (long seed = 1; seed <= 200; seed++) {
			try {
				compareWithAList(seed);
			}
			catch (AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	private static void compareWithAList(long seed) {
		Random random = new Random(seed);
		AlarmQueue queue = new AlarmQueue();
		List<TestAlarm> armed = new ArrayList<>();
		long origin = random.nextLong();
		for (int step = 0; step < 1_000; step++) {
			int action = random.nextInt(10);
			if (action < (step / 100 % 2 == 0 ? 7 : 3)) {
				TestAlarm alarm = new TestAlarm(origin + random.nextInt(500),
						random.nextBoolean() ? 0 : random.nextInt(200));
				queue.add(alarm, alarm.due);
				armed.add(alarm);
			}
			else if (action < 9 && !armed.isEmpty()) {
				queue.remove(armed.remove(random.nextInt(armed.size())));
			}
			else if (!armed.isEmpty()) {
				long first = queue.firstDue();
				TestAlarm polled = (TestAlarm) queue.poll();
				assertThat(polled).isNotNull();
				assertThat(polled.due).isEqualTo(first);
				assertThat(armed.remove(polled)).isTrue();
				assertThat(armed).allSatisfy((other) -> assertThat(other.due - first).isNotNegative());
			}
			check(queue, armed, origin);
		}
	}

	private static void check(AlarmQueue queue, List<TestAlarm> armed, long origin) {
		assertThat(queue.size()).isEqualTo(armed.size());
		assertThat(queue.isEmpty()).isEqualTo(armed.isEmpty());
		if (!armed.isEmpty()) {
			assertThat(queue.firstDue() - origin)
				.isEqualTo(armed.stream().mapToLong((alarm) -> alarm.due - origin).min().getAsLong());
			assertThat(queue.wakeAt() - origin)
				.isEqualTo(armed.stream().mapToLong((alarm) -> alarm.due + alarm.window - origin).min().getAsLong());
		}
	}

	// A million armed timers are ordinary
	@Test
	void heap_afterAMillionAlarms_isEmptyAndSmallAgain() {
		AlarmHeap heap = new AlarmHeap();
		Random random = new Random(11);
		List<TestAlarm> alarms = new ArrayList<>();
		for (int i = 0; i < 1_000_000; i++) {
			TestAlarm alarm = new TestAlarm(random.nextLong() >> 2, 0);
			alarms.add(alarm);
			heap.add(alarm, alarm.due);
		}
		java.util.Collections.shuffle(alarms, random);
		alarms.subList(0, 900_000).forEach(heap::remove);
		List<TestAlarm> rest = new ArrayList<>(alarms.subList(900_000, 1_000_000));
		rest.sort(Comparator.comparingLong((alarm) -> alarm.due));
		for (TestAlarm expected : rest) {
			Alarm polled = heap.poll();
			assertThat(polled).isSameAs(expected);
		}
		assertThat(heap.isEmpty()).isTrue();
		assertThat(heap.capacity()).isLessThan(1_000);
	}

	private static final class TestAlarm extends Alarm {

		private final long due;

		private final long window;

		private int heapIndex = -1;

		private int latestIndex = -1;

		TestAlarm(long due, long window) {
			this.due = due;
			this.window = window;
		}

		@Override
		int heapIndex() {
			return this.heapIndex;
		}

		@Override
		void heapIndex(int index) {
			this.heapIndex = index;
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
