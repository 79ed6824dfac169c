package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Groups whose queue is bounded (F30): what a submission does that finds it full.
 */
@Timeout(300)
class QueueBoundTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(1);

	private final Gate gate = this.engine.gate();

	private final AtomicInteger runs = new AtomicInteger();

	private final Callback counting = (instance) -> this.runs.incrementAndGet();

	private CleanupGroup group(int capacity, Overflow overflow) {
		return this.engine.group(CleanupGroup.builder("mail").queueCapacity(capacity).overflow(overflow));
	}

	private CallbackEnvironment environment(CleanupGroup group) {
		return environmentOf(group).build();
	}

	private CallbackEnvironment.Builder environmentOf(CleanupGroup group) {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(group).memberName("letter");
	}

	/** Keeps the only thread busy and fills the queue. */
	private CallbackEnvironment full(CleanupGroup group, int capacity) throws Exception {
		CallbackEnvironment environment = environment(group);
		environment.trySubmit(this.gate);
		this.gate.awaitArrival();
		for (int i = 0; i < capacity; i++) {
			assertThat(environment.trySubmit(this.counting)).isTrue();
		}
		return environment;
	}

	private void awaitBlocked(Thread submitter) {
		eventually("state of the submitter", true, () -> submitter.getState() == Thread.State.WAITING
				|| submitter.getState() == Thread.State.TIMED_WAITING);
	}

	@Test
	void submission_toAFullQueueThatRejects_isRefusedNamingGroupMemberAndCapacity() throws Exception {
		CallbackEnvironment environment = full(group(2, Overflow.REJECT), 2);
		Work work = environment.newWork(this.counting);
		String[] named = { "'mail'", "'letter'", "capacity 2" };
		assertThatExceptionOfType(QueueFullException.class).isThrownBy(() -> environment.submit(() -> 1))
			.withMessageContainingAll(named);
		assertThatExceptionOfType(QueueFullException.class).isThrownBy(work::submit).withMessageContainingAll(named);
		assertThatExceptionOfType(QueueFullException.class)
			.isThrownBy(() -> environment.asExecutorService().execute(() -> {
			}))
			.withMessageContainingAll(named);
		// R96
		assertThat(environment.trySubmit(this.counting)).isFalse();
		this.gate.open();
		eventually("runs", 2, this.runs::get);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(3);
	}

	@Test
	void room_takenByWhatIsDroppedOrWithdrawn_isGivenBack() throws Exception {
		CallbackEnvironment environment = full(group(2, Overflow.REJECT), 0);
		Work work = environment.newWork(this.counting);
		for (int round = 0; round < 3; round++) {
			work.submit();
			CompletableFuture<Integer> future = environment.submit(() -> 1);
			work.awaitCallbacks(Pending.CANCEL);
			future.cancel(false);
		}
		assertThat(environment.trySubmit(this.counting)).isTrue();
		assertThat(environment.trySubmit(this.counting)).isTrue();
		assertThat(environment.trySubmit(this.counting)).isFalse();
	}

	// Only what is queued counts: not what runs, not members that are idle
	@Test
	void members_thatRunOrAreIdle_takeNoRoom() throws Exception {
		CallbackEnvironment environment = full(group(1, Overflow.REJECT), 0);
		environment.newWork(this.counting);
		environment.newWork(this.counting);
		assertThat(environment.trySubmit(this.counting)).isTrue();
	}

	@Test
	void submission_toAFullQueueThatBlocks_waitsForRoom() throws Exception {
		CallbackEnvironment environment = full(group(1, Overflow.BLOCK), 1);
		CountDownLatch submitted = new CountDownLatch(1);
		Thread submitter = this.engine.start("submitter", () -> {
			environment.trySubmit(this.counting);
			submitted.countDown();
		});
		awaitBlocked(submitter);
		assertThat(submitted.getCount()).isEqualTo(1);
		this.gate.open();
		assertThat(submitted.await(20, TimeUnit.SECONDS)).isTrue();
		eventually("runs", 2, this.runs::get);
	}

	@Test
	void submitters_manyOfThemAtAQueueOfOne_allGetTheirTurn() throws Exception {
		CleanupGroup group = group(1, Overflow.BLOCK);
		CallbackEnvironment environment = environment(group);
		CountDownLatch done = new CountDownLatch(4);
		for (int s = 0; s < 4; s++) {
			this.engine.start("submitter-" + s, () -> {
				for (int i = 0; i < 500; i++) {
					environment.trySubmit(this.counting);
				}
				done.countDown();
			});
		}
		done.await();
		group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.runs).hasValue(2_000);
	}

	@Test
	void blockedSubmitter_whenInterrupted_isRefusedAndStaysInterrupted() throws Exception {
		CallbackEnvironment environment = full(group(1, Overflow.BLOCK), 1);
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		CompletableFuture<Boolean> flag = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter", () -> {
			thrown.complete(catchThrowable(() -> environment.submit(() -> 1)));
			flag.complete(Thread.currentThread().isInterrupted());
		});
		awaitBlocked(submitter);
		submitter.interrupt();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(QueueFullException.class)
			.hasMessageContainingAll("'mail'", "'letter'", "interrupted");
		assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void blockedSubmitter_whoseGroupIsClosedForGood_isRefused() throws Exception {
		CleanupGroup group = group(1, Overflow.BLOCK);
		CallbackEnvironment environment = full(group, 1);
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter",
				() -> thrown.complete(catchThrowable(() -> environment.submit(() -> 1))));
		awaitBlocked(submitter);
		this.engine.start("closer", () -> group.close(CloseOptions.awaitPending()));
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(GroupClosedException.class)
			.hasMessageContainingAll("'mail'", "'letter'");
		this.gate.open();
	}

	@Test
	void blockedSubmitter_whoseGroupStartsToRefuse_isRefused() throws Exception {
		CleanupGroup group = group(1, Overflow.BLOCK);
		CallbackEnvironment environment = full(group, 1);
		CompletableFuture<Boolean> accepted = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter",
				() -> accepted.complete(environment.trySubmit(this.counting)));
		awaitBlocked(submitter);
		group.refuse();
		assertThat(accepted.get(20, TimeUnit.SECONDS)).isFalse();
	}

	// F3: rather than a deadlock
	@Test
	void callback_thatSubmitsToItsOwnFullQueueThatBlocks_isRefusedAtOnce() throws Exception {
		CallbackEnvironment environment = environment(group(1, Overflow.BLOCK));
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		environment.trySubmit((instance) -> {
			environment.trySubmit(this.counting);
			thrown.complete(catchThrowable(() -> environment.submit(() -> 1)));
		});
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(QueueFullException.class)
			.hasMessageContainingAll("'mail'", "'letter'", "callback of the group");
	}

	@Test
	void submission_toAFullQueueThatCallerRuns_runsInTheCallerAsAMember() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		CallbackEnvironment environment = full(group, 1);
		CompletableFuture<Thread> thread = environment.submit(() -> {
			assertThat(group.memberCounts().runningCallbacks()).isEqualTo(2);
			return Thread.currentThread();
		});
		assertThat(thread.join()).isSameAs(Thread.currentThread());
		assertThat(group.memberCounts().runningCallbacks()).isEqualTo(1);
		assertThat(this.runs).hasValue(0);
	}

	// F3, F36
	@Test
	void callback_inItsCaller_mayNotCloseItsGroupAndLeavesTheCallerAsItWas() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		CallbackEnvironment environment = full(group, 1);
		ThreadState before = ThreadState.of(Thread.currentThread());
		CompletableFuture<@Nullable Throwable> thrown = environment.submit(() -> {
			Thread.currentThread().setName("mine");
			Thread.currentThread().setContextClassLoader(null);
			return catchThrowable(() -> group.closeMembers(CloseOptions.awaitPending()));
		});
		assertThat(thrown.join()).isInstanceOf(IllegalStateException.class);
		assertThat(ThreadState.of(Thread.currentThread())).isEqualTo(before);
		environment.trySubmit((instance) -> {
			throw new Exception("not to reach the caller");
		});
	}

	// R26
	@Test
	void callback_inItsCaller_hasTheContextClassLoaderOfItsEnvironment() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		full(group, 1);
		ClassLoader loader = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
		};
		CompletableFuture<@Nullable ClassLoader> seen = environmentOf(group).contextClassLoader(loader)
			.build()
			.submit(() -> Thread.currentThread().getContextClassLoader());
		assertThat(seen.join()).isSameAs(loader);
		assertThat(Thread.currentThread().getContextClassLoader()).isNotSameAs(loader);
	}

	// F36
	@Test
	void interrupt_ofACallbackInItsCaller_doesNotReachTheCaller() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		CallbackEnvironment environment = full(group, 1);
		CountDownLatch inCaller = new CountDownLatch(1);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		this.engine.start("submitter", () -> {
			environment.trySubmit((instance) -> {
				inCaller.countDown();
				while (!Thread.currentThread().isInterrupted()) {
					Thread.onSpinWait();
				}
			});
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		assertThat(inCaller.await(20, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<CloseReport> closed = group
			.closeMembersAsync(CloseOptions.awaitPending().interruptAfter(Duration.ZERO));
		assertThat(interrupted.get(20, TimeUnit.SECONDS)).isFalse();
		this.gate.open();
		assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void callerRuns_whileTheGroupIsPaused_waitsUntilItIsResumed() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		CallbackEnvironment environment = full(group, 1);
		group.pause();
		Thread submitter = this.engine.start("submitter", () -> environment.trySubmit(this.counting));
		awaitBlocked(submitter);
		assertThat(this.runs).hasValue(0);
		group.resume();
		eventually("runs", 1, this.runs::get);
	}

	@Test
	void callerRuns_whereAllSlotsAreTaken_waitsForOne() throws Exception {
		CleanupGroup group = this.engine
			.group(CleanupGroup.builder("mail").queueCapacity(1).maxConcurrency(1).overflow(Overflow.CALLER_RUNS));
		CallbackEnvironment environment = full(group, 1);
		Thread submitter = this.engine.start("submitter", () -> environment.trySubmit(this.counting));
		awaitBlocked(submitter);
		assertThat(this.runs).hasValue(0);
		this.gate.open();
		eventually("runs", 2, this.runs::get);
	}

	@Test
	void submission_refusedForAnotherReasonToo_isRefusedForThatReason() throws Exception {
		CleanupGroup group = group(1, Overflow.REJECT);
		CallbackEnvironment environment = full(group, 1);
		Work work = environment.newWork(this.counting);
		work.close();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit);
		group.refuse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> 1));
		group.accept();
		this.pool.close();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> environment.submit(() -> 1));
	}

	@Test
	void blockedSubmitter_whosePoolIsClosed_isRefused() throws Exception {
		CallbackEnvironment environment = full(group(1, Overflow.BLOCK), 1);
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter",
				() -> thrown.complete(catchThrowable(() -> environment.submit(() -> 1))));
		awaitBlocked(submitter);
		this.pool.close();
		this.gate.open();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(PoolClosedException.class);
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCK", "CALLER_RUNS" })
	void waitingSubmitter_whosePoolIsClosedWhileTheGroupIsPaused_isRefused(Overflow overflow) throws Exception {
		CleanupGroup group = group(1, overflow);
		group.pause();
		CallbackEnvironment environment = environment(group);
		environment.trySubmit(this.counting);
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter",
				() -> thrown.complete(catchThrowable(() -> environment.submit(() -> 1))));
		awaitBlocked(submitter);
		this.pool.close();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(PoolClosedException.class);
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCK", "CALLER_RUNS" })
	void waitingSubmitter_whoseWorkIsClosedWhileTheGroupIsPaused_isRefused(Overflow overflow) throws Exception {
		CleanupGroup group = group(1, overflow);
		group.pause();
		Work work = environment(group).newWork(this.counting);
		work.submit();
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		Thread submitter = this.engine.start("submitter", () -> thrown.complete(catchThrowable(work::submit)));
		awaitBlocked(submitter);
		work.close();
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(MemberClosedException.class);
	}

	// What is given up leaves its room, and must leave the queue some time too
	@Test
	void futures_cancelledWhileTheQueueStands_doNotPileUp() throws Exception {
		CleanupGroup group = group(2, Overflow.REJECT);
		CallbackEnvironment environment = full(group, 0);
		CompletableFuture<Integer> first = environment.submit(() -> 1);
		for (int i = 0; i < 10_000; i++) {
			assertThat(environment.submit(() -> 2).cancel(false)).isTrue();
		}
		CompletableFuture<Integer> last = environment.submit(() -> 3);
		Lane lane = group.lanes(this.pool.dispatcher()).get(0);
		AtomicInteger standing = new AtomicInteger();
		lane.dispatcher.inspect(lane, (inspected) -> inspected.forEachQueued((entry) -> standing.incrementAndGet()));
		assertThat(standing.get()).isBetween(2, 200);
		this.gate.open();
		assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(3);
	}

	// The interrupt of a callback is not spent on one that runs inside of it
	@Test
	void callback_thatRunsAnotherInItsThread_hasItsInterruptAfterThat() throws Exception {
		CleanupGroup group = group(1, Overflow.CALLER_RUNS);
		CallbackEnvironment environment = environment(group);
		Gate inner = this.engine.gate();
		Gate outer = this.engine.gate();
		CompletableFuture<Boolean> reached = new CompletableFuture<>();
		environment.trySubmit((instance) -> {
			environment.trySubmit(this.counting);
			environment.trySubmit((nested) -> inner.passUninterruptibly());
			try {
				outer.pass();
				reached.complete(false);
			}
			catch (InterruptedException ex) {
				reached.complete(true);
			}
		});
		inner.awaitArrival();
		CloseCall close = CloseCall
			.start(this.engine, () -> group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO)))
			.awaitWaiting();
		inner.open();
		assertThat(reached.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(close.report().completedCallbacks()).isEqualTo(3);
	}

}
