package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pool and a group on a clock that the test moves, and the means to know that a time
 * has passed for the pool too.
 */
final class Clockwork {

	/** The name of the thread that lets timers expire. */
	static final String TIMERS = "timers";

	private static final int PATIENCE_SECONDS = 30;

	final ManualTimeSource time = new ManualTimeSource();

	final ThreadPool pool;

	final CleanupGroup group;

	final CallbackEnvironment environment;

	private final Timer witness;

	private volatile CountDownLatch witnessed = new CountDownLatch(0);

	private final Timer wallClockWitness;

	private volatile CountDownLatch witnessedOnWallClock = new CountDownLatch(0);

	Clockwork(EngineInvariants engine, int maxThreads) {
		this.pool = engine.pool(ThreadPool.builder("pool").maxThreads(maxThreads).timeSource(this.time));
		this.group = engine.group(CleanupGroup.builder("mail").timeSource(this.time));
		this.environment = environment().build();
		this.witness = CallbackEnvironment.builder()
			.pool(this.pool)
			.build()
			.newTimer((instance) -> this.witnessed.countDown());
		this.wallClockWitness = CallbackEnvironment.builder()
			.pool(this.pool)
			.build()
			.newTimer((instance) -> this.witnessedOnWallClock.countDown());
	}

	CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group);
	}

	/**
	 * Moves the time, and waits until everything has expired that is due by then: a timer
	 * that is due last has. Needs a thread of the pool that is free.
	 */
	void pass(Duration duration) throws Exception {
		this.witnessed = new CountDownLatch(1);
		this.witness.set(duration);
		this.time.advance(duration);
		assertThat(this.witnessed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the time passes for the pool")
			.isTrue();
	}

	/** As {@link #pass}, and waits until all that expired has run. */
	void passAndSettle(Duration duration) throws Exception {
		pass(duration);
		settle();
	}

	void passMillis(long millis) throws Exception {
		passAndSettle(Duration.ofMillis(millis));
	}

	/**
	 * As {@link #passMillis}, also for what is due by the wall clock: the thread that
	 * lets expire may have read that before the time was moved, and the other clock after
	 * it.
	 */
	void passMillisOnBothClocks(long millis) throws Exception {
		this.witnessedOnWallClock = new CountDownLatch(1);
		this.wallClockWitness.set(this.time.instant().plusMillis(millis));
		pass(Duration.ofMillis(millis));
		assertThat(this.witnessedOnWallClock.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the wall clock goes on")
			.isTrue();
		settle();
	}

	/** Waits until nothing is queued or running. */
	void settle() {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		PoolStats stats = this.pool.stats();
		while (stats.pendingCallbacks() > 0 || stats.activeThreads() > 0) {
			assertThat(System.nanoTime() - deadline).as("%s settles", this.pool).isNegative();
			Thread.onSpinWait();
			stats = this.pool.stats();
		}
	}

}
