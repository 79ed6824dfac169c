package io.github.cleanupgroups;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An environment as an {@link ExecutorService}, against the JDK's contract.
 */
@Timeout(60)
class ExecutorViewTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(1);

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private final ScheduledExecutorService view = this.environment.asExecutorService();

	private final Gate gate = this.engine.gate();

	private final AtomicInteger runs = new AtomicInteger();

	private void holdTheThread() throws Exception {
		this.environment.trySubmit(this.gate);
		this.gate.awaitArrival();
	}

	private CompletableFuture<CloseReport> cancelMembers() {
		return this.group.closeMembersAsync(CloseOptions.cancelPending());
	}

	@Test
	void execute_ofARunnable_runsItAsAMember() throws Exception {
		this.view.execute(() -> {
			this.gate.passUninterruptibly();
			this.runs.incrementAndGet();
		});
		this.gate.awaitArrival();
		assertThat(this.group.memberCounts().of(MemberKind.CALLBACK)).isEqualTo(1);
		this.gate.open();
		eventually("runs", 1, this.runs::get);
	}

	@Test
	void submit_ofEitherKind_givesTheResultOrTheFailure() throws Exception {
		assertThat(this.view.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.view.submit(() -> {
		}, "result").get(20, TimeUnit.SECONDS)).isEqualTo("result");
		Future<Object> failing = this.view.submit((Callable<Object>) () -> {
			throw new Exception("no stamp");
		});
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> failing.get(20, TimeUnit.SECONDS))
			.withRootCauseInstanceOf(Exception.class)
			.havingCause()
			.withMessage("no stamp");
	}

	@Test
	void invokeAll_ofSeveral_waitsForAllOfThem() throws Exception {
		List<Future<Integer>> futures = this.view.invokeAll(List.of(() -> 1, () -> 2, () -> {
			throw new Exception("no stamp");
		}));
		assertThat(futures).hasSize(3).allMatch(Future::isDone);
		assertThat(futures.get(1).get()).isEqualTo(2);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> futures.get(2).get());
	}

	@Test
	void invokeAll_thatTimesOut_cancelsTheRest() throws Exception {
		holdTheThread();
		List<Future<Integer>> futures = this.view.invokeAll(List.of(() -> 1, () -> 2), 1, TimeUnit.MILLISECONDS);
		assertThat(futures).hasSize(2).allMatch(Future::isCancelled);
	}

	@Test
	void invokeAll_whoseTasksAreDroppedByAClose_returnsThemCancelled() throws Exception {
		holdTheThread();
		CompletableFuture<List<Future<Integer>>> invoked = new CompletableFuture<>();
		this.engine.start("caller", () -> invoked.complete(this.view.invokeAll(List.of(() -> 1, () -> 2))));
		eventually("pending callbacks", 2L, () -> this.pool.stats().pendingCallbacks());
		CompletableFuture<CloseReport> closed = cancelMembers();
		assertThat(invoked.get(20, TimeUnit.SECONDS)).hasSize(2).allMatch(Future::isCancelled);
		this.gate.open();
		assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void invokeAny_ofSeveral_givesTheFirstResult() throws Exception {
		Callable<String> failing = () -> {
			throw new Exception("no stamp");
		};
		String first = this.view.invokeAny(List.of(failing, () -> "ran"));
		assertThat(first).isEqualTo("ran");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> this.view.invokeAny(List.of(failing)));
		holdTheThread();
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> this.view.invokeAny(List.of(() -> "ran"), 1, TimeUnit.MILLISECONDS));
	}

	@Test
	void invokeAny_pendingWhenAClosingGroupCancels_doesNotHangItsCaller() throws Exception {
		holdTheThread();
		CompletableFuture<String> invoked = new CompletableFuture<>();
		this.engine.start("caller", () -> invoked.complete(this.view.invokeAny(List.of(() -> "ran"))));
		eventually("pending callbacks", 1L, () -> this.pool.stats().pendingCallbacks());
		CompletableFuture<CloseReport> closed = cancelMembers();
		this.gate.open();
		assertThat(invoked.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void completionService_pendingAtAShutdownNow_doesNotHangItsCaller() throws Exception {
		holdTheThread();
		ExecutorCompletionService<String> service = new ExecutorCompletionService<>(this.view);
		Future<String> submitted = service.submit(() -> "ran");
		assertThat(this.view.shutdownNow()).isEmpty();
		this.gate.open();
		Future<String> taken = service.poll(20, TimeUnit.SECONDS);
		assertThat(taken).isSameAs(submitted);
		assertThat(submitted.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void supplyAsync_pendingWhenAClosingGroupCancels_doesNotHangItsCaller() throws Exception {
		holdTheThread();
		CompletableFuture<String> supplied = CompletableFuture.supplyAsync(() -> "ran", this.view);
		CompletableFuture<Void> ran = CompletableFuture.runAsync(this.runs::incrementAndGet, this.view);
		CompletableFuture<CloseReport> closed = cancelMembers();
		this.gate.open();
		assertThat(supplied.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(ran).succeedsWithin(20, TimeUnit.SECONDS);
		assertThat(closed.get(20, TimeUnit.SECONDS).cancelledCallbacks()).isZero();
	}

	@Test
	void supplyAsync_pendingAtAShutdownNow_doesNotHangItsCaller() throws Exception {
		holdTheThread();
		CompletableFuture<String> supplied = CompletableFuture.supplyAsync(() -> "ran", this.view);
		assertThat(this.view.shutdownNow()).isEmpty();
		this.gate.open();
		assertThat(supplied.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.view.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void supplyAsync_onARefusingView_failsAtTheCallOrInItsStage() {
		CompletableFuture<String> first = CompletableFuture.completedFuture("first");
		this.view.shutdown();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> CompletableFuture.supplyAsync(() -> "ran", this.view));
		assertThat(first.thenApplyAsync((value) -> value, this.view)).isCompletedExceptionally();
	}

	@Test
	void futures_pendingWhenAClosingGroupCancels_areCancelled() throws Exception {
		holdTheThread();
		Future<String> future = this.view.submit(() -> "ran");
		CompletableFuture<CloseReport> closed = cancelMembers();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS));
		this.gate.open();
		assertThat(closed.get(20, TimeUnit.SECONDS).cancelledCallbacks()).isEqualTo(1);
		this.view.shutdown();
		assertThat(this.view.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void shutdown_withTasksQueuedAndRunning_refusesNewOnesAndRunsThose() throws Exception {
		this.view.execute(this.gate::passUninterruptibly);
		this.gate.awaitArrival();
		Future<String> queued = this.view.submit(() -> "ran");
		this.view.shutdown();
		assertThat(this.view.isShutdown()).isTrue();
		assertThat(this.view.isTerminated()).isFalse();
		assertThat(this.view.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.view.execute(() -> {
		})).withMessageContainingAll("'pool'", "'mail'", "'letter'", "shut down");
		this.gate.open();
		assertThat(queued.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.view.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.view.isTerminated()).isTrue();
	}

	@Test
	void shutdown_ofOneView_touchesNothingElse() throws Exception {
		ScheduledExecutorService other = this.environment.asExecutorService();
		this.view.shutdown();
		assertThat(this.view.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(other.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.group.isAccepting()).isTrue();
		assertThat(this.pool.isClosed()).isFalse();
	}

	@Test
	void shutdownNow_withTasksQueuedAndRunning_interruptsThoseAndReturnsTheseCancelled() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		this.view.execute(() -> {
			try {
				this.gate.pass();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		this.gate.awaitArrival();
		Runnable plain = this.runs::incrementAndGet;
		this.view.execute(plain);
		Future<String> queued = this.view.submit(() -> "ran");
		CompletableFuture<String> outside = this.environment.submit(() -> "ran");
		List<Runnable> neverRun = this.view.shutdownNow();
		assertThat(neverRun).containsExactly(plain, (Runnable) queued);
		assertThat(queued.isCancelled()).isTrue();
		assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.view.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(outside.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.runs).hasValue(0);
		assertThat(this.view.shutdownNow()).isEmpty();
	}

	@Test
	void awaitTermination_whenInterrupted_throws() throws Exception {
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Thread waiter = this.engine.start("waiter",
				() -> thrown.complete(catchThrowable(() -> this.view.awaitTermination(1, TimeUnit.DAYS))));
		eventually("state of the waiter", Thread.State.TIMED_WAITING, waiter::getState);
		waiter.interrupt();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
	}

	// F3
	@Test
	void awaitTermination_fromATaskOfTheView_isAnIllegalState() throws Exception {
		Future<@Nullable Throwable> thrown = this.view
			.submit(() -> catchThrowable(() -> this.view.awaitTermination(1, TimeUnit.DAYS)));
		Throwable found = thrown.get(20, TimeUnit.SECONDS);
		assertThatIllegalStateException().isThrownBy(() -> {
			throw found;
		}).withMessageContainingAll("'pool'", "'mail'");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_19)
	void close_onJavaThatHasIt_runsWhatIsQueuedAndTerminates() throws Exception {
		Future<String> queued = this.view.submit(() -> "ran");
		closeReflectively();
		assertThat(queued.isDone()).isTrue();
		assertThat(queued.get()).isEqualTo("ran");
		assertThat(this.view.isTerminated()).isTrue();
	}

	private void closeReflectively() throws IllegalAccessException, InvocationTargetException, NoSuchMethodException {
		ExecutorService.class.getMethod("close").invoke(this.view);
	}

	// P1
	@Test
	void tasks_ofManyViewsUnderCancellingCloses_allEndAndAllViewsTerminate() throws Exception {
		List<Thread> submitters = new ArrayList<>();
		List<Future<?>> futures = Collections.synchronizedList(new ArrayList<>());
		List<ScheduledExecutorService> views = new ArrayList<>();
		for (int s = 0; s < 3; s++) {
			ScheduledExecutorService mine = this.environment.asExecutorService();
			views.add(mine);
			submitters.add(this.engine.start("submitter-" + s, () -> {
				for (int i = 0; i < 1_000; i++) {
					futures.add(mine.submit(() -> "ran"));
					futures.add(mine.schedule(() -> "ran", i % 3, TimeUnit.MICROSECONDS));
				}
			}));
		}
		for (int i = 0; i < 50; i++) {
			this.group.closeMembers(CloseOptions.cancelPending());
		}
		for (Thread submitter : submitters) {
			submitter.join();
		}
		for (Future<?> future : futures) {
			try {
				assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
			}
			catch (CancellationException ex) {
				assertThat(future.isCancelled()).isTrue();
			}
		}
		for (ScheduledExecutorService each : views) {
			each.shutdown();
			assertThat(each.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		}
	}

	// Due times may lie so far apart that their difference overflows
	@Test
	void delayedTask_besidesOneThatRepeatsInAges_comesAtItsTime() throws Exception {
		ScheduledFuture<?> ages = this.view.scheduleAtFixedRate(this.runs::incrementAndGet, 0, Long.MAX_VALUE,
				TimeUnit.DAYS);
		eventually("runs", 1, this.runs::get);
		ScheduledFuture<?> farther = this.view.schedule(this.runs::incrementAndGet, Long.MAX_VALUE, TimeUnit.DAYS);
		assertThat(this.view.schedule(() -> "ran", 1, TimeUnit.MILLISECONDS).get(20, TimeUnit.SECONDS))
			.isEqualTo("ran");
		assertThat(this.runs).hasValue(1);
		ages.cancel(false);
		farther.cancel(false);
	}

}
