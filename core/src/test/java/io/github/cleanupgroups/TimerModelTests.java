package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random commands to timers against a model of what they are to do: how often each has
 * run after every step, and what each answers (P9, R46-R62).
 */
@Timeout(300)
class TimerModelTests {

	private static final int SEEDS = 200;

	private static final int STEPS = 60;

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 2);

	// P9
	@Test
	void timers_commandedAtRandom_doWhatTheModelSays() throws Exception {
		for (long seed = 1; seed <= SEEDS; seed++) {
			try {
				run(new Random(seed));
			}
			catch (AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	private void run(Random random) throws Exception {
		List<Modelled> timers = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			timers.add(new Modelled());
		}
		for (int step = 0; step < STEPS; step++) {
			Modelled timer = timers.get(random.nextInt(timers.size()));
			switch (random.nextInt(8)) {
				case 0, 1, 2 -> timer.set(random);
				case 3 -> timer.unset();
				case 4 -> timer.cancel();
				default -> {
					long millis = random.nextInt(40) * (random.nextInt(5) == 0 ? 50L : 1L);
					this.clockwork.passMillisOnBothClocks(millis);
					timers.forEach((each) -> each.passed(millis));
				}
			}
			this.clockwork.settle();
			timers.forEach(Modelled::check);
		}
		this.clockwork.group
			.closeMembers(random.nextBoolean() ? CloseOptions.awaitPending() : CloseOptions.cancelPending());
		this.clockwork.passMillisOnBothClocks(1_000);
		timers.forEach(Modelled::checkClosed);
	}

	/** A timer and what is known of it. */
	private final class Modelled {

		private final AtomicInteger runs = new AtomicInteger();

		private final Timer timer = TimerModelTests.this.clockwork.environment
			.newTimer((instance) -> this.runs.incrementAndGet());

		private int expectedRuns;

		private boolean set;

		/** Negative while it is not armed. */
		private long left = -1;

		private long period;

		private boolean absolute;

		void set(Random random) {
			long due = random.nextInt(60) * (random.nextInt(4) == 0 ? 70L : 1L);
			this.period = random.nextBoolean() ? 0 : 1 + random.nextInt(50);
			this.absolute = random.nextInt(3) == 0;
			long window = random.nextInt(2) * 20L;
			ManualTimeSource time = TimerModelTests.this.clockwork.time;
			if (this.absolute && this.period == 0) {
				this.timer.set(time.instant().plusMillis(due));
			}
			else if (this.absolute) {
				this.timer.set(time.instant().plusMillis(due), Duration.ofMillis(this.period),
						Duration.ofMillis(window));
			}
			else if (this.period == 0) {
				this.timer.set(Duration.ofMillis(due));
			}
			else {
				this.timer.set(Duration.ofMillis(due), Duration.ofMillis(this.period), Duration.ofMillis(window));
			}
			this.set = true;
			this.left = due;
			passed(0);
		}

		void passed(long millis) {
			if (this.left < 0) {
				return;
			}
			this.left -= millis;
			if (this.left > 0) {
				return;
			}
			this.expectedRuns++;
			if (this.period == 0) {
				this.left = -1;
				return;
			}
			// What was missed is made up for by one; after that the rate counts from now.
			long next = this.absolute ? this.period : this.left + this.period;
			this.absolute = false;
			this.left = (next > 0) ? next : this.period;
		}

		void unset() {
			Disarm expected = this.set ? ((this.left >= 0) ? Disarm.PREVENTED : Disarm.TOO_LATE) : Disarm.NOT_SET;
			assertThat(this.timer.unset()).isEqualTo(expected);
			this.set = false;
			this.left = -1;
		}

		void cancel() throws InterruptedException {
			this.timer.awaitCallbacks(Pending.CANCEL);
			this.set = false;
			this.left = -1;
		}

		void check() {
			assertThat(this.runs).hasValue(this.expectedRuns);
			assertThat(this.timer.isSet()).isEqualTo(this.set);
			assertThat(this.timer.isArmed()).isEqualTo(this.left >= 0);
		}

		void checkClosed() {
			assertThat(this.runs).hasValue(this.expectedRuns);
			assertThat(this.timer.isSet()).isFalse();
			assertThat(this.timer.isArmed()).isFalse();
		}

	}

}
