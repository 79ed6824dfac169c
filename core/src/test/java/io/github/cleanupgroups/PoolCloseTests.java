package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What closing a pool does and does not do, and waiting for its end.
 */
@Timeout(60)
class PoolCloseTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("work").maxThreads(1).timeSource(this.time));

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private final Gate gate = this.engine.gate();

	private void holdTheThread() throws Exception {
		this.environment.trySubmit(this.gate);
		this.gate.awaitArrival();
	}

	// R12, R13, F39
	@Test
	void close_withQueuedCallbacks_returnsAtOnceAndRunsThem() throws Exception {
		holdTheThread();
		AtomicInteger runs = new AtomicInteger();
		Work work = this.environment.newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.submit();
		this.environment.trySubmit((instance) -> runs.incrementAndGet());
		this.pool.close();
		assertThat(this.pool.isClosed()).isTrue();
		assertThat(runs).hasValue(0);
		this.gate.open();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		assertThat(runs).hasValue(3);
		eventually("threads", 0, () -> this.pool.stats().threads());
	}

	// R12, F39
	@Test
	void closedPool_offeredAnything_refusesNamingPoolGroupAndMember() {
		Work work = this.environment.newWork((instance) -> {
		});
		this.pool.close();
		String[] named = { "'work'", "'mail'", "'letter'" };
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(work::submit).withMessageContainingAll(named);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.environment.newWork((instance) -> {
		})).withMessageContainingAll(named);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> this.environment.submit(() -> 1))
			.withMessageContainingAll(named);
		assertThatExceptionOfType(PoolClosedException.class)
			.isThrownBy(() -> this.environment.asExecutorService().execute(() -> {
			}))
			.withMessageContainingAll(named);
		assertThatExceptionOfType(PoolClosedException.class)
			.isThrownBy(() -> this.environment.asExecutorService().schedule(() -> 1, 1, TimeUnit.SECONDS))
			.withMessageContainingAll(named);
		assertThat(this.environment.trySubmit((instance) -> {
		})).isFalse();
	}

	// R12, architecture 4 "after a pool close"
	@Test
	void runningCallback_ofAClosedPool_mayNotChain() throws Exception {
		AtomicReference<@Nullable Boolean> chained = new AtomicReference<>();
		this.environment.trySubmit((instance) -> {
			this.gate.pass();
			chained.set(this.environment.trySubmit(this.gate));
		});
		this.gate.awaitArrival();
		this.pool.close();
		this.gate.open();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		assertThat(chained).hasValue(false);
	}

	// R11
	@Test
	void close_ofAPoolWithAMinimumOfIdleThreads_endsThem() {
		ThreadPool idle = this.engine
			.pool(ThreadPool.builder("idle").minThreads(3).maxThreads(3).timeSource(this.time));
		this.time.awaitParked(3);
		idle.close();
		eventually("threads", 0, () -> idle.stats().threads());
		idle.resize(2, 2);
		assertThat(idle.stats().threads()).isZero();
	}

	// R12
	@Test
	void close_calledTwice_hasNoFurtherEffect() throws Exception {
		this.pool.close();
		assertThatCode(this.pool::close).doesNotThrowAnyException();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isTrue();
	}

	// R28, 4.1.10
	@Test
	void groupAndEnvironment_whosePoolIsClosed_stayOpen() throws Exception {
		Work work = this.environment.newWork((instance) -> {
		});
		this.pool.close();
		assertThat(this.group.isClosed()).isFalse();
		assertThat(work.isClosed()).isFalse();
		CallbackEnvironment other = CallbackEnvironment.builder()
			.pool(this.engine.pool(1))
			.cleanupGroup(this.group)
			.build();
		assertThat(other.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(work.isClosed()).isTrue();
	}

	// R12: it waits for callbacks, not for open members
	@Test
	void awaitTermination_withAnOpenIdleMember_doesNotWaitForIt() throws Exception {
		this.environment.newWork((instance) -> {
		});
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isTrue();
	}

	@Test
	void awaitTermination_ofAnOpenOrBusyPool_waitsUntilItsTimeIsOver() throws Exception {
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		holdTheThread();
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		CountDownLatch timedOut = new CountDownLatch(1);
		this.engine.start("waiter", () -> {
			if (!this.pool.awaitTermination(Duration.ofSeconds(5))) {
				timedOut.countDown();
			}
		});
		this.time.awaitParked(1);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(timedOut.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void awaitTermination_untilTheLastCallbackEnds_isWoken() throws Exception {
		holdTheThread();
		CountDownLatch terminated = new CountDownLatch(1);
		this.engine.start("waiter", () -> {
			if (this.pool.awaitTermination(Duration.ofDays(10_000_000))) {
				terminated.countDown();
			}
		});
		this.time.awaitParked(1);
		this.pool.close();
		this.gate.open();
		assertThat(terminated.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void awaitTermination_ofAnIdlePoolThatCloses_isWoken() throws Exception {
		CountDownLatch terminated = new CountDownLatch(1);
		this.engine.start("waiter", () -> {
			if (this.pool.awaitTermination(Duration.ofDays(1))) {
				terminated.countDown();
			}
		});
		this.time.awaitParked(1);
		this.pool.close();
		assertThat(terminated.await(20, TimeUnit.SECONDS)).isTrue();
	}

	// F5
	@Test
	void awaitTermination_whenInterrupted_throwsAtOnce() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(2);
		Thread waiter = this.engine.start("waiter", () -> {
			for (int i = 0; i < 2; i++) {
				try {
					this.pool.awaitTermination(Duration.ofDays(1));
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
					Thread.currentThread().interrupt();
				}
			}
		});
		this.time.awaitParked(1);
		waiter.interrupt();
		assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
	}

	// F3
	@Test
	void awaitTermination_fromACallbackOfThePool_isAnIllegalState() {
		assertThatIllegalStateException().isThrownBy(() -> {
			try {
				this.environment.submit(() -> this.pool.awaitTermination(Duration.ofDays(1))).join();
			}
			catch (CompletionException ex) {
				throw ex.getCause();
			}
		}).withMessageContaining("'work'");
	}

	// R13: what a pause holds back is still queued
	@Test
	void close_whileAGroupIsPaused_runsItsQueueOnceItIsResumed() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.group.pause();
		this.environment.trySubmit((instance) -> runs.incrementAndGet());
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		this.group.resume();
		assertThat(this.pool.awaitTermination(Duration.ofDays(1))).isTrue();
		assertThat(runs).hasValue(1);
	}

	// R118, R120
	@Test
	void groupClose_afterAPoolClose_dropsWhatIsQueuedAndLetsThePoolTerminate() throws Exception {
		holdTheThread();
		Work work = this.environment.newWork((instance) -> {
		});
		work.submit();
		this.pool.close();
		CountDownLatch terminated = new CountDownLatch(1);
		this.engine.start("closer", () -> this.group.closeMembers(CloseOptions.cancelPending()));
		eventually("pending callbacks", 0L, () -> this.pool.stats().pendingCallbacks());
		this.engine.start("waiter", () -> {
			if (this.pool.awaitTermination(Duration.ofDays(1))) {
				terminated.countDown();
			}
		});
		this.gate.open();
		assertThat(terminated.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void refusals_ofAClosedPool_areRejectedExecutions() {
		this.pool.close();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.environment.submit(() -> 1));
	}

}
