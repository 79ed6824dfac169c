package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Windows: how many wake-ups they save, and how late an expiry may be (R59, V6). The
 * wake-ups counted are those of the one thread that lets timers expire.
 */
@Timeout(120)
class TimerWindowTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork;

	private final ManualTimeSource time;

	private final long start;

	/** Due time, window and when it fired, in milliseconds. */
	private final ConcurrentLinkedQueue<long[]> fired = new ConcurrentLinkedQueue<>();

	TimerWindowTests() {
		this.clockwork = new Clockwork(this.engine, 4);
		this.time = this.clockwork.time;
		this.start = this.time.nanoTime();
	}

	private Timer timer(long due, long window) {
		Timer timer = this.clockwork.environment.newTimer((instance) -> this.fired
			.add(new long[] { due, window, (this.time.nanoTime() - this.start) / 1_000_000 }));
		timer.set(Duration.ofMillis(due), Duration.ofDays(1), Duration.ofMillis(window));
		return timer;
	}

	/**
	 * Moves the time to each of these moments, at which and not before the thread is to
	 * wake up.
	 * @return how many wake-ups there were
	 */
	private int runUntil(long... wakeUpsAt) {
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(wakeUpsAt[0]));
		int before = this.time.wakeUps(Clockwork.TIMERS);
		long now = 0;
		for (long at : wakeUpsAt) {
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(at - now));
			passMillis(at - now);
			now = at;
		}
		return this.time.wakeUps(Clockwork.TIMERS) - before;
	}

	/** Nothing may be set meanwhile: that might wake the thread, too. */
	private void passMillis(long millis) {
		this.time.advance(Duration.ofMillis(millis));
		this.time.awaitAsleep(Clockwork.TIMERS);
		this.clockwork.settle();
	}

	// R59
	@Test
	void timers_withoutWindow_eachHaveAWakeUpOfTheirOwn() {
		for (long due : new long[] { 100, 110, 120, 130, 140 }) {
			timer(due, 0);
		}
		assertThat(runUntil(100, 110, 120, 130, 140)).isEqualTo(5);
		assertThat(this.fired).hasSize(5).allSatisfy((each) -> assertThat(each[2]).isEqualTo(each[0]));
	}

	// R59, V6
	@Test
	void timers_whoseWindowsOverlap_shareOneWakeUp() {
		for (long due : new long[] { 100, 110, 120, 130, 140 }) {
			timer(due, 50);
		}
		assertThat(runUntil(150)).isEqualTo(1);
		assertThat(this.fired).hasSize(5).allSatisfy((each) -> assertThat(each[2]).isEqualTo(150));
	}

	// R59: a window reaches a timer without one
	@Test
	void timer_withAWindow_waitsForOneWithout() {
		timer(100, 100);
		// Step by step: a wake-up left over from the arming would be counted.
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(200));
		timer(150, 0);
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(150));
		timer(160, 5);
		assertThat(runUntil(150, 165)).isEqualTo(2);
		assertThat(this.fired).extracting((each) -> each[2]).containsExactlyInAnyOrder(150L, 150L, 165L);
	}

	// R59: as late as its own window allows, not that of the first
	@Test
	void timer_withTheNarrowestWindow_setsTheWakeUp() {
		timer(100, 500);
		// Step by step, as above.
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(600));
		timer(110, 10);
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(120));
		timer(115, 400);
		timer(121, 400);
		assertThat(runUntil(120, 521)).isEqualTo(2);
		assertThat(this.fired).extracting((each) -> each[2]).containsExactlyInAnyOrder(120L, 120L, 120L, 521L);
	}

	// R59, P9: never early, never later than the window, with as few wake-ups as can be
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5 })
	void timers_ofAnyWindows_areNeverEarlyNorLateAndShareAllTheyCan(int seed) {
		Random random = new Random(seed);
		List<long[]> left = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			long due = 1L + random.nextInt(500);
			long window = random.nextInt(3) * (long) random.nextInt(100);
			Timer timer = timer(due, window);
			if (i % 4 == 0) {
				timer.unset();
			}
			else {
				left.add(new long[] { due, window });
			}
		}
		// The earliest of all, so that the thread is known to have seen the rest.
		timer(1, 0);
		left.add(new long[] { 1, 0 });
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(1));
		int timers = left.size();
		int before = this.time.wakeUps(Clockwork.TIMERS);
		int fewest = 0;
		for (; !left.isEmpty(); fewest++) {
			long wakeUp = left.stream().mapToLong((each) -> each[0] + each[1]).min().getAsLong();
			left.removeIf((each) -> each[0] <= wakeUp);
		}
		for (int i = 0; i < 750; i++) {
			passMillis(1);
		}
		assertThat(this.fired).hasSize(timers)
			.allSatisfy((each) -> assertThat(each[2]).isBetween(each[0], each[0] + each[1]));
		// One unpark may have been left over from the arming.
		assertThat(this.time.wakeUps(Clockwork.TIMERS) - before).isBetween(fewest, fewest + 1);
	}

	// R59: with a window the periods do not drift
	@Test
	void periodicTimer_withAWindow_keepsItsRate() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Timer timer = this.clockwork.environment.newTimer((instance) -> runs.incrementAndGet());
		timer.set(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(30));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(130));
		for (int i = 1; i <= 10; i++) {
			this.time.advance(Duration.ofMillis((i == 1) ? 130 : 100));
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofMillis(100));
			this.clockwork.settle();
			assertThat(runs).hasValue(i);
		}
	}

}
