package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A clock whose ticker is the test: its thread never runs.
 */
@Timeout(60)
class CoarseClockTests {

	private static final int TICKS_OF_PATIENCE = 100;

	private final AtomicLong real = new AtomicLong(1_000);

	private final AtomicInteger tickers = new AtomicInteger();

	private final CoarseClock clock = new CoarseClock(this.real::get, this::neverRunning);

	private Thread neverRunning(Runnable task) {
		this.tickers.incrementAndGet();
		return new Thread(task) {
			@Override
			public void start() {
			}
		};
	}

	@Test
	void reading_whileNobodyAsks_isThatOfTheRealClock() {
		assertThat(this.clock.nanoTime()).isEqualTo(1_000);
		this.real.set(2_000);
		assertThat(this.clock.nanoTime()).isEqualTo(2_000);
		assertThat(this.tickers).hasValue(0);
	}

	@Test
	void reading_beforeTheFirstTick_isThatOfTheRealClock() {
		this.clock.ask();
		this.real.set(2_000);
		assertThat(this.clock.nanoTime()).isEqualTo(2_000);
	}

	@Test
	void reading_betweenTwoTicks_isThatOfTheFirst() {
		this.clock.ask();
		assertThat(this.clock.tick()).isTrue();
		this.real.set(2_000);
		assertThat(this.clock.nanoTime()).isEqualTo(1_000);
		assertThat(this.clock.tick()).isTrue();
		assertThat(this.clock.nanoTime()).isEqualTo(2_000);
	}

	// An arbitrary origin is what System.nanoTime() promises.
	@Test
	void reading_ofARealClockAtZero_isOneAllTheSame() {
		this.clock.ask();
		this.real.set(0);
		this.clock.tick();
		this.real.set(2_000);
		assertThat(this.clock.nanoTime()).isEqualTo(1);
	}

	@Test
	void ticker_thatIsThere_isStartedOnce() {
		this.clock.ask();
		this.clock.tick();
		this.clock.ask();
		assertThat(this.tickers).hasValue(1);
	}

	@Test
	void ticker_thatNobodyAsksForAnyMore_endsAndReadingsAreExactAgain() {
		this.clock.ask();
		this.clock.tick();
		assertThat(ticksUntilItsEnd()).isEqualTo(TICKS_OF_PATIENCE);
		this.real.set(3_000);
		assertThat(this.clock.nanoTime()).isEqualTo(3_000);
		this.clock.ask();
		assertThat(this.tickers).hasValue(2);
	}

	@Test
	void ticker_thatIsAskedForNowAndThen_goesOn() {
		for (int i = 0; i < 3 * TICKS_OF_PATIENCE; i++) {
			if (i % (TICKS_OF_PATIENCE / 2) == 0) {
				this.clock.ask();
			}
			assertThat(this.clock.tick()).isTrue();
		}
		assertThat(ticksUntilItsEnd()).isBetween(TICKS_OF_PATIENCE / 2, TICKS_OF_PATIENCE);
	}

	@Test
	void ticker_thatCannotBeStarted_isTriedAgainAndReadingsStayExact() {
		AtomicInteger attempts = new AtomicInteger();
		CoarseClock threadless = new CoarseClock(this.real::get, (task) -> {
			attempts.incrementAndGet();
			throw new OutOfMemoryError("planted");
		});
		threadless.ask();
		this.real.set(2_000);
		assertThat(threadless.nanoTime()).isEqualTo(2_000);
		threadless.ask();
		assertThat(attempts).hasValue(2);
	}

	private int ticksUntilItsEnd() {
		int ticks = 1;
		while (this.clock.tick()) {
			ticks++;
		}
		return ticks;
	}

}
