package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tasks that go on as a stage after they have returned:
 * {@link CallbackEnvironment#submitAsync}.
 */
@Timeout(60)
class ContinuingTaskTests {

	private final ThreadPool pool = ThreadPool.builder("pool").maxThreads(1).build();

	private final CleanupGroup group = CleanupGroup.create("group");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.build();

	private final CompletableFuture<String> stage = new CompletableFuture<>();

	/** What the only thread runs next is no member: it would count for a moment more. */
	private void awaitReturned() throws Exception {
		CallbackEnvironment.builder().pool(this.pool).build().submit(() -> "after").get(1, TimeUnit.MINUTES);
	}

	@AfterEach
	void close() {
		this.stage.complete("end");
		this.group.close();
		this.pool.close();
	}

	@Test
	void cancel_thatInterruptsATaskAboutToReturnItsStage_cancelsTheStage() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		CompletableFuture<String> future = this.environment.submitAsync(() -> {
			started.countDown();
			awaitUninterruptibly(cancelled);
			return this.stage;
		});
		started.await();
		assertThat(future.cancel(true)).isTrue();
		cancelled.countDown();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.stage).isCancelled();
	}

	@Test
	void interruptAfter_thatMeetsATaskAboutToReturnItsStage_cancelsTheStage() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CompletableFuture<String> future = this.environment.submitAsync(() -> {
			started.countDown();
			while (!Thread.interrupted()) {
				Thread.onSpinWait();
			}
			return this.stage;
		});
		started.await();
		CloseReport report = this.group
			.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO).timeout(Duration.ofSeconds(20)));
		assertThat(report.timedOut()).isFalse();
		assertThat(this.stage).isCancelled();
		assertThat(future).isCancelled();
	}

	@Test
	void cancel_thatMayNotInterrupt_leavesTheStage() throws Exception {
		CompletableFuture<String> future = this.environment.submitAsync(() -> this.stage);
		awaitReturned();
		assertThat(future.cancel(false)).isTrue();
		assertThat(this.stage).isNotDone();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
	}

	@Test
	void cancel_thatMayInterrupt_cancelsTheStage() throws Exception {
		CompletableFuture<String> future = this.environment.submitAsync(() -> this.stage);
		awaitReturned();
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.stage).isCancelled();
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void stage_thatIsCompleteAlready_endsTheTask() throws Exception {
		this.stage.complete("done");
		assertThat(this.environment.submitAsync(() -> this.stage).get(1, TimeUnit.MINUTES)).isEqualTo("done");
		awaitReturned();
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).timedOut()).isFalse();
	}

	@Test
	void stage_withoutAFuture_completesTheFutureToo() throws Exception {
		assertThat(
				this.environment.submitAsync(() -> CompletableFuture.completedStage("done")).get(1, TimeUnit.MINUTES))
			.isEqualTo("done");
		assertThat(this.environment.submitAsync(this.stage::minimalCompletionStage)).isNotDone();
		this.stage.complete("end");
	}

	@Test
	void stage_thatHasFailedAlready_failsTheFuture() {
		IllegalStateException failure = new IllegalStateException("on purpose");
		this.stage.completeExceptionally(failure);
		assertThat(this.environment.submitAsync(() -> this.stage)).failsWithin(1, TimeUnit.MINUTES)
			.withThrowableOfType(ExecutionException.class)
			.withCause(failure);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (true) {
			try {
				latch.await();
				return;
			}
			catch (InterruptedException ex) {
				// It goes on, as some do.
			}
		}
	}

	// F3: the close would wait for the member, and the member's stage for the close
	@Test
	void dependentOfTheFuture_thatClosesTheGroup_isRefusedAtOnce() throws Exception {
		CompletableFuture<@Nullable Throwable> thrown = this.environment.submitAsync(() -> this.stage)
			.thenApply((value) -> catchThrowable(this::closeMembers));
		awaitReturned();
		this.stage.complete("done");
		assertThat(thrown.get(1, TimeUnit.MINUTES)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("'group'");
		assertThat(closeMembers().timedOut()).isFalse();
	}

	// F3
	@Test
	void dependentOfTheStage_thatClosesTheGroupThatInterruptsIt_isRefusedAtOnce() throws Exception {
		CompletableFuture<String> future = this.environment.submitAsync(() -> this.stage);
		awaitReturned();
		CompletableFuture<@Nullable Throwable> thrown = this.stage
			.handle((value, failure) -> catchThrowable(this::closeMembers));
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		assertThat(report.timedOut()).isFalse();
		assertThat(future).isCancelled();
		assertThat(thrown.get(1, TimeUnit.MINUTES)).isInstanceOf(IllegalStateException.class);
	}

	private CloseReport closeMembers() throws InterruptedException {
		return this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ofSeconds(10)));
	}

	@Test
	void stage_ofATaskThatRanInsideAnotherCallback_countsForTheLimitByItself() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		CleanupGroup limited = CleanupGroup.builder("limited")
			.maxConcurrency(1)
			.queueCapacity(1)
			.overflow(Overflow.CALLER_RUNS)
			.build();
		CallbackEnvironment ofLimited = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(limited).build();
		ofLimited.submit(() -> {
			ofLimited.trySubmit((instance) -> runs.incrementAndGet());
			return ofLimited.submitAsync(() -> this.stage).isDone();
		}).get(1, TimeUnit.MINUTES);
		awaitReturned();
		assertThat(runs).hasValue(0);
		this.stage.complete("end");
		limited.close();
		assertThat(runs).hasValue(1);
	}

	@Test
	void cancel_beforeTheTaskStarts_completesTheFutureAndCallsNothing() throws Exception {
		CountDownLatch hold = new CountDownLatch(1);
		CallbackEnvironment.builder().pool(this.pool).build().trySubmit((instance) -> hold.await());
		AtomicInteger calls = new AtomicInteger();
		CompletableFuture<String> future = this.environment.submitAsync(() -> {
			calls.incrementAndGet();
			return this.stage;
		});
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.group.memberCounts().total()).isZero();
		hold.countDown();
		awaitReturned();
		assertThat(calls).hasValue(0);
		assertThat(future).isCancelled();
		assertThat(this.stage).isNotDone();
	}

	// R128, and what runs is waited for whatever the mode
	@Test
	void cancellingClose_withOneThatGoesOnAndOneThatIsQueued_completesBothFutures() throws Exception {
		CompletableFuture<String> goingOn = this.environment.submitAsync(() -> this.stage);
		awaitReturned();
		CountDownLatch hold = new CountDownLatch(1);
		CallbackEnvironment.builder().pool(this.pool).build().trySubmit((instance) -> hold.await());
		CompletableFuture<String> queued = this.environment.submitAsync(() -> this.stage);
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.cancelPending());
		assertThat(queued).failsWithin(1, TimeUnit.MINUTES)
			.withThrowableOfType(CancellationException.class)
			.isInstanceOf(MemberCancelledException.class);
		assertThat(goingOn).isNotDone();
		assertThat(closed).isNotDone();
		this.stage.complete("end");
		assertThat(closed.get(1, TimeUnit.MINUTES).cancelledCallbacks()).isEqualTo(1);
		assertThat(goingOn).isCompletedWithValue("end");
		hold.countDown();
	}

	// The close must not end in the place of what it cannot stop
	@Test
	void interruptAfter_thatMeetsAStageThatCannotBeAsked_waitsForIt() throws Exception {
		Stubborn stubborn = new Stubborn();
		CompletableFuture<String> future = this.environment.submitAsync(() -> stubborn);
		awaitReturned();
		CompletableFuture<CloseReport> closed = this.group
			.closeMembersAsync(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		stubborn.asked.await();
		stubborn.complete("end");
		assertThat(closed.get(1, TimeUnit.MINUTES).completedCallbacks()).isEqualTo(1);
		assertThat(future).isCompletedWithValue("end");
	}

	@Test
	void cancel_ofATaskAboutToReturnAStageThatCannotBeAsked_leavesTheWorkerToOthers() throws Exception {
		Stubborn stubborn = new Stubborn();
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		CompletableFuture<String> future = this.environment.submitAsync(() -> {
			started.countDown();
			awaitUninterruptibly(cancelled);
			return stubborn;
		});
		started.await();
		assertThat(future.cancel(true)).isTrue();
		cancelled.countDown();
		stubborn.asked.await();
		awaitReturned();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		stubborn.complete("end");
		assertThat(this.group.memberCounts().total()).isZero();
	}

	// No counter drifts over a stage that breaks its contract
	@Test
	void stage_thatTellsItsEndTwice_endsTheTaskOnce() throws Exception {
		CompletableFuture<String> echoing = new CompletableFuture<>() {

			@Override
			public CompletableFuture<String> whenComplete(
					BiConsumer<? super String, ? super @Nullable Throwable> action) {
				return super.whenComplete(action).thenCombine(super.whenComplete(action), (one, other) -> one);
			}

		};
		CompletableFuture<String> future = this.environment.submitAsync(() -> echoing);
		awaitReturned();
		echoing.complete("end");
		assertThat(future).isCompletedWithValue("end");
		assertThat(this.group.memberCounts().runningCallbacks()).isZero();
		assertThat(this.group.memberCounts().total()).isZero();
	}

	// A limit counts what goes on by itself, wherever it was begun
	@Test
	void stage_ofATaskThatRanInsideAnotherCallback_countsForALimitThatComesLater() throws Exception {
		CleanupGroup limited = CleanupGroup.builder("limited").queueCapacity(1).overflow(Overflow.CALLER_RUNS).build();
		CallbackEnvironment ofLimited = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(limited).build();
		ofLimited.submit(() -> {
			ofLimited.trySubmit((instance) -> {
			});
			return ofLimited.submitAsync(() -> this.stage).isDone();
		}).get(1, TimeUnit.MINUTES);
		awaitReturned();
		assertThat(limited.memberCounts().runningCallbacks()).isEqualTo(1);
		limited.maxConcurrency(1);
		AtomicInteger runs = new AtomicInteger();
		ofLimited.trySubmit((instance) -> runs.incrementAndGet());
		awaitReturned();
		assertThat(runs).hasValue(0);
		this.stage.complete("end");
		limited.close();
		assertThat(runs).hasValue(1);
	}

	/** A stage that gives nobody a future to cancel, in its own way. */
	private static final class Stubborn extends CompletableFuture<String> {

		private final CountDownLatch asked = new CountDownLatch(1);

		@Override
		public CompletableFuture<String> toCompletableFuture() {
			this.asked.countDown();
			throw new LinkageError("not this one");
		}

	}

}
