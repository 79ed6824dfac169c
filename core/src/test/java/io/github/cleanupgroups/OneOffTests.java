package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One-off callbacks, with and without a future.
 */
@Timeout(60)
class OneOffTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool")
		.maxThreads(1)
		.onUncaught((member, failure) -> this.uncaught.add(member + ": " + failure.getMessage())));

	private final CleanupGroup group = this.engine.group("mail");

	private final List<String> cancelled = Collections.synchronizedList(new ArrayList<>());

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.onCancel((cancellation) -> this.cancelled.add(cancellation.name() + " " + cancellation.context()))
		.build();

	private final Gate gate = this.engine.gate();

	private final AtomicInteger runs = new AtomicInteger();

	private void holdTheThread() throws Exception {
		CallbackEnvironment.builder().pool(this.pool).build().trySubmit(this.gate);
		this.gate.awaitArrival();
	}

	// R95
	@Test
	void oneOff_onceSubmitted_runsExactlyOnce() throws Exception {
		CountDownLatch ran = new CountDownLatch(1_000);
		for (int i = 0; i < 1_000; i++) {
			assertThat(this.environment.trySubmit((instance) -> {
				this.runs.incrementAndGet();
				ran.countDown();
			})).isTrue();
		}
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		eventually("completed callbacks", 1_000L, () -> this.pool.stats().completedCallbacks());
		assertThat(this.runs).hasValue(1_000);
	}

	// R96
	@Test
	void trySubmit_toAClosedGroup_isFalse() throws Exception {
		this.group.close(CloseOptions.awaitPending());
		assertThat(this.environment.trySubmit(this.gate)).isFalse();
	}

	// R97
	@Test
	void oneOff_whileQueuedOrRunning_isAMemberAndThenLeavesByItself() throws Exception {
		this.environment.trySubmit(this.gate);
		this.environment.trySubmit(this.gate);
		this.gate.awaitArrival();
		assertThat(this.group.memberCounts().of(MemberKind.CALLBACK)).isEqualTo(2);
		this.gate.open();
		eventually("members", 0, () -> this.group.memberCounts().total());
	}

	// R97
	@Test
	void groupClose_thatAwaits_waitsForOneOffs() throws Exception {
		this.environment.trySubmit((instance) -> {
			this.gate.pass();
			this.runs.incrementAndGet();
		});
		this.gate.awaitArrival();
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.awaitPending());
		this.gate.open();
		assertThat(closed.get(20, TimeUnit.SECONDS).completedCallbacks()).isEqualTo(1);
		assertThat(this.runs).hasValue(1);
	}

	// R98, R99
	@Test
	void groupClose_thatCancels_tellsEachOneOffThatHadNotStarted() throws Exception {
		this.environment.trySubmit("started", this.gate);
		this.gate.awaitArrival();
		this.environment.trySubmit("first", this.gate);
		this.environment.trySubmit("second", this.gate);
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.cancelPending());
		this.gate.open();
		assertThat(closed.get(20, TimeUnit.SECONDS).cancelledCallbacks()).isEqualTo(2);
		assertThat(this.cancelled).containsExactly("letter first", "letter second");
	}

	// R100, F38: it joins before it can start
	@Test
	void oneOff_thatLooksAtItsGroup_findsItselfThere() throws Exception {
		for (int i = 0; i < 500; i++) {
			assertThat(this.environment.submit(() -> this.group.memberCounts().runningCallbacks())
				.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(1);
		}
	}

	@Test
	void submit_ofATask_givesItsResultOrFailureAndReportsNeitherTwice() throws Exception {
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		CompletableFuture<Object> failing = this.environment.submit((Callable<Object>) () -> {
			throw new StackOverflowError("too deep");
		});
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> failing.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(StackOverflowError.class);
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.uncaught).isEmpty();
	}

	@Test
	void cancel_ofAQueuedTask_withdrawsItAtOnce() throws Exception {
		holdTheThread();
		CompletableFuture<Integer> future = this.environment.submit(this.runs::incrementAndGet);
		assertThat(future.cancel(false)).isTrue();
		assertThat(future.isCancelled()).isTrue();
		assertThat(this.pool.stats().pendingCallbacks()).isZero();
		assertThat(this.group.memberCounts().total()).isZero();
		this.gate.open();
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.runs).hasValue(0);
		assertThat(this.cancelled).isEmpty();
	}

	@Test
	void cancel_ofARunningTask_interruptsItIfTheCallerAllows() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		CompletableFuture<String> future = this.environment.submit(() -> {
			try {
				this.gate.pass();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
			return "ended";
		});
		this.gate.awaitArrival();
		assertThat(future.cancel(true)).isTrue();
		assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
	}

	@Test
	void cancel_ofARunningTask_leavesItAloneIfTheCallerDoesNotAllow() throws Exception {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<String> future = this.environment.submit(() -> {
			this.gate.pass();
			interrupted.complete(Thread.currentThread().isInterrupted());
			return "ended";
		});
		this.gate.awaitArrival();
		assertThat(future.cancel(false)).isTrue();
		this.gate.open();
		assertThat(interrupted.get(20, TimeUnit.SECONDS)).isFalse();
		assertThat(future.cancel(true)).isTrue();
	}

	@Test
	void cancel_ofACompletedTask_isFalse() throws Exception {
		CompletableFuture<String> future = this.environment.submit(() -> "ran");
		assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(future.cancel(true)).isFalse();
	}

	@Test
	void future_ofADroppedTask_completesAsCancelledNamingGroupMemberAndReason() throws Exception {
		holdTheThread();
		CompletableFuture<String> future = this.environment.submit(() -> "ran");
		CompletableFuture<String> dependent = future.thenApply((value) -> value + "!");
		this.group.closeMembers(CloseOptions.cancelPending().reason("post office on fire"));
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(future::join)
			.withMessageContainingAll("'mail'", "'letter'", "post office on fire");
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(future::get);
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(() -> future.get(1, TimeUnit.SECONDS));
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(() -> future.getNow(""));
		assertThat(future.isCancelled()).isTrue();
		assertThat(dependent).isCompletedExceptionally();
		assertThat(this.cancelled).containsExactly("letter null");
	}

	@Test
	void future_thatItsOwnerCompletes_keepsTheTaskFromRunning() throws Exception {
		holdTheThread();
		CompletableFuture<Integer> future = this.environment.submit(this.runs::incrementAndGet);
		future.complete(-1);
		this.gate.open();
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.runs).hasValue(0);
		assertThat(future).isCompletedWithValue(-1);
	}

	@Test
	void dependents_ofATask_areOrdinaryFutures() throws Exception {
		CompletableFuture<String> future = this.environment.submit(() -> {
			this.gate.pass();
			return "ran";
		});
		CompletableFuture<String> dependent = future.thenApply((value) -> value + "!");
		CompletableFuture<String> cancelledOne = future.thenApply((value) -> value + "?");
		assertThat(cancelledOne.cancel(true)).isTrue();
		this.gate.open();
		assertThat(dependent.get(20, TimeUnit.SECONDS)).isEqualTo("ran!");
		assertThat(future).isCompletedWithValue("ran");
	}

	// F36: an owner who cancels races with the start
	@Test
	void cancel_racingWithTheStart_endsInExactlyOneOutcome() throws Exception {
		int cancels = 0;
		for (int i = 0; i < 3_000; i++) {
			CompletableFuture<Integer> future = this.environment.submit(this.runs::incrementAndGet);
			cancels += future.cancel(false) ? 1 : 0;
		}
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.runs.get() + cancels).isGreaterThanOrEqualTo(3_000);
		assertThat(this.pool.stats().pendingCallbacks()).isZero();
	}

}
