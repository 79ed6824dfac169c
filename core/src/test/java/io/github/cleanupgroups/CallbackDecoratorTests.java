package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A thread's context travels with what it submits, through a decorator.
 */
class CallbackDecoratorTests extends GroupFixture {

	private static final ThreadLocal<@Nullable String> CONTEXT = new ThreadLocal<>();

	private final AtomicInteger decorated = new AtomicInteger();

	private final Queue<String> heard = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

	@AfterEach
	void forgetContext() {
		CONTEXT.remove();
	}

	/** Carries the context; outside of a callback the thread has none again. */
	private final class Carrying implements CallbackDecorator.Decoration {

		private final @Nullable String carried = CONTEXT.get();

		Carrying() {
			CallbackDecoratorTests.this.decorated.incrementAndGet();
		}

		@Override
		public void run(CallbackDecorator.Execution execution) {
			in(execution::proceed);
		}

		@Override
		public void tellOwner(Runnable notice) {
			in(notice);
		}

		private void in(Runnable code) {
			String before = CONTEXT.get();
			CONTEXT.set(this.carried);
			try {
				code.run();
			}
			finally {
				CONTEXT.set(before);
			}
		}

	}

	/** Does with a callback what the test says. */
	private record Running(Running.Way way) implements CallbackDecorator.Decoration {

		@Override
		public void run(CallbackDecorator.Execution execution) {
			this.way.run(execution);
		}

		@Override
		public void tellOwner(Runnable notice) {
			notice.run();
		}

		interface Way {

			void run(CallbackDecorator.Execution execution);

		}

	}

	private CallbackEnvironment carrying() {
		return environment().memberName("letter").decorator((kind, name) -> new Carrying()).build();
	}

	private CallbackEnvironment running(Running.Way way) {
		ThreadPool hearing = this.engine
			.pool(ThreadPool.builder("hearing").onUncaught((member, failure) -> this.uncaught.add(failure)));
		return CallbackEnvironment.builder()
			.pool(hearing)
			.cleanupGroup(this.group)
			.memberName("letter")
			.decorator((kind, name) -> new Running(way))
			.build();
	}

	private static <T> T get(Future<T> future) throws Exception {
		return future.get(20, TimeUnit.SECONDS);
	}

	@Test
	void context_onEveryWayIn_isThatOfTheSubmitter() throws Exception {
		CallbackEnvironment environment = carrying();
		ScheduledExecutorService view = environment.asExecutorService();
		CONTEXT.set("alice");
		assertThat(get(environment.submit(CONTEXT::get))).isEqualTo("alice");
		assertThat(get(environment.submitAsync(() -> CompletableFuture.completedFuture(CONTEXT.get()))))
			.isEqualTo("alice");
		CompletableFuture<String> oneOff = new CompletableFuture<>();
		assertThat(environment.trySubmit((instance) -> oneOff.complete(CONTEXT.get()))).isTrue();
		assertThat(get(oneOff)).isEqualTo("alice");
		CompletableFuture<String> executed = new CompletableFuture<>();
		view.execute(() -> executed.complete(CONTEXT.get()));
		assertThat(get(executed)).isEqualTo("alice");
		assertThat(get(view.submit(CONTEXT::get))).isEqualTo("alice");
		assertThat(get(CompletableFuture.supplyAsync(CONTEXT::get, view))).isEqualTo("alice");
		ScheduledFuture<String> scheduled = view.schedule(CONTEXT::get, 1, TimeUnit.SECONDS);
		CONTEXT.set("bob");
		this.time.advance(Duration.ofSeconds(1));
		assertThat(get(scheduled)).isEqualTo("alice");
		assertThat(this.decorated).hasValue(7);
	}

	@Test
	void context_ofAnObject_isThatOfItsMaker() throws Exception {
		CallbackEnvironment environment = carrying();
		CONTEXT.set("alice");
		CompletableFuture<String> fired = new CompletableFuture<>();
		Timer timer = environment.newTimer((instance) -> fired.complete(CONTEXT.get()));
		Work work = environment.newWork((instance) -> this.heard.add(String.valueOf(CONTEXT.get())));
		CONTEXT.set("bob");
		timer.set(Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(get(fired)).isEqualTo("alice");
		work.submit();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.heard).containsExactly("alice", "alice");
		assertThat(this.decorated).hasValue(2);
	}

