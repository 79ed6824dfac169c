package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Waiting for the callbacks of one member, with and without dropping what is queued.
 */
@Timeout(300)
class WorkWaitTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool").maxThreads(1).timeSource(this.time));

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private final Gate gate = this.engine.gate();

	private final AtomicInteger runs = new AtomicInteger();

	/** A work whose first callback has come to the gate. */
	private Work running() throws Exception {
		Work work = this.environment.newWork((instance) -> {
			this.gate.pass();
			this.runs.incrementAndGet();
		});
		work.submit();
		this.gate.awaitArrival();
		return work;
	}

	private CountDownLatch waiting(Work work, Pending pending) {
		CountDownLatch returned = new CountDownLatch(1);
		this.engine.start("waiter", () -> {
			work.awaitCallbacks(pending);
			returned.countDown();
		});
		this.time.awaitParked(1);
		return returned;
	}

	// R34
	@Test
	void awaitCallbacks_ofAnIdleWork_returnsAtOnce() throws Exception {
		Work work = this.environment.newWork(this.gate);
		assertThat(work.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
		assertThat(work.awaitCallbacks(Pending.CANCEL, Duration.ZERO)).isTrue();
	}

	// R34
	@Test
	void awaitCallbacks_untilNothingIsQueuedOrRunning_waits() throws Exception {
		Work work = running();
		work.submit();
		CountDownLatch returned = waiting(work, Pending.AWAIT);
		this.gate.open();
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.runs).hasValue(2);
	}

	// R35
	@Test
	void awaitCallbacks_thatCancels_dropsWhatIsQueuedAndWaitsForWhatRuns() throws Exception {
		Work work = running();
		for (int i = 0; i < 9; i++) {
			work.submit();
		}
		CountDownLatch returned = waiting(work, Pending.CANCEL);
		assertThat(this.pool.stats().pendingCallbacks()).isZero();
		assertThat(returned.getCount()).isEqualTo(1);
		this.gate.open();
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.runs).hasValue(1);
	}

	// R37
	@Test
	void work_afterEitherWait_canBeSubmittedAgain() throws Exception {
		Work work = running();
		work.submit();
		CountDownLatch returned = waiting(work, Pending.CANCEL);
		this.gate.open();
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(3);
	}

	// R35, R37: also while it still stands in the queue
	@Test
	void work_submittedBetweenDropAndStart_runsJustThatOften() throws Exception {
		this.environment.trySubmit(this.gate);
		this.gate.awaitArrival();
		Work work = this.environment.newWork((instance) -> this.runs.incrementAndGet());
		for (int round = 0; round < 3; round++) {
			work.submit();
			work.submit();
			work.awaitCallbacks(Pending.CANCEL);
		}
		work.submit();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(1);
	}

	// R38
	@Test
	void submissions_whileSomebodyWaits_extendTheWait() throws Exception {
		Gate second = this.engine.gate();
		Work work = this.environment
			.newWork((instance) -> (this.runs.incrementAndGet() == 1 ? this.gate : second).pass());
		work.submit();
		this.gate.awaitArrival();
		CountDownLatch returned = waiting(work, Pending.AWAIT);
		work.submit();
		this.gate.open();
		second.awaitArrival();
		assertThat(returned.getCount()).isEqualTo(1);
		second.open();
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
	}

	// R39, F10
	@Test
	void cancel_byAnotherThread_releasesWhoWaitsForWhatWasQueued() throws Exception {
		this.environment.trySubmit(this.gate);
		this.gate.awaitArrival();
		Work work = this.environment.newWork((instance) -> this.runs.incrementAndGet());
		work.submit();
		CountDownLatch returned = waiting(work, Pending.AWAIT);
		work.awaitCallbacks(Pending.CANCEL);
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.runs).hasValue(0);
	}

	// R39, R146
	@Test
	void groupClose_thatDropsWhatIsQueued_releasesWhoWaitsForIt() throws Exception {
		Gate outside = this.engine.gate();
		CallbackEnvironment.builder().pool(this.pool).build().trySubmit(outside);
		outside.awaitArrival();
		Work work = this.environment.newWork((instance) -> this.runs.incrementAndGet());
		work.submit();
		CountDownLatch returned = waiting(work, Pending.AWAIT);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.runs).hasValue(0);
	}

	// R43, F3
	@Test
	void callback_thatWaitsForItsOwnWork_isAnIllegalStateNamingIt() throws Exception {
		AtomicReference<@Nullable Work> own = new AtomicReference<>();
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Work work = this.environment.newWork((instance) -> {
			Work self = own.get();
			if (self != null) {
				thrown.complete(catchThrowable(() -> self.awaitCallbacks(Pending.CANCEL)));
			}
		});
		own.set(work);
		work.submit();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContainingAll("'letter'", "'mail'");
	}

	// R43, F3: with a time-out, and from finalization and actions, too
	@Test
	void finalizationAndActions_thatWaitForTheirOwnWork_areIllegalStates() throws Exception {
		AtomicReference<@Nullable Work> own = new AtomicReference<>();
		CompletableFuture<@Nullable Throwable> finalization = new CompletableFuture<>();
		CompletableFuture<@Nullable Throwable> action = new CompletableFuture<>();
		CallbackEnvironment finalized = CallbackEnvironment.builder()
			.pool(this.pool)
			.onFinalize((instance) -> finalization.complete(waitForOneself(own.get())))
			.build();
		Work work = finalized
			.newWork((instance) -> instance.whenReturned(() -> action.complete(waitForOneself(own.get()))));
		own.set(work);
		work.submit();
		assertThat(finalization.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
		assertThat(action.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
	}

	private static @Nullable Throwable waitForOneself(@Nullable Work self) {
		return (self != null) ? catchThrowable(() -> self.awaitCallbacks(Pending.AWAIT, Duration.ofDays(1))) : null;
	}

	// F5
	@Test
	void awaitCallbacks_withATimeout_returnsFalseWhenItIsOver() throws Exception {
		Work work = running();
		assertThat(work.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		this.engine.start("waiter", () -> ended.complete(work.awaitCallbacks(Pending.AWAIT, Duration.ofSeconds(5))));
		this.time.awaitParked(1);
		this.time.advance(Duration.ofSeconds(4));
		assertThat(ended).isNotDone();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(ended.get(20, TimeUnit.SECONDS)).isFalse();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(1);
	}

	// F5
	@Test
	void awaitCallbacks_withTheLongestTimeout_overflowsNothing() throws Exception {
		Work work = running();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		this.engine.start("waiter",
				() -> ended.complete(work.awaitCallbacks(Pending.AWAIT, Duration.ofSeconds(Long.MAX_VALUE))));
		this.time.awaitParked(1);
		this.gate.open();
		assertThat(ended.get(20, TimeUnit.SECONDS)).isTrue();
	}

	// F5
	@Test
	void awaitCallbacks_whenInterrupted_throwsAndLeavesTheCallbacksAlone() throws Exception {
		Work work = running();
		CountDownLatch interrupted = new CountDownLatch(1);
		Thread waiter = this.engine.start("waiter", () -> {
			try {
				work.awaitCallbacks(Pending.AWAIT);
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		this.time.awaitParked(1);
		waiter.interrupt();
		assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(1);
	}

	// F5: before anything is dropped
	@Test
	void awaitCallbacks_ofAnInterruptedThread_throwsAtOnceAndDropsNothing() throws Exception {
		Work work = running();
		work.submit();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> work.awaitCallbacks(Pending.CANCEL));
		assertThat(this.pool.stats().pendingCallbacks()).isEqualTo(1);
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(2);
	}

	// R39, P6
	@Test
	void waiters_underRandomCancelsAndSubmissions_areAlwaysReleased() throws Exception {
		Work work = this.environment.newWork((instance) -> this.runs.incrementAndGet());
		CountDownLatch done = new CountDownLatch(3);
		for (int w = 0; w < 3; w++) {
			Pending pending = (w == 0) ? Pending.CANCEL : Pending.AWAIT;
			this.engine.start("waiter-" + w, () -> {
				for (int i = 0; i < 2_000; i++) {
					work.submit();
					work.awaitCallbacks(pending);
				}
				done.countDown();
			});
		}
		done.await();
	}

}
