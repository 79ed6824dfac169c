package io.github.cleanupgroups;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Among callbacks of a few nanoseconds one worker may stand by for the other. That is
 * decided by the machine's clock, so a test cannot say when: each has many rounds, and
 * whoever stood by too long would keep something from starting.
 */
@Timeout(60)
class StandbyTests {

	private static final int ROUNDS = 200;

	private static final int BURST = 2_000;

	/** More would only fill the memory. */
	private static final int ENOUGH_PENDING = 100 * BURST;

	private static final int PATIENCE_SECONDS = 20;

	private static final Callback NOTHING = (instance) -> {
	};

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private final ThreadPool pool = this.engine
		.watch(ThreadPool.builder("pool").minThreads(2).maxThreads(2).threadFactory(this::thread).build());

	private final CallbackEnvironment quick = environment(this.engine.group("mail"));

	private CallbackEnvironment environment(CleanupGroup of) {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(of).build();
	}

	private Thread thread(Runnable task) {
		Thread thread = new Thread(task);
		this.threads.add(thread);
		return this.engine.watch(thread);
	}

	private void submitQuick(int count) {
		for (int i = 0; i < count; i++) {
			submit(NOTHING);
		}
	}

	private void submit(Callback callback) {
		assertThat(this.quick.trySubmit(callback)).isTrue();
	}

	/** Quick ones, with one somewhere among them that waits. */
	private void submitBurst(Random random, CountDownLatch awaited) {
		int before = random.nextInt(BURST);
		submitQuick(before);
		submit((instance) -> awaited(awaited));
		submitQuick(BURST - before);
	}

	private static void awaited(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void secondWorker_besideOneThatIsQuick_standsBy() {
		assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "processors for two workers");
		eventually("somebody stands by", true, () -> {
			if (this.pool.stats().pendingCallbacks() < ENOUGH_PENDING) {
				submitQuick(BURST);
			}
			return this.threads.stream().anyMatch((thread) -> LockSupport.getBlocker(thread) instanceof Standby);
		});
		eventually("pending callbacks", 0L, () -> this.pool.stats().pendingCallbacks());
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void callbackThatBlocks_amongQuickOnes_holdsUpNoneOfThem(long seed) throws Exception {
		Random random = new Random(seed);
		for (int round = 0; round < ROUNDS; round++) {
			CountDownLatch last = new CountDownLatch(1);
			submitBurst(random, last);
			submit((instance) -> last.countDown());
			awaited(last);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3 })
	void callbackOfAnotherGroup_whileOneOfManyQuickOnesBlocks_starts(long seed) throws Exception {
		CallbackEnvironment other = environment(this.engine.group("other"));
		Random random = new Random(seed);
		for (int round = 0; round < ROUNDS; round++) {
			CountDownLatch started = new CountDownLatch(1);
			submitBurst(random, started);
			assertThat(other.trySubmit((instance) -> started.countDown())).isTrue();
			awaited(started);
		}
	}

	@Test
	void twoThatNeedEachOther_afterQuickOnes_bothStart() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			CountDownLatch both = new CountDownLatch(2);
			submitQuick(BURST);
			for (int i = 0; i < 2; i++) {
				submit((instance) -> {
					both.countDown();
					awaited(both);
				});
			}
			awaited(both);
		}
	}

	@Test
	void surplusThread_amongQuickOnes_leaves() {
		for (int round = 0; round < ROUNDS; round++) {
			submitQuick(BURST);
			this.pool.resize(1, 1);
			submitQuick(BURST);
			eventually("threads", 1, () -> this.pool.stats().threads());
			this.pool.resize(2, 2);
		}
		eventually("pending callbacks", 0L, () -> this.pool.stats().pendingCallbacks());
	}

}