	@Test
	void context_afterTheCallback_isGone() throws Exception {
		ThreadPool single = pool(1);
		CONTEXT.set("alice");
		CallbackEnvironment.builder()
			.pool(single)
			.decorator((kind, name) -> new Carrying())
			.build()
			.submit(CONTEXT::get)
			.get(20, TimeUnit.SECONDS);
		assertThat(get(CallbackEnvironment.builder().pool(single).build().submit(() -> "no " + CONTEXT.get())))
			.isEqualTo("no null");
	}

	@Test
	void context_inFinalizationActionsAndListener_isTheCallbacks() throws Exception {
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {

			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				CallbackDecoratorTests.this.heard.add("listener " + CONTEXT.get());
			}

		}));
		CallbackEnvironment environment = environment(listened).decorator((kind, name) -> new Carrying())
			.onFinalize((instance) -> this.heard.add("finalization " + CONTEXT.get()))
			.build();
		CONTEXT.set("alice");
		assertThat(environment
			.trySubmit((instance) -> instance.whenReturned(() -> this.heard.add("action " + CONTEXT.get())))).isTrue();
		listened.closeMembers(CloseOptions.awaitPending());
		assertThat(this.heard).containsExactly("finalization alice", "action alice", "listener alice");
	}

	@Test
	void context_ofWhatACloseCancels_isThereForItsOwnerAndTheFuturesDependents() throws Exception {
		Gate gate = busyPool();
		CONTEXT.set("alice");
		CallbackEnvironment environment = environment().memberName("letter")
			.decorator((kind, name) -> new Carrying())
			.onCancel((cancellation) -> this.heard.add("owner " + CONTEXT.get()))
			.build();
		CompletableFuture<Void> dependent = environment.submit(() -> "never").handle((value, failure) -> {
			this.heard.add("dependent " + CONTEXT.get());
			return null;
		});
		Timer timer = environment.newTimer((instance) -> {
		});
		timer.set(Duration.ofHours(1));
		CONTEXT.set("closer");
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(dependent).isDone();
		assertThat(this.heard).containsExactlyInAnyOrder("dependent alice", "owner alice", "owner alice");
		assertThat(CONTEXT.get()).isEqualTo("closer");
		assertThat(this.decorated).hasValue(2);
		gate.open();
	}

	@Test
	void context_ofAPeriodicTask_isThereInEachRound() throws Exception {
		ScheduledExecutorService view = carrying().asExecutorService();
		CONTEXT.set("alice");
		ScheduledFuture<?> task = view.scheduleAtFixedRate(() -> this.heard.add(String.valueOf(CONTEXT.get())), 1, 1,
				TimeUnit.SECONDS);
		for (int round = 1; round <= 3; round++) {
			int ran = round;
			this.time.advance(Duration.ofSeconds(1));
			eventually("round " + round, true, () -> this.heard.size() == ran);
		}
		task.cancel(false);
		assertThat(this.heard).containsExactly("alice", "alice", "alice");
		assertThat(this.decorated).hasValue(1);
	}

	@Test
	void context_ofACallbackThatItsSubmitterRuns_isTheSame() throws Exception {
		CleanupGroup bounded = group(CleanupGroup.builder("bounded").queueCapacity(1).overflow(Overflow.CALLER_RUNS));
		Gate gate = busyPool();
		CallbackEnvironment environment = environment(bounded).decorator((kind, name) -> new Carrying()).build();
		CONTEXT.set("alice");
		CompletableFuture<String> queued = environment.submit(CONTEXT::get);
		assertThat(environment.submit(CONTEXT::get)).isCompletedWithValue("alice");
		assertThat(CONTEXT.get()).isEqualTo("alice");
		gate.open();
		assertThat(get(queued)).isEqualTo("alice");
	}

	@Test
	void decorator_thatGivesNothing_leavesTheCallbackAsItIs() throws Exception {
		CallbackEnvironment environment = environment().decorator((kind, name) -> {
			this.heard.add(kind + " " + name);
			return null;
		}).memberName("letter").build();
		assertThat(get(environment.submit(() -> "ran"))).isEqualTo("ran");
		assertThat(this.heard).containsExactly("CALLBACK letter");
		assertThat(environment.oneOff(null, (instance) -> {
		}, null)).isExactlyInstanceOf(OneOff.class);
	}

	@Test
	void decorator_thatThrows_refusesAtTheCallAndLeavesNoMember() {
		CallbackEnvironment environment = environment().decorator((kind, name) -> {
			throw new IllegalArgumentException("no tenant");
		}).build();
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> environment.submit(() -> "never"))
			.withMessage("no tenant");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> environment.asExecutorService().execute(() -> {
			}));
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> environment.newWork((instance) -> {
		}));
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void future_whoseDecorationThrowsBeforehand_failsWithThat() {
		CallbackEnvironment environment = running((execution) -> {
			throw new IllegalArgumentException("no tenant");
		});
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> get(environment.submit(() -> this.heard.add("ran"))))
			.withCause(new IllegalArgumentException("no tenant"));
		assertThat(this.heard).isEmpty();
		assertThat(this.uncaught).isEmpty();
	}

	@Test
	void future_whoseDecorationDoesNotGoOn_saysSo() {
		CallbackEnvironment environment = running((execution) -> {
		});
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> get(environment.submitAsync(() -> CompletableFuture.completedFuture("never"))))
			.withCauseInstanceOf(IllegalStateException.class)
			.withMessageContaining("letter");
	}

	@Test
	void callback_whoseDecorationThrowsBeforehand_isAFailureOfTheCallback() throws Exception {
		CallbackEnvironment environment = running((execution) -> {
			throw new IllegalArgumentException("no tenant");
		});
		Gate gate = runningOneOff();
		assertThat(environment.trySubmit((instance) -> this.heard.add("ran"))).isTrue();
		CompletableFuture<CloseReport> report = this.group.closeMembersAsync(CloseOptions.awaitPending());
		eventually("told", 1, this.uncaught::size);
		gate.open();
		get(report);
		assertThat(this.uncaught).singleElement().isInstanceOf(IllegalArgumentException.class);
		assertThat(this.heard).isEmpty();
	}

	@Test
	void taskOfAView_whoseDecorationThrowsBeforehand_isCancelled() {
		Future<String> future = running((execution) -> {
			throw new IllegalArgumentException("no tenant");
		}).asExecutorService().submit(() -> "never");
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> get(future));
		eventually("told", 1, this.uncaught::size);
	}

	@Test
	void supplyAsync_whoseDecorationThrowsBeforehand_runsAllTheSame() throws Exception {
		Executor view = running((execution) -> {
			throw new IllegalArgumentException("no tenant");
		}).asExecutorService();
		assertThat(get(CompletableFuture.supplyAsync(() -> "ran", view))).isEqualTo("ran");
		eventually("told", 1, this.uncaught::size);
	}

	@Test
	void future_whoseDecorationThrowsAfterwards_keepsItsValue() throws Exception {
		CallbackEnvironment environment = running((execution) -> {
			execution.proceed();
			throw new IllegalArgumentException("too late");
		});
		assertThat(get(environment.submit(() -> "ran"))).isEqualTo("ran");
		eventually("told", 1, this.uncaught::size);
	}

	@Test
	void execution_runTwiceOrElsewhere_refuses() throws Exception {
		AtomicReference<Throwable> elsewhere = new AtomicReference<>();
		CallbackEnvironment environment = running((execution) -> {
			Thread thread = new Thread(() -> {
				try {
					execution.proceed();
				}
				catch (IllegalStateException ex) {
					elsewhere.set(ex);
				}
			}, "elsewhere");
			thread.start();
			joinUninterruptibly(thread);
			execution.proceed();
			assertThatIllegalStateException().isThrownBy(execution::proceed).withMessageContaining("letter");
		});
		assertThat(get(environment.submit(() -> {
			this.heard.add("ran");
			return "ran";
		}))).isEqualTo("ran");
		assertThat(elsewhere.get()).hasMessageContaining("letter").hasMessageContaining("own thread");
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.heard).containsExactly("ran");
		assertThat(this.uncaught).isEmpty();
	}

	@Test
	void execution_keptBeyondItsDecoration_refuses() throws Exception {
		AtomicReference<CallbackDecorator.@Nullable Execution> kept = new AtomicReference<>();
		AtomicInteger ran = new AtomicInteger();
		CompletableFuture<@Nullable Throwable> proceeding = new CompletableFuture<>();
		CompletableFuture<@Nullable Throwable> registering = new CompletableFuture<>();
		ThreadPool single = this.engine.pool(ThreadPool.builder("single").maxThreads(1));
		CompletableFuture<Integer> future = CallbackEnvironment.builder()
			.pool(single)
			.cleanupGroup(this.group)
			.memberName("letter")
			.decorator((kind, name) -> new Running(kept::set))
			.build()
			.submit(ran::incrementAndGet);
		// On the same thread, later.
		CallbackEnvironment.builder().pool(single).cleanupGroup(this.group).build().trySubmit((instance) -> {
			CallbackDecorator.Execution execution = Objects.requireNonNull(kept.get());
			proceeding.complete(catchThrowable(execution::proceed));
			registering.complete(catchThrowable(() -> execution.whenEnded((failure) -> ran.incrementAndGet())));
		});
		assertThat(proceeding.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("letter");
		assertThat(registering.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
		assertThat(future).isCompletedExceptionally();
		assertThat(ran).hasValue(0);
	}

	private static void joinUninterruptibly(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void owner_whoseDecorationDoesNotGoOnOrThrows_isToldOnce() throws Exception {
		Gate gate = busyPool();
		for (RuntimeException thrown : new RuntimeException[] { null, new IllegalArgumentException("no tenant") }) {
			this.heard.clear();
			CallbackEnvironment environment = environment().onCancel((cancellation) -> this.heard.add("owner"))
				.decorator((kind, name) -> new CallbackDecorator.Decoration() {

					@Override
					public void run(CallbackDecorator.Execution execution) {
						execution.proceed();
					}

					@Override
					public void tellOwner(Runnable notice) {
						if (thrown != null) {
							notice.run();
							notice.run();
							throw thrown;
						}
					}

				})
				.build();
			CompletableFuture<String> future = environment.submit(() -> "never");
			CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
			assertThat(future).isCompletedExceptionally();
			assertThat(this.heard).containsExactly("owner");
			assertThat(report.failures()).isEqualTo((thrown != null) ? List.of(thrown) : List.of());
		}
		gate.open();
	}

	@Test
	void whenEnded_ofEachOutcome_tellsWhatTheCallbackEndedWith() throws Exception {
		CallbackEnvironment environment = running((execution) -> {
			execution.whenEnded((failure) -> this.heard.add("ended " + failure));
			execution.proceed();
			this.heard.add("returned");
		});
		IllegalStateException failure = new IllegalStateException("broken");
		assertThat(get(environment.submit(() -> "ran"))).isEqualTo("ran");
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.heard).containsExactly("returned", "ended null");
		this.heard.clear();
		environment.submit(() -> {
			throw failure;
		}).handle((value, thrown) -> thrown).get(20, TimeUnit.SECONDS);
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.heard).containsExactly("returned", "ended " + failure);
		this.heard.clear();
		CompletableFuture<String> stage = new CompletableFuture<>();
		CompletableFuture<String> future = environment.submitAsync(() -> stage);
		eventually("returned", List.of("returned"), () -> List.copyOf(this.heard));
		stage.completeExceptionally(failure);
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(future).isCompletedExceptionally();
		assertThat(this.heard).containsExactly("returned", "ended " + failure);
	}

}
