package io.github.cleanupgroups;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * How many threads a pool has, and how many callbacks it runs at once.
 */
@Timeout(60)
class ThreadLimitTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private ThreadPool pool(int min, int max) {
		return this.engine.pool(ThreadPool.builder("pool")
			.minThreads(min)
			.maxThreads(max)
			.keepAlive(Duration.ofSeconds(60))
			.timeSource(this.time));
	}

	private static CallbackEnvironment environment(ThreadPool pool) {
		return CallbackEnvironment.builder().pool(pool).build();
	}

	// R3
	@Test
	void newPool_withoutLimits_hasNoThreadsAndMayHaveFiveHundred() {
		ThreadPool pool = this.engine.pool(ThreadPool.builder("pool"));
		assertThat(pool.stats()).isEqualTo(new PoolStats(0, 500, 0, 0, 0, 0));
		assertThat(pool.name()).isEqualTo("pool");
	}

	// R7, R11
	@Test
	void minThreads_whenThePoolIsBuilt_areThere() {
		assertThat(pool(2, 3).stats().threads()).isEqualTo(2);
	}

	// R4
	@Test
	void callbacks_moreThanThreads_runNoMoreThanMaxAtOnce() throws Exception {
		ThreadPool pool = pool(0, 3);
		Gate gate = this.engine.gate();
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		Work work = environment(pool).newWork((instance) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			gate.pass();
			now.decrementAndGet();
		});
		for (int i = 0; i < 30; i++) {
			work.submit();
		}
		gate.awaitArrivals(3);
		assertThat(pool.stats()).isEqualTo(new PoolStats(0, 3, 3, 3, 27, 0));
		gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(most).hasValue(3);
		eventually("the pool at rest", new PoolStats(0, 3, 3, 0, 0, 30), pool::stats);
	}

	// R4
	@Test
	void callbacks_inAPoolOfOneThread_neverOverlap() throws Exception {
		ThreadPool pool = pool(0, 1);
		AtomicBoolean inside = new AtomicBoolean();
		AtomicInteger overlaps = new AtomicInteger();
		CountDownLatch ran = new CountDownLatch(400);
		Callback callback = (instance) -> {
			if (!inside.compareAndSet(false, true)) {
				overlaps.incrementAndGet();
			}
			inside.set(false);
			ran.countDown();
		};
		Work one = environment(pool).newWork(callback);
		Work other = environment(pool).newWork(callback);
		for (int i = 0; i < 100; i++) {
			one.submit();
			environment(pool).trySubmit(callback);
			other.submit();
			environment(pool).trySubmit(callback);
		}
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(overlaps).hasValue(0);
	}

	// R2
	@Test
	void pool_thatIsSaturated_doesNotDelayAnother() throws Exception {
		Gate held = this.engine.gate();
		CallbackEnvironment saturated = environment(pool(0, 1));
		saturated.trySubmit(held);
		saturated.trySubmit(held);
		held.awaitArrival();
		assertThat(environment(pool(0, 1)).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	// R9
	@Test
	void submission_whileAllThreadsAreBusy_startsAnother() throws Exception {
		ThreadPool pool = pool(0, 2);
		Gate gate = this.engine.gate();
		environment(pool).trySubmit(gate);
		gate.awaitArrival();
		environment(pool).trySubmit(gate);
		gate.awaitArrival();
		assertThat(pool.stats().threads()).isEqualTo(2);
	}

	// R9
	@Test
	void submission_whileAThreadIsIdle_startsNone() throws Exception {
		ThreadPool pool = pool(0, 2);
		for (int i = 0; i < 10; i++) {
			environment(pool).submit(() -> "ran").get(20, TimeUnit.SECONDS);
			this.time.awaitParked(1);
		}
		assertThat(pool.stats().threads()).isEqualTo(1);
	}

	// R10, V13
	@Test
	void idleThread_onceItsKeepAliveIsOver_ends() throws Exception {
		ThreadPool pool = pool(0, 1);
		environment(pool).submit(() -> "ran").get(20, TimeUnit.SECONDS);
		this.time.awaitParked(1);
		this.time.advance(Duration.ofSeconds(59));
		assertThat(environment(pool).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		this.time.awaitParked(1);
		this.time.advance(Duration.ofSeconds(59));
		assertThat(pool.stats().threads()).isEqualTo(1);
		this.time.advance(Duration.ofSeconds(1));
		eventually("threads", 0, () -> pool.stats().threads());
	}

	// R10
	@Test
	void idleThreads_whenTheirKeepAliveIsOver_stayAsManyAsTheMinimum() throws Exception {
		ThreadPool pool = pool(2, 4);
		Gate gate = this.engine.gate();
		for (int i = 0; i < 4; i++) {
			environment(pool).trySubmit(gate);
		}
		gate.awaitArrivals(4);
		gate.open();
		this.time.awaitParked(4);
		this.time.advance(Duration.ofSeconds(60));
		eventually("threads", 2, () -> pool.stats().threads());
		this.time.awaitParked(2);
		this.time.advance(Duration.ofDays(1));
		assertThat(environment(pool).submit(() -> pool.stats().threads()).get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	// R10
	@Test
	void idleThreads_aboveTheMinimum_endAlthoughSingleCallbacksKeepComing() throws Exception {
		ThreadPool pool = pool(1, 3);
		Gate gate = this.engine.gate();
		for (int i = 0; i < 3; i++) {
			environment(pool).trySubmit(gate);
		}
		gate.awaitArrivals(3);
		gate.open();
		this.time.awaitParked(3);
		Set<Thread> ran = ConcurrentHashMap.newKeySet();
		for (int seconds = 0; seconds < 60; seconds += 15) {
			ran.add(environment(pool).submit(Thread::currentThread).get(20, TimeUnit.SECONDS));
			this.time.awaitParked(3);
			this.time.advance(Duration.ofSeconds(15));
		}
		eventually("threads", 1, () -> pool.stats().threads());
		assertThat(ran).hasSize(1);
	}

	@Test
	void idleThreads_ofTheMinimum_takeTurnsOnlyWhileTheLastHasJustParked() throws Exception {
		ThreadPool pool = pool(2, 2);
		Thread first = threadOfNext(pool, 2);
		Thread second = threadOfNext(pool, 2);
		assertThat(second).isNotSameAs(first);
		assertThat(threadOfNext(pool, 2)).isSameAs(first);
		this.time.awaitParked(2);
		this.time.advance(Duration.ofMillis(1));
		assertThat(threadOfNext(pool, 2)).isSameAs(first);
	}

	// R10
	@Test
	void idleThreads_aboveTheMinimum_takeNoTurnsWhenTheLastHasJustParked() throws Exception {
		ThreadPool pool = pool(1, 2);
		Gate gate = this.engine.gate();
		environment(pool).trySubmit(gate);
		environment(pool).trySubmit(gate);
		gate.awaitArrivals(2);
		gate.open();
		Thread last = threadOfNext(pool, 2);
		assertThat(threadOfNext(pool, 2)).isSameAs(last);
		assertThat(threadOfNext(pool, 2)).isSameAs(last);
	}

	/** The thread that runs one more callback, when all of them are parked. */
	private Thread threadOfNext(ThreadPool pool, int threads) throws Exception {
		this.time.awaitParked(threads);
		return environment(pool).submit(Thread::currentThread).get(20, TimeUnit.SECONDS);
	}

	// V13: how one says "for ever"
	@Test
	void keepAlive_beyondTheClocksRange_overflowsNothing() throws Exception {
		ThreadPool pool = this.engine.pool(ThreadPool.builder("pool")
			.maxThreads(1)
			.keepAlive(ChronoUnit.FOREVER.getDuration())
			.timeSource(this.time));
		environment(pool).submit(() -> "ran").get(20, TimeUnit.SECONDS);
		this.time.awaitParked(1);
		this.time.advance(Duration.ofDays(365));
		assertThat(pool.stats().threads()).isEqualTo(1);
	}

	// R11
	@Test
	void poolOfExactlyOneThread_whateverTimePasses_keepsIt() throws Exception {
		ThreadPool pool = pool(1, 1);
		Thread first = environment(pool).submit(Thread::currentThread).get(20, TimeUnit.SECONDS);
		this.time.awaitParked(1);
		this.time.advance(Duration.ofDays(1));
		assertThat(environment(pool).submit(Thread::currentThread).get(20, TimeUnit.SECONDS)).isSameAs(first);
	}

	// R7
	@Test
	void resize_thatRaisesTheMinimum_startsTheMissingThreadsInTheCall() {
		ThreadPool pool = pool(0, 1);
		pool.resize(3, 5);
		assertThat(pool.stats()).isEqualTo(new PoolStats(3, 5, 3, 0, 0, 0));
	}

	// R10, F27
	@Test
	void resize_thatLowersTheMinimum_letsIdleThreadsEnd() {
		ThreadPool pool = pool(3, 3);
		this.time.awaitParked(3);
		pool.resize(1, 3);
		this.time.advance(Duration.ofSeconds(60));
		eventually("threads", 1, () -> pool.stats().threads());
	}

	// R6, F27
	@Test
	void resize_thatRaisesTheMaximum_startsWhatIsQueued() throws Exception {
		ThreadPool pool = pool(0, 1);
		Gate gate = this.engine.gate();
		for (int i = 0; i < 5; i++) {
			environment(pool).trySubmit(gate);
		}
		gate.awaitArrival();
		pool.resize(0, 4);
		gate.awaitArrivals(3);
		assertThat(pool.stats()).isEqualTo(new PoolStats(0, 4, 4, 4, 1, 0));
	}

	// R6, R10
	@Test
	void resize_thatLowersTheMaximum_interruptsNobodyAndHoldsFromThenOn() throws Exception {
		ThreadPool pool = pool(0, 4);
		Gate gate = this.engine.gate();
		AtomicInteger interrupted = new AtomicInteger();
		for (int i = 0; i < 4; i++) {
			environment(pool).trySubmit((instance) -> {
				gate.pass();
				interrupted.addAndGet(Thread.interrupted() ? 1 : 0);
			});
		}
		gate.awaitArrivals(4);
		pool.resize(0, 1);
		assertThat(pool.stats().threads()).isEqualTo(4);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch ran = new CountDownLatch(20);
		for (int i = 0; i < 20; i++) {
			environment(pool).trySubmit((instance) -> {
				threads.add(Thread.currentThread());
				ran.countDown();
			});
		}
		gate.open();
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).hasSize(1);
		assertThat(interrupted).hasValue(0);
		eventually("threads", 1, () -> pool.stats().threads());
	}

	// R10
	@Test
	void resize_thatLowersTheMaximumOfAnIdlePool_endsTheSurplusAtOnce() {
		ThreadPool pool = pool(4, 4);
		this.time.awaitParked(4);
		pool.resize(0, 2);
		eventually("threads", 2, () -> pool.stats().threads());
	}

	// R5, R6, V2, F27
	@ParameterizedTest
	@CsvSource({ "0, 0", "-1, 2", "3, 2", "0, -1" })
	void resize_outOfRange_changesNothingAndNamesPoolAndLimits(int min, int max) {
		ThreadPool pool = pool(1, 2);
		assertThatIllegalArgumentException().isThrownBy(() -> pool.resize(min, max))
			.withMessageContainingAll("'pool'", "minThreads " + min, "maxThreads " + max);
		assertThat(pool.stats()).isEqualTo(new PoolStats(1, 2, 1, 0, 0, 0));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ThreadPool.builder("other").minThreads(min).maxThreads(max).build())
			.withMessageContainingAll("'other'", "minThreads " + min, "maxThreads " + max);
	}

	// R33, F41
	@Test
	void submissions_fromManyThreadsToALiveResizedPool_allRun() throws Exception {
		ThreadPool pool = this.engine.pool(ThreadPool.builder("pool").maxThreads(3).keepAlive(Duration.ZERO));
		int submitters = 4;
		int each = 3_000;
		CountDownLatch ran = new CountDownLatch(submitters * each);
		List<Thread> threads = new ArrayList<>();
		for (int s = 0; s < submitters; s++) {
			Work work = environment(pool).newWork((instance) -> ran.countDown());
			threads.add(this.engine.start("submitter-" + s, () -> {
				for (int i = 0; i < each; i++) {
					work.submit();
					if (i % 500 == 0) {
						pool.resize(i % 1000 / 500, 1 + i % 3);
					}
				}
			}));
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(ran.await(30, TimeUnit.SECONDS)).as("%s of %s left", ran.getCount(), submitters * each).isTrue();
	}

}
