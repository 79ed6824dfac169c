package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What throws in the engine's own threads between two callbacks ends none of them, and
 * loses nothing (F14).
 */
@Timeout(60)
class EngineFailureTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final FailingTimeSource time = new FailingTimeSource(TimeSource.SYSTEM, "worker");

	private final ConcurrentLinkedQueue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool")
		.maxThreads(1)
		.timeSource(this.time)
		.onUncaught((member, failure) -> this.uncaught.add(failure)));

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = environment(this.pool);

	private CallbackEnvironment environment(ThreadPool of) {
		return CallbackEnvironment.builder().pool(of).cleanupGroup(this.group).build();
	}

	private void assertFailedOnceAndGoesOn() throws Exception {
		assertThat(this.environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.uncaught).extracting(Throwable::getMessage).containsExactly(FailingTimeSource.MESSAGE);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ofSeconds(20)));
		assertThat(report.timedOut()).isFalse();
		assertThat(this.pool.stats().threads()).isEqualTo(1);
	}

	@Test
	void worker_thatFailsTakingFromABatch_runsTheRest() throws Exception {
		Gate before = this.engine.gate();
		Gate first = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		this.environment.trySubmit(before);
		before.awaitArrival();
		this.environment.trySubmit(first);
		this.environment.trySubmit((instance) -> runs.incrementAndGet());
		this.environment.trySubmit((instance) -> runs.incrementAndGet());
		before.open();
		first.awaitArrival();
		this.time.failNextRead();
		first.open();
		eventually("callbacks", 2, runs::get);
		assertFailedOnceAndGoesOn();
	}

	@Test
	void worker_thatFailsComingForTheNext_isBookedAndGoesOn() throws Exception {
		Gate gate = this.engine.gate();
		this.environment.trySubmit(gate);
		gate.awaitArrival();
		this.time.failNextRead();
		gate.open();
		assertFailedOnceAndGoesOn();
	}

	@Test
	void worker_thatFailsParking_canBeWoken() throws Exception {
		Gate gate = this.engine.gate();
		this.environment.trySubmit(gate);
		gate.awaitArrival();
		this.time.failNextPark();
		gate.open();
		eventually("failures", 1, this.uncaught::size);
		assertFailedOnceAndGoesOn();
	}

	/** A thread of the user's factory with a mind of its own. */
	private static final class LockedThread extends Thread {

		LockedThread(Runnable task, String name) {
			super(task, name);
		}

		@Override
		public void setContextClassLoader(ClassLoader loader) {
			throw new SecurityException("not on this thread");
		}

		@Override
		public void interrupt() {
			super.interrupt();
			throw new SecurityException("not this thread");
		}

	}

	private ThreadPool poolOfLockedThreads(int threads) {
		return this.engine.watch(ThreadPool.builder("locked")
			.maxThreads(threads)
			.onUncaught((member, failure) -> this.uncaught.add(failure))
			.threadFactory((task) -> this.engine.watch(new LockedThread(task, "locked")))
			.build());
	}

	@Test
	void thread_thatRefusesTheContextClassLoader_failsTheCallbackAndGoesOn() throws Exception {
		ThreadPool locked = poolOfLockedThreads(1);
		CallbackEnvironment loading = CallbackEnvironment.builder()
			.pool(locked)
			.cleanupGroup(this.group)
			.contextClassLoader(new ClassLoader() {
			})
			.build();
		CompletableFuture<String> refused = loading.submit(() -> "ran");
		assertThat(refused).failsWithin(20, TimeUnit.SECONDS)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SecurityException.class);
		assertThat(loading.trySubmit((instance) -> {
		})).isTrue();
		assertThat(environment(locked).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(this.uncaught).hasSize(1).first().isInstanceOf(SecurityException.class);
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).timedOut()).isFalse();
	}

	/** A thread that does not tell the state that its callbacks are to leave it in. */
	private static final class SecretiveThread extends Thread {

		SecretiveThread(Runnable task, String name) {
			super(task, name);
		}

		@Override
		public ClassLoader getContextClassLoader() {
			throw new SecurityException("not of this thread");
		}

		@Override
		public State getState() {
			throw new SecurityException("not of this thread");
		}

	}

	// Whoever has started it, as a scope has its fork, waits for what it runs.
	@Test
	void threadOfAMember_thatDoesNotTellItsState_runsItsTaskAndReports() throws Exception {
		CompletableFuture<String> ran = new CompletableFuture<>();
		Gate gate = this.engine.gate();
		this.environment.asThreadFactory((task) -> this.engine.watch(new SecretiveThread(task, "secretive")))
			.newThread(() -> {
				ran.complete(CleanupGroup.current().orElseThrow().name());
				gate.passUninterruptibly();
			})
			.start();
		assertThat(ran.get(20, TimeUnit.SECONDS)).isEqualTo("mail");
		assertThat(this.uncaught).singleElement().isInstanceOf(SecurityException.class);
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.awaitPending()))
			.awaitWaiting();
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void threadOfAMember_whoseFailureIsToldToWhoClosesTheGroup_refusesThatInside() throws Exception {
		CompletableFuture<Throwable> refusal = new CompletableFuture<>();
		ThreadPool closing = this.engine.watch(ThreadPool.builder("closing")
			.onUncaught((member, failure) -> refusal
				.complete(catchThrowable(() -> this.group.closeMembers(CloseOptions.awaitPending()))))
			.build());
		CompletableFuture<String> ran = new CompletableFuture<>();
		environment(closing).asThreadFactory((task) -> this.engine.watch(new SecretiveThread(task, "secretive")))
			.newThread(() -> ran.complete("ran"))
			.start();
		assertThat(refusal.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
		assertThat(ran.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void threadOfAMember_thatDoesNotTellItsStateAndHasNotBegun_isAwaited() throws Exception {
		Gate gate = this.engine.gate();
		this.environment.asThreadFactory((task) -> this.engine.watch(new SecretiveThread(() -> {
			gate.passUninterruptibly();
			task.run();
		}, "secretive"))).newThread(() -> {
		}).start();
		gate.awaitArrival();
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.awaitPending()))
			.awaitWaiting();
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void threadOfAMember_thatFailsToBegin_runsItsTaskAndReports() throws Exception {
		CompletableFuture<Boolean> ranInGroup = new CompletableFuture<>();
		Thread thread = this.environment.asThreadFactory(this.engine.threadFactory())
			.newThread(() -> ranInGroup.complete(CleanupGroup.current().isPresent()));
		this.time.failNextRead();
		thread.start();
		assertThat(ranInGroup.get(20, TimeUnit.SECONDS)).isFalse();
		assertThat(this.uncaught).hasSize(1);
		assertFailedOnceAndGoesOn();
	}

	@Test
	void threadOfAMember_thatNobodyTakesAndThatCannotBeInterrupted_runsItsTaskAndReports() throws Exception {
		Gate gate = this.engine.gate();
		CleanupGroup closed = this.engine.group("closed");
		Thread thread = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(closed)
			.build()
			.asThreadFactory((task) -> this.engine.watch(new LockedThread(task, "locked")))
			.newThread(gate::passUninterruptibly);
		closed.close(CloseOptions.awaitPending());
		thread.start();
		gate.awaitArrival();
		assertThat(this.uncaught).singleElement().isInstanceOf(SecurityException.class);
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		gate.open();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
	}

	// The listener hears of the refusal, and runs another callback, on the same thread.
	@Test
	void threadOfAMember_thatNobodyTakesAndAListenerHearsOf_isInsideOfItsPool() throws Exception {
		CompletableFuture<Throwable> refusal = new CompletableFuture<>();
		CompletableFuture<String> heard = new CompletableFuture<>();
		Runnable another = this.environment.asThreadFactory(this.engine.threadFactory())
			.newThread(() -> heard.complete("heard"));
		CleanupGroup closed = this.engine.group(CleanupGroup.builder("closed").listener(new CleanupGroupListener() {
			@Override
			public void rejected(MemberKind kind, String name) {
				another.run();
			}
		}));
		Thread thread = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(closed)
			.build()
			.asThreadFactory(this.engine.threadFactory())
			.newThread(() -> refusal.complete(catchThrowable(() -> this.pool.awaitTermination(Duration.ZERO))));
		closed.close(CloseOptions.awaitPending());
		thread.start();
		assertThat(refusal.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
		assertThat(heard).isCompleted();
	}

	@Test
	void thread_thatFailsAsItStarts_runsCallbacksAllTheSame() throws Exception {
		ThreadPool secretive = this.engine.watch(ThreadPool.builder("secretive")
			.maxThreads(1)
			.onUncaught((member, failure) -> this.uncaught.add(failure))
			.threadFactory((task) -> this.engine.watch(new SecretiveThread(task, "secretive")))
			.build());
		for (int i = 0; i < 2; i++) {
			assertThat(environment(secretive).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		}
		assertThat(this.uncaught).singleElement().isInstanceOf(SecurityException.class);
		assertThat(secretive.stats().threads()).isEqualTo(1);
	}

	@Test
	void submitter_thatCannotRunACallbackItself_leavesNothingRunning() throws Exception {
		CleanupGroup full = this.engine
			.group(CleanupGroup.builder("full").queueCapacity(1).overflow(Overflow.CALLER_RUNS));
		CallbackEnvironment into = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(full).build();
		Gate gate = this.engine.gate();
		this.environment.trySubmit(gate);
		gate.awaitArrival();
		into.trySubmit(GroupFixture::nothing);
		CompletableFuture<Throwable> refusal = new CompletableFuture<>();
		this.engine.watch(new SecretiveThread(() -> {
			try {
				into.trySubmit(GroupFixture::nothing);
			}
			catch (RuntimeException ex) {
				refusal.complete(ex);
			}
		}, "submitter")).start();
		assertThat(refusal.get(20, TimeUnit.SECONDS)).isInstanceOf(SecurityException.class);
		CloseReport report = full.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(report.stillRunning()).isEmpty();
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
	}

	private CompletableFuture<Throwable> failureOfSubmitter(CallbackEnvironment into, Callback callback) {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.engine.watch(new Thread(() -> {
			try {
				into.trySubmit(callback);
				failure.complete(null);
			}
			catch (Throwable ex) {
				failure.complete(ex);
			}
		}, "submitter")).start();
		return failure;
	}

	@Test
	void submitter_thatCannotReadTheClockToRunACallbackItself_leavesNothingRunning() throws Exception {
		FailingTimeSource clock = new FailingTimeSource(TimeSource.SYSTEM, "submitter");
		ThreadPool failing = this.engine.pool(ThreadPool.builder("failing").maxThreads(1).timeSource(clock));
		CleanupGroup full = this.engine
			.group(CleanupGroup.builder("full").queueCapacity(1).overflow(Overflow.CALLER_RUNS));
		CallbackEnvironment into = CallbackEnvironment.builder().pool(failing).cleanupGroup(full).build();
		Gate gate = this.engine.gate();
		environment(failing).trySubmit(gate);
		gate.awaitArrival();
		into.trySubmit(GroupFixture::nothing);
		// The first is the stamp of the submission.
		clock.failReadAfter(1);
		assertThat(failureOfSubmitter(into, GroupFixture::nothing).get(20, TimeUnit.SECONDS))
			.hasMessage(FailingTimeSource.MESSAGE);
		assertThat(full.memberCounts().total()).isEqualTo(1);
		CloseReport report = full.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(report.stillRunning()).isEmpty();
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
	}

	@Test
	void submitter_thatCannotReadTheClockToChooseWhomToWake_isNotRefused() throws Exception {
		ManualTimeSource standing = new ManualTimeSource();
		FailingTimeSource clock = new FailingTimeSource(standing, "submitter");
		ThreadPool idle = this.engine.pool(ThreadPool.builder("idle").minThreads(2).maxThreads(2).timeSource(clock));
		standing.awaitParked(2);
		// The first is the stamp of the submission.
		clock.failReadAfter(1);
		CountDownLatch ran = new CountDownLatch(1);
		assertThat(failureOfSubmitter(environment(idle), (instance) -> ran.countDown()).get(20, TimeUnit.SECONDS))
			.isNull();
		assertThat(clock.hasFailed()).isTrue();
		assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
	}

	// What it has begun, and what it counts itself to, others are to tell of.
	@Test
	void close_thatFailsAsItBegins_attendsToNothingAnyMore() throws Exception {
		ThreadPool two = this.engine.pool(2);
		FailingTimeSource closers = new FailingTimeSource(TimeSource.SYSTEM, "closer");
		CleanupGroup first = this.engine.group(CleanupGroup.builder("first").parent(this.group));
		CleanupGroup second = this.engine.group(CleanupGroup.builder("second").parent(this.group).timeSource(closers));
		CompletableFuture<Thread> teller = new CompletableFuture<>();
		Gate ofFirst = this.engine.gate();
		CallbackEnvironment.builder()
			.pool(two)
			.cleanupGroup(first)
			.onCancel((cancellation) -> teller.complete(Thread.currentThread()))
			.build()
			.newWork(ofFirst)
			.submit();
		Gate ofSecond = this.engine.gate();
		CallbackEnvironment.builder().pool(two).cleanupGroup(second).build().trySubmit(ofSecond);
		ofFirst.awaitArrival();
		ofSecond.awaitArrival();
		CompletableFuture<CloseReport> own = second
			.closeMembersAsync(CloseOptions.awaitPending().timeout(Duration.ofHours(1)));
		closers.failNextRead();
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.cancelPending()));
		assertThat(close.failure()).isInstanceOf(OutOfMemoryError.class);
		ofFirst.open();
		assertThat(teller.get(20, TimeUnit.SECONDS)).isNotSameAs(close.thread());
		ofSecond.open();
		assertThat(own.get(20, TimeUnit.SECONDS).timedOut()).isFalse();
	}

	@Test
	void interrupt_thatThrows_keepsNoOtherCallbackFromItsOwn() throws Exception {
		ThreadPool locked = poolOfLockedThreads(2);
		Gate never = this.engine.gate();
		environment(locked).trySubmit(never);
		environment(locked).trySubmit(never);
		never.awaitArrivals(2);
		CloseReport report = this.group
			.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO).timeout(Duration.ofSeconds(20)));
		assertThat(report.timedOut()).isFalse();
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(this.uncaught).filteredOn(SecurityException.class::isInstance).hasSize(2);
	}

	/** What the logging of an application may do to it, where nobody else hears. */
	@Test
	void log_thatThrows_losesNothingOfACallbackThatDoes() throws Exception {
		ThreadPool logged = this.engine.pool(1);
		try (FailingLog log = FailingLog.of(ThreadPool.class)) {
			environment(logged).submit(() -> 1).get(20, TimeUnit.SECONDS);
			environment(logged).trySubmit((instance) -> {
				throw new IllegalStateException("expected");
			});
			assertThat(environment(logged).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
			assertThat(log.records()).isEqualTo(1);
		}
		assertThat(logged.stats().threads()).isEqualTo(1);
	}

	@Test
	void log_thatThrowsWhereAListenerDoes_keepsNoOwnerFromBeingTold() throws Exception {
		CleanupGroup heard = this.engine.group(CleanupGroup.builder("heard").listener(new CleanupGroupListener() {

			@Override
			public void callbacksCancelled(long count) {
				throw new IllegalStateException("expected");
			}

		}));
		Gate gate = this.engine.gate();
		this.environment.trySubmit(gate);
		gate.awaitArrival();
		CompletableFuture<Integer> dropped = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(heard)
			.build()
			.submit(() -> 1);
		try (FailingLog log = FailingLog.of(CleanupGroup.class)) {
			CloseReport report = heard.closeMembers(CloseOptions.cancelPending());
			assertThat(report.cancelledCallbacks()).isEqualTo(1);
			assertThat(log.records()).isEqualTo(1);
		}
		assertThat(dropped).isCancelled();
		assertThat(heard.isClosing()).isFalse();
	}

	// R123: telling one owner fails in the library's own code
	@Test
	void owners_whereTellingOneOfThemFails_areAllTold() throws Exception {
		Gate gate = this.engine.gate();
		this.environment.trySubmit(gate);
		gate.awaitArrival();
		FailingLock lock = new FailingLock();
		CountDownLatch told = new CountDownLatch(2);
		CallbackEnvironment telling = CallbackEnvironment.builder().pool(this.pool).onCancel((cancellation) -> {
			told.countDown();
			lock.failNext = told.getCount() == 1;
			throw new IllegalStateException("expected");
		}).build();
		Generation generation = new Generation(this.group);
		Lane lane = generation.addLane(this.pool.dispatcher(), Lane.OPEN);
		for (int i = 0; i < 2; i++) {
			OneOff oneOff = telling.oneOff(null, GroupFixture::nothing, null);
			assertThat(this.pool.dispatcher().enter(oneOff, lane, false)).isEqualTo(Admitted.ENTERED);
		}
		Closing closing = new Closing(generation, this.group, lock, Deadline.in(this.time, null));
		closing.begin(Retention.CLOSE_DECIDES, CloseOptions.cancelPending());
		closing.giveNotices(Thread.currentThread());
		assertThat(told.getCount()).isZero();
		assertThat(closing.isFinished()).isTrue();
		assertThat(closing.reportFailures(Closing.Leftover.NONE)).extracting(Throwable::getMessage)
			.containsExactly("expected");
		assertThat(List.copyOf(this.uncaught)).singleElement().isInstanceOf(OutOfMemoryError.class);
	}

	// Where sealing has failed, which disarms what is armed
	@Test
	void lane_thatEndsWithATimerArmed_disarmsIt() {
		Lane lane = new Generation(this.group).addLane(this.pool.dispatcher(), Lane.OPEN);
		Timer timer = new Timer(this.environment, null, GroupFixture::nothing, lane, 0);
		assertThat(this.pool.dispatcher().join(timer, false)).isEqualTo(Admitted.ENTERED);
		timer.set(Duration.ofHours(1), Duration.ofHours(1));
		assertThat(timer.isArmed()).isTrue();
		this.pool.dispatcher().end(lane, new ArrayList<>());
		assertThat(timer.isArmed()).isFalse();
		assertThat(lane.hasArmed()).isFalse();
	}

	@Test
	void lock_whoseTakerFailsToSettle_isFree() {
		PoolLock lock = new PoolLock(() -> {
			throw new OutOfMemoryError(FailingTimeSource.MESSAGE);
		});
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(lock::lock);
		assertThat(lock.isLocked()).isFalse();
	}

	/** A lock that has no memory for a waiter, once. */
	private static final class FailingLock extends ReentrantLock {

		private static final long serialVersionUID = 1L;

		private boolean failNext;

		@Override
		public void lock() {
			if (this.failNext) {
				this.failNext = false;
				throw new OutOfMemoryError(FailingTimeSource.MESSAGE);
			}
			super.lock();
		}

	}

}
