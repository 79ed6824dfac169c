package io.github.cleanupgroups;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Groups that run a limited number of callbacks at once (F28).
 */
@Timeout(300)
class ConcurrencyLimitTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Gate gate = this.engine.gate();

	private final AtomicInteger now = new AtomicInteger();

	private final AtomicInteger most = new AtomicInteger();

	private CleanupGroup group(int maxConcurrency) {
		return this.engine.group(CleanupGroup.builder("mail").maxConcurrency(maxConcurrency));
	}

	private static CallbackEnvironment environment(ThreadPool pool, CleanupGroup group) {
		return CallbackEnvironment.builder().pool(pool).cleanupGroup(group).build();
	}

	/** Counts how many run at once. */
	private Callback counting(CountDownLatch ran) {
		return (instance) -> {
			this.most.accumulateAndGet(this.now.incrementAndGet(), Math::max);
			this.now.decrementAndGet();
			ran.countDown();
		};
	}

	// P7
	@Test
	void callbacks_ofAGroupWithAMaximum_runNoMoreAtOnce() throws Exception {
		ThreadPool pool = this.engine.pool(4);
		CleanupGroup group = group(2);
		for (int i = 0; i < 5; i++) {
			environment(pool, group).trySubmit(this.gate);
		}
		this.gate.awaitArrivals(2);
		// Others of the pool are not held up.
		assertThat(CallbackEnvironment.builder().pool(pool).build().submit(() -> "ran").get(20, TimeUnit.SECONDS))
			.isEqualTo("ran");
		assertThat(group.memberCounts().runningCallbacks()).isEqualTo(2);
		assertThat(group.memberCounts().pendingCallbacks()).isEqualTo(3);
		this.gate.open();
	}

	// P7, F28
	@Test
	void maximumOfOne_onTwoPools_isMutualExclusionAcrossBoth() throws Exception {
		ThreadPool one = this.engine.pool(2);
		ThreadPool other = this.engine.pool(2);
		CleanupGroup group = group(1);
		CountDownLatch ran = new CountDownLatch(4_000);
		Work onOne = environment(one, group).newWork(counting(ran));
		Work onOther = environment(other, group).newWork(counting(ran));
		for (int s = 0; s < 2; s++) {
			this.engine.start("submitter-" + s, () -> {
				for (int i = 0; i < 1_000; i++) {
					onOne.submit();
					onOther.submit();
				}
			});
		}
		ran.await();
		assertThat(this.most).hasValue(1);
	}

	@Test
	void slot_ofACallbackThatThrows_isGivenBack() throws Exception {
		ThreadPool pool = this.engine.pool(ThreadPool.builder("pool").maxThreads(2).onUncaught((member, failure) -> {
		}));
		CleanupGroup group = group(1);
		environment(pool, group).trySubmit((instance) -> {
			throw new Exception("no stamp");
		});
		assertThat(environment(pool, group).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void close_whileCallbacksAwaitASlot_runsOrDropsThem() throws Exception {
		ThreadPool pool = this.engine.pool(2);
		CleanupGroup group = group(1);
		CountDownLatch ran = new CountDownLatch(3);
		environment(pool, group).trySubmit(this.gate);
		this.gate.awaitArrival();
		for (int i = 0; i < 3; i++) {
			environment(pool, group).trySubmit(counting(ran));
		}
		CompletableFuture<CloseReport> closed = group.closeMembersAsync(CloseOptions.awaitPending());
		this.gate.open();
		assertThat(closed.get(20, TimeUnit.SECONDS).completedCallbacks()).isEqualTo(4);
		assertThat(ran.getCount()).isZero();
		assertThat(this.most).hasValue(1);
	}

	@Test
	void pauseAndResume_whileCallbacksAwaitASlot_loseNone() throws Exception {
		ThreadPool pool = this.engine.pool(2);
		CleanupGroup group = group(1);
		CountDownLatch ran = new CountDownLatch(2_000);
		Work work = environment(pool, group).newWork(counting(ran));
		this.engine.start("pausing", () -> {
			for (int i = 0; i < 200; i++) {
				group.pause();
				group.resume();
			}
		});
		for (int i = 0; i < 2_000; i++) {
			work.submit();
		}
		assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.most).hasValue(1);
	}

}
