package io.github.cleanupgroups;

import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Threads of their own whose code is a member of a group.
 */
class MemberThreadTests extends GroupFixture {

	private final Queue<String> seen = new ConcurrentLinkedQueue<>();

	private final Queue<String> rejected = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

	private final CleanupGroup heard = group(CleanupGroup.builder("heard").listener(new CleanupGroupListener() {

		@Override
		public boolean hearsCallbacks() {
			return true;
		}

		@Override
		public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
				@Nullable Throwable failure) {
			MemberThreadTests.this.seen.add(kind.label() + " " + name + " ran");
		}

		@Override
		public void rejected(MemberKind kind, String name) {
			MemberThreadTests.this.rejected.add(kind.label() + " " + name);
		}

	}));

	/** Threads of members of a group, which are to be gone after the test. */
	private ThreadFactory threads(CleanupGroup of) {
		return environment(of).memberName("fork").build().asThreadFactory(this.engine.threadFactory());
	}

	/**
	 * Threads that wait at a gate once they are started, before they come to what they
	 * are to run.
	 */
	private ThreadFactory slowThreads(CleanupGroup of, Gate gate) {
		return environment(of).memberName("fork")
			.build()
			.asThreadFactory((task) -> this.engine.threadFactory().newThread(() -> {
				gate.passUninterruptibly();
				task.run();
			}));
	}

	private static Runnable passing(Gate gate) {
		return () -> {
			try {
				gate.pass();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

	/** Notes how it runs. */
	private void note() {
		this.seen.add("group " + CleanupGroup.current().map(CleanupGroup::name).orElse("none")
				+ (Thread.currentThread().isInterrupted() ? ", interrupted" : ""));
	}

	private static Thread started(Thread thread) {
		thread.start();
		return thread;
	}

	@Test
	void thread_ofAGroup_isARunningOneOffWhileItRuns() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = started(threads(this.group).newThread(passing(gate)));
		gate.awaitArrival();
		assertThat(this.group.memberCounts().of(MemberKind.CALLBACK, MemberState.RUNNING)).isEqualTo(1);
		assertThat(this.group.runningCallbacks()).singleElement().satisfies((running) -> {
			assertThat(running.name()).isEqualTo("fork");
			assertThat(running.thread()).isEqualTo(thread.getName());
			assertThat(running.stack()).anyMatch((frame) -> frame.getMethodName().equals("pass"));
		});
		assertThat(this.pool.stats().threads()).as("threads of the pool").isZero();
		gate.open();
		thread.join();
		assertThat(this.group.memberCounts().total()).isZero();
		assertThat(this.pool.stats().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void thread_ofAGroup_knowsTheGroupAndTellsItsListener() throws Exception {
		started(threads(this.heard).newThread(this::note)).join();
		assertThat(this.seen).containsExactly("group heard", "callback fork ran");
	}

	@Test
	void threads_withoutAFactory_areVirtualWhereThisJavaHasThemAndNamedAfterGroupAndMember() throws Exception {
		ThreadFactory threads = environment().memberName("quote").build().asThreadFactory();
		Thread thread = this.engine.watch(threads.newThread(this::note));
		assertThat(thread.toString().contains("VirtualThread")).isEqualTo(Runtime.version().feature() >= 21);
		assertThat(thread.getName()).isEqualTo("mail-quote-1");
		started(thread).join();
		assertThat(this.seen).containsExactly("group mail");
	}

	@Test
	void thread_withoutAGroup_runsAsACallbackOfThePool() throws Exception {
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).build();
		started(environment.asThreadFactory(this.engine.threadFactory()).newThread(this::note)).join();
		assertThat(this.seen).containsExactly("group none");
		assertThat(this.pool.stats().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void newThread_ofAClosedGroup_isRefusedBeforeAThreadIsMade() throws Exception {
		AtomicInteger made = new AtomicInteger();
		ThreadFactory threads = environment(this.heard).memberName("fork").build().asThreadFactory((task) -> {
			made.incrementAndGet();
			return new Thread(task);
		});
		this.heard.close(CloseOptions.awaitPending());
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> threads.newThread(this::note))
			.withMessageContainingAll("'heard'", "'fork'", "closed");
		assertThat(this.rejected).containsExactly("callback fork");
		assertThat(made).hasValue(0);
	}

	@Test
	void newThread_ofAGroupThatRefuses_isRefused() {
		this.heard.refuse();
		assertThatExceptionOfType(GroupClosedException.class)
			.isThrownBy(() -> threads(this.heard).newThread(this::note))
			.withMessageContainingAll("'heard'", "'fork'");
		assertThat(this.rejected).containsExactly("callback fork");
	}

	@Test
	void newThread_onAClosedPool_isRefused() {
		this.pool.close();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> threads(this.heard).newThread(this::note))
			.withMessageContainingAll("'pool'", "'heard'", "'fork'");
		assertThat(this.rejected).containsExactly("callback fork");
	}

	@Test
	void factory_thatHasNoThread_leavesNothingBehind() throws Exception {
		CallbackEnvironment environment = environment().build();
		assertThat(environment.asThreadFactory((task) -> null).newThread(this::note)).isNull();
		ThreadFactory failing = environment.asThreadFactory((task) -> {
			throw new IllegalStateException("no more threads");
		});
		assertThatIllegalStateException().isThrownBy(() -> failing.newThread(this::note))
			.withMessage("no more threads");
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).closedMembers()).isZero();
	}

	@Test
	void close_whileAThreadRuns_awaitsAndCountsIt() throws Exception {
		Gate gate = this.engine.gate();
		started(threads(this.group).newThread(passing(gate)));
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(close.hasReturned()).isFalse();
		gate.open();
		assertThat(close.report().closedMembers()).isEqualTo(1);
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(CloseMode.class)
	void close_ofAThreadThatIsStartedAndHasNotBegun_awaitsIt(CloseMode mode) throws Exception {
		Gate gate = this.engine.gate();
		started(slowThreads(this.group, gate).newThread(this::note));
		gate.awaitArrival();
		assertThat(this.group.memberCounts().of(MemberKind.CALLBACK, MemberState.QUEUED)).isEqualTo(1);
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(1);
		CloseCall close = closingMembers(switch (mode) {
			case AWAIT -> CloseOptions.awaitPending();
			case CANCEL -> CloseOptions.cancelPending();
			case AWAIT_THEN_CANCEL -> CloseOptions.awaitThenCancel(Duration.ZERO);
		});
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(close.report().closedMembers()).isEqualTo(1);
		assertThat(this.seen).containsExactly("group mail");
	}

	@Test
	void closeThatTimesOut_beforeAThreadHasBegun_tellsOfIt() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = started(slowThreads(this.group, gate).newThread(this::note));
		gate.awaitArrival();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO));
		assertThat(report.timedOut()).isTrue();
		assertThat(report.stillRunning()).singleElement().satisfies((member) -> {
			assertThat(member.name()).isEqualTo("fork");
			assertThat(member.pendingCallbacks()).isEqualTo(1);
		});
		gate.open();
		thread.join();
		assertThat(this.seen).containsExactly("group mail");
	}

	@ParameterizedTest
	@EnumSource(CloseMode.class)
	void close_ofAThreadThatIsNotStarted_returns(CloseMode mode) throws Exception {
		Thread thread = threads(this.group).newThread(this::note);
		CloseReport report = this.group.closeMembers(switch (mode) {
			case AWAIT -> CloseOptions.awaitPending();
			case CANCEL -> CloseOptions.cancelPending();
			case AWAIT_THEN_CANCEL -> CloseOptions.awaitThenCancel(Duration.ofHours(1));
		});
		assertThat(report.closedMembers()).as("members").isZero();
		assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
	}

	@Test
	void thread_startedAfterTheCloseOfItsMembers_isAMemberOfWhatIsThereThen() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = threads(this.group).newThread(passing(gate));
		this.group.closeMembers(CloseOptions.awaitPending());
		started(thread);
		gate.awaitArrival();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	// A scope or an executor waits for what it runs: it would hang.
	@Test
	void thread_startedAfterItsGroupWasClosedForGood_runsInterruptedAndInNoGroup() throws Exception {
		Thread thread = threads(this.heard).newThread(this::note);
		this.heard.close(CloseOptions.awaitPending());
		started(thread).join();
		assertThat(this.seen).containsExactly("group none, interrupted");
		assertThat(this.rejected).containsExactly("callback fork");
	}

	@Test
	void thread_startedAfterItsPoolWasClosedAndAwaited_runsInterruptedAndInNoGroup() throws Exception {
		Thread thread = threads(this.heard).newThread(this::note);
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		started(thread).join();
		assertThat(this.seen).containsExactly("group none, interrupted");
		assertThat(this.rejected).containsExactly("callback fork");
	}

	@Test
	void awaitTermination_ofAThreadThatHasNotBegun_awaitsIt() throws Exception {
		Gate gate = this.engine.gate();
		started(slowThreads(this.group, gate).newThread(this::note));
		gate.awaitArrival();
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		gate.open();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		assertThat(this.seen).containsExactly("group mail");
	}

	// Nobody tells who waits already that there is nothing to wait for.
	@Test
	void awaitTermination_begunBeforeAThreadIsMadeThatIsNotStarted_returnsOnceThePoolIsClosed() throws Exception {
		CompletableFuture<Boolean> terminated = awaitingTermination();
		Thread thread = threads(this.group).newThread(this::note);
		this.pool.close();
		assertThat(terminated.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
	}

	@Test
	void awaitTermination_withoutTime_heedsNoThreadThatIsNotStarted() throws Exception {
		Thread thread = threads(this.group).newThread(this::note);
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isTrue();
		assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
	}

	@Test
	void awaitTermination_ofAPoolThatIsOpen_leavesThreadsToTheClosesOfTheirGroups() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = slowThreads(this.heard, gate).newThread(this::note);
		CompletableFuture<Boolean> terminated = awaitingTermination();
		started(thread);
		gate.awaitArrival();
		CloseCall close = CloseCall.start(this.engine, () -> this.heard.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(this.seen).containsExactly("group heard", "callback fork ran");
		this.pool.close();
		assertThat(terminated.get(20, TimeUnit.SECONDS)).isTrue();
	}

	/** Waits for the pool's end on another thread; returns once that one sleeps. */
	private CompletableFuture<Boolean> awaitingTermination() {
		CompletableFuture<Boolean> terminated = new CompletableFuture<>();
		this.engine.start("waiter", () -> terminated.complete(this.pool.awaitTermination(Duration.ofHours(1))));
		this.time.awaitAsleep("waiter");
		return terminated;
	}

	@Test
	void thread_thatIsRunTwice_isAMemberEachTime() throws Exception {
		Thread thread = threads(this.group).newThread(this::note);
		((Runnable) thread).run();
		started(thread).join();
		assertThat(this.seen).containsExactly("group mail", "group mail");
	}

	/** A thread that was started, stands at a gate and ends without reaching its task. */
	private Thread startedThatNeverBegins(Gate gate) throws Exception {
		ThreadFactory threads = environment().build()
			.asThreadFactory((task) -> this.engine.threadFactory().newThread(gate::passUninterruptibly));
		Thread thread = started(threads.newThread(this::note));
		gate.awaitArrival();
		return thread;
	}

	// As where start() fails, or the scope has been cancelled in between.
	@Test
	void close_whileAStartedThreadFailsToBegin_returns() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = startedThatNeverBegins(gate);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		thread.join();
		this.time.advance(Duration.ofMillis(10));
		assertThat(close.report().closedMembers()).isZero();
		assertThat(this.seen).isEmpty();
	}

	@Test
	void close_whileAThreadThatWasMadeMeanwhileFailsToBegin_returns() throws Exception {
		Gate makerAt = this.engine.gate();
		Gate forkAt = this.engine.gate();
		ThreadFactory threads = environment().build()
			.asThreadFactory((task) -> this.engine.threadFactory().newThread(forkAt::passUninterruptibly));
		AtomicReference<@Nullable Thread> fork = new AtomicReference<>();
		environment().build().submit(null, (instance) -> {
			makerAt.pass();
			fork.set(started(threads.newThread(this::note)));
		});
		makerAt.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		makerAt.open();
		forkAt.awaitArrival();
		this.time.awaitAsleep("closer", Duration.ofMillis(10));
		forkAt.open();
		Objects.requireNonNull(fork.get()).join();
		this.time.advance(Duration.ofMillis(10));
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(this.seen).isEmpty();
	}

	@Test
	void close_whileACallbackRuns_sleepsAlthoughAThreadIsThatHasNotBegun() throws Exception {
		Gate gate = runningMaker(environment().build());
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(Duration.ofHours(1)));
		this.time.awaitAsleep("closer", Duration.ofHours(1));
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void close_whileWhoWaitsForThePoolFindsThatAThreadWillNotBegin_returns() throws Exception {
		Gate gate = this.engine.gate();
		Thread thread = startedThatNeverBegins(gate);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		thread.join();
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ofHours(1))).isTrue();
		assertThat(close.report().closedMembers()).isZero();
	}

	@Test
	void close_withAnInterrupt_interruptsTheThread() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<@Nullable Thread> interrupted = new AtomicReference<>();
		Thread thread = started(threads(this.group).newThread(() -> {
			try {
				gate.pass();
			}
			catch (InterruptedException ex) {
				interrupted.set(Thread.currentThread());
			}
		}));
		gate.awaitArrival();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		assertThat(report.escalations()).extracting(CloseEscalation::step).containsExactly(CloseStep.INTERRUPT);
		assertThat(interrupted).hasValue(thread);
	}

	@Test
	void close_withAnInterruptBeforeAThreadHasBegun_interruptsItAllTheSame() throws Exception {
		ThreadFactory threads = environment().build()
			.asThreadFactory((task) -> this.engine.threadFactory().newThread(() -> {
				while (!Thread.currentThread().isInterrupted()) {
					Thread.onSpinWait();
				}
				task.run();
			}));
		started(threads.newThread(this::note));
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		assertThat(report.escalations()).singleElement()
			.satisfies((escalation) -> assertThat(escalation.callbacks()).isEqualTo(1));
		assertThat(this.seen).containsExactly("group mail, interrupted");
	}

	/** Whoever interrupts it first returns once its task has begun. */
	private static final class BeginningThread extends Thread {

		final CountDownLatch begun = new CountDownLatch(1);

		final AtomicInteger interrupts = new AtomicInteger();

		BeginningThread(Runnable task) {
			super(task);
		}

		@Override
		public void interrupt() {
			super.interrupt();
			while (this.begun.getCount() > 0) {
				Thread.onSpinWait();
			}
			this.interrupts.incrementAndGet();
		}

	}

	@Test
	void close_withAnInterruptAsAThreadBegins_countsItOnce() throws Exception {
		ThreadFactory threads = environment().build()
			.asThreadFactory((task) -> this.engine.watch(new BeginningThread(() -> {
				while (!Thread.currentThread().isInterrupted()) {
					Thread.onSpinWait();
				}
				task.run();
			})));
		started(threads.newThread(() -> {
			BeginningThread self = (BeginningThread) Thread.currentThread();
			self.begun.countDown();
			while (self.interrupts.get() < 2) {
				Thread.onSpinWait();
			}
		}));
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		assertThat(report.escalations()).singleElement()
			.satisfies((escalation) -> assertThat(escalation.callbacks()).isEqualTo(1));
	}

	@Test
	void close_fromAThreadOfTheGroup_isRefused() throws Exception {
		CompletableFuture<CloseReport> close = new CompletableFuture<>();
		started(threads(this.group).newThread(() -> {
			try {
				close.complete(this.group.closeMembers(CloseOptions.awaitPending()));
			}
			catch (IllegalStateException | InterruptedException ex) {
				close.completeExceptionally(ex);
			}
		})).join();
		assertThat(close).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("closeMembersAsync");
	}

	@Test
	void thread_whileItsGroupDrains_letsInWhatItSubmitsAndForks() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().build();
		started(threads(this.group).newThread(() -> {
			gate.passUninterruptibly();
			started(threads(this.group).newThread(this::note));
			environment.submit(null, (instance) -> this.seen.add("submitted"));
		}));
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(3);
		assertThat(this.seen).containsExactlyInAnyOrder("group mail", "submitted");
	}

	@Test
	void thread_madeWhileItsGroupDrains_isAwaitedAlthoughItsMakerHasEnded() throws Exception {
		Gate makerAt = this.engine.gate();
		Gate forkAt = this.engine.gate();
		Thread maker = started(threads(this.group).newThread(() -> {
			makerAt.passUninterruptibly();
			started(slowThreads(this.group, forkAt).newThread(this::note));
		}));
		makerAt.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		makerAt.open();
		forkAt.awaitArrival();
		maker.join();
		assertThat(close.hasReturned()).isFalse();
		forkAt.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
		assertThat(this.seen).containsExactly("group mail");
	}

	@Test
	void thread_madeFromInsideAndNeverStarted_holdsUpNoClose() throws Exception {
		Gate gate = runningMaker(environment().build());
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void thread_madeFromInsideOnAnotherPoolAndNeverStarted_holdsUpNoClose() throws Exception {
		Gate gate = runningMaker(CallbackEnvironment.builder().pool(pool(1)).cleanupGroup(this.group).build());
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
	}

	// Of most callbacks of a batch nobody hears that they have returned.
	@Test
	void thread_madeByACallbackOfABatchAndNeverStarted_holdsUpNoClose() throws Exception {
		Gate busy = busyPool();
		Gate gate = this.engine.gate();
		ThreadFactory threads = threads(this.group);
		List<Thread> unstarted = new ArrayList<>();
		environment().build().submit(null, (instance) -> unstarted.add(threads.newThread(this::note)));
		for (int i = 0; i < 20; i++) {
			environment().build().submit(null, gate);
		}
		busy.open();
		gate.awaitArrivals(2);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().stillRunning()).isEmpty();
		assertThat(unstarted).singleElement().matches((thread) -> thread.getState() == Thread.State.NEW);
	}

	/** A one-off that has made a thread and waits before it ends. */
	private Gate runningMaker(CallbackEnvironment ofThread) throws Exception {
		Gate gate = this.engine.gate();
		environment().build().submit(null, (instance) -> {
			Thread unstarted = ofThread.asThreadFactory(this.engine.threadFactory()).newThread(this::note);
			gate.pass();
			assertThat(unstarted.getState()).isEqualTo(Thread.State.NEW);
		});
		gate.awaitArrival();
		return gate;
	}

	@Test
	void thread_madeFromInside_mayBeStartedWhileItsMakerRunsAndTheGroupDrains() throws Exception {
		Gate madeAt = this.engine.gate();
		CallbackEnvironment onAnotherPool = CallbackEnvironment.builder()
			.pool(pool(1))
			.cleanupGroup(this.group)
			.build();
		environment().build().submit(null, (instance) -> {
			Thread thread = onAnotherPool.asThreadFactory(this.engine.threadFactory()).newThread(this::note);
			madeAt.pass();
			started(thread);
		});
		madeAt.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		madeAt.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
		assertThat(this.seen).containsExactly("group mail");
	}

	@Test
	void thread_madeBeforeACloseAndStartedWhileTheGroupDrains_isAwaited() throws Exception {
		Gate runningAt = runningOneOff(environment(this.heard).memberName("running").build());
		Gate forkAt = this.engine.gate();
		Thread thread = slowThreads(this.heard, forkAt).newThread(this::note);
		CloseCall close = CloseCall.start(this.engine, () -> this.heard.close(CloseOptions.cancelPending()))
			.awaitWaiting();
		started(thread);
		forkAt.awaitArrival();
		runningAt.open();
		forkAt.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
		assertThat(this.seen).contains("group heard");
		assertThat(this.rejected).isEmpty();
	}

	@Test
	void thread_madeByAMemberThatHasEndedAndStartedByAnother_isAwaited() throws Exception {
		AtomicReference<@Nullable Thread> made = new AtomicReference<>();
		Gate makerAt = this.engine.gate();
		Gate starterAt = this.engine.gate();
		ThreadFactory threads = threads(this.heard);
		CallbackEnvironment environment = environment(this.heard).build();
		environment.submit(null, (instance) -> {
			makerAt.pass();
			made.set(threads.newThread(this::note));
		});
		environment.submit(null, (instance) -> {
			starterAt.pass();
			started(Objects.requireNonNull(made.get()));
		});
		makerAt.awaitArrival();
		starterAt.awaitArrival();
		CloseCall close = CloseCall.start(this.engine, () -> this.heard.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		makerAt.open();
		eventually("callbacks that run", 1, () -> this.heard.memberCounts().runningCallbacks());
		starterAt.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(3);
		assertThat(this.seen).contains("group heard");
	}

	@Test
	void callback_thatHoldsTheLastSlot_mayWaitForItsThreads() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		environment(limited).build().submit(() -> {
			started(threads(limited).newThread(this::note)).join();
			return this.seen.add("joined");
		}).get(20, TimeUnit.SECONDS);
		assertThat(this.seen).containsExactly("group limited", "joined");
	}

	@Test
	void limit_thatComesWhileAThreadRuns_isNotForIt() throws Exception {
		Gate gate = this.engine.gate();
		started(threads(this.group).newThread(passing(gate)));
		gate.awaitArrival();
		this.group.maxConcurrency(1);
		environment().build().submit(() -> this.seen.add("ran beside it")).get(20, TimeUnit.SECONDS);
		gate.open();
	}

	@Test
	void task_thatThrows_isHeardOfAndBreaksNothing() throws Exception {
		ThreadPool own = this.engine
			.pool(ThreadPool.builder("own").onUncaught((member, failure) -> this.uncaught.add(failure)));
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(own).cleanupGroup(this.group).build();
		started(environment.asThreadFactory(this.engine.threadFactory()).newThread(() -> {
			throw new IllegalStateException("planted");
		})).join();
		assertThat(this.uncaught).singleElement().isInstanceOf(IllegalStateException.class);
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void task_underADecorator_runsInTheContextOfTheThreadThatMadeIt() throws Exception {
		ThreadLocal<String> context = ThreadLocal.withInitial(() -> "none");
		CallbackEnvironment environment = environment().decorator((kind, name) -> new Carrying(context, context.get()))
			.build();
		ThreadFactory threads = environment.asThreadFactory(this.engine.threadFactory());
		context.set("order 7");
		Thread thread = threads.newThread(() -> this.seen.add(context.get()));
		context.set("order 8");
		started(thread).join();
		Thread late = threads.newThread(() -> this.seen.add(context.get()));
		context.remove();
		this.group.close(CloseOptions.awaitPending());
		started(late).join();
		assertThat(this.seen).containsExactly("order 7", "order 8");
	}

	@Test
	void task_whoseDecoratorRunsNothing_runsAllTheSame() throws Exception {
		CallbackEnvironment environment = environment().decorator((kind, name) -> new NotRunning()).build();
		started(environment.asThreadFactory(this.engine.threadFactory()).newThread(this::note)).join();
		assertThat(this.seen).containsExactly("group mail");
	}

	@Test
	void threads_thatAreMadeAndForgotten_areNotKept() {
		ThreadFactory threads = environment().build().asThreadFactory();
		List<WeakReference<Thread>> forgotten = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			forgotten.add(new WeakReference<>(threads.newThread(this::note)));
		}
		eventually("the threads that nobody knows", 0L, () -> {
			System.gc();
			return forgotten.stream().filter((thread) -> thread.get() != null).count();
		});
		Lane lane = this.group.lanes(this.pool.dispatcher()).get(0);
		eventually("what is known of them", true, () -> {
			// The next one lets go of those before it.
			threads.newThread(this::note);
			return lane.unbegun < 100;
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void executor_withAThreadForEachTask_makesMembersOfTheGroup() throws Exception {
		Gate gate = this.engine.gate();
		ExecutorService executor = threadPerTask(environment(this.heard).memberName("fork").build().asThreadFactory());
		Future<String> future = executor.submit(() -> {
			gate.pass();
			return "done";
		});
		gate.awaitArrival();
		assertThat(this.heard.memberCounts().runningCallbacks()).isEqualTo(1);
		CloseCall close = closingMembers(this.heard, CloseOptions.cancelPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("done");
		this.heard.close(CloseOptions.awaitPending());
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> executor.submit(() -> "refused"));
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> executor.execute(this::note));
		executor.shutdown();
		assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
	}

	private static ExecutorService threadPerTask(ThreadFactory threads)
			throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
		return (ExecutorService) Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
			.invoke(null, threads);
	}

	@Test
	void threads_startedWhileTheGroupIsClosedAgainAndAgain_runEachOnce() throws Exception {
		int each = 300;
		AtomicInteger ran = new AtomicInteger();
		ThreadFactory threads = threads(this.group);
		List<Thread> makers = new ArrayList<>();
		for (int maker = 0; maker < 2; maker++) {
			makers.add(this.engine.start("maker", () -> {
				for (int i = 0; i < each; i++) {
					started(threads.newThread(ran::incrementAndGet)).join();
				}
			}));
		}
		for (int i = 0; makers.stream().anyMatch(Thread::isAlive); i++) {
			this.group.closeMembers((i % 2 == 0) ? CloseOptions.awaitPending() : CloseOptions.cancelPending());
		}
		assertThat(ran).hasValue(2 * each);
		assertThat(this.group.memberCounts().total()).isZero();
	}

	/** Puts into the context what was there when it was made. */
	private record Carrying(ThreadLocal<String> context, String carried) implements CallbackDecorator.Decoration {

		@Override
		public void run(CallbackDecorator.Execution execution) {
			this.context.set(this.carried);
			execution.proceed();
		}

		@Override
		public void tellOwner(Runnable notice) {
			notice.run();
		}

	}

	private record NotRunning() implements CallbackDecorator.Decoration {

		@Override
		public void run(CallbackDecorator.Execution execution) {
		}

		@Override
		public void tellOwner(Runnable notice) {
			notice.run();
		}

	}

}
