package io.github.cleanupgroups;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

/**
 * What workers take without the pool's lock is, for everybody who looks or decides, what
 * it would be had they taken it under the lock. In each test a worker has begun a batch,
 * and its first callback runs.
 */
class BatchTests extends GroupFixture {

	private final ThreadPool single = pool(1);

	private final CallbackEnvironment environment = environment(this.group, Priority.NORMAL);

	private final List<String> order = Collections.synchronizedList(new ArrayList<>());

	private final Gate before = this.engine.gate();

	private final Gate first = this.engine.gate();

	private CallbackEnvironment environment(CleanupGroup of, Priority priority) {
		return CallbackEnvironment.builder().pool(this.single).cleanupGroup(of).priority(priority).build();
	}

	@BeforeEach
	void holdTheThread() throws Exception {
		CallbackEnvironment.builder().pool(this.single).build().trySubmit(this.before);
		this.before.awaitArrival();
	}

	private Callback named(String name) {
		return (instance) -> this.order.add(name);
	}

	/** Lets the first of a batch run, which has to be queued by now. */
	private void beginBatch() throws Exception {
		this.before.open();
		this.first.awaitArrival();
	}

	private void beginBatchOf(String... names) throws Exception {
		this.environment.trySubmit(this.first);
		for (String name : names) {
			this.environment.trySubmit(named(name));
		}
		beginBatch();
	}

	private List<String> finished() {
		this.first.open();
		eventually("pending callbacks", 0L, () -> this.single.stats().pendingCallbacks());
		eventually("active threads", 0, () -> this.single.stats().activeThreads());
		return List.copyOf(this.order);
	}

	@Test
	void statistics_amidstABatch_countOneAsRunning() throws Exception {
		beginBatchOf("a", "b", "c");
		PoolStats stats = this.single.stats();
		assertThat(stats.activeThreads()).isEqualTo(1);
		assertThat(stats.pendingCallbacks()).isEqualTo(3);
		assertThat(stats.completedCallbacks()).isEqualTo(1);
		MemberCounts counts = this.group.memberCounts();
		assertThat(counts.runningCallbacks()).isEqualTo(1);
		assertThat(counts.pendingCallbacks()).isEqualTo(3);
		assertThat(counts.of(MemberKind.CALLBACK, MemberState.QUEUED)).isEqualTo(3);
		this.engine.checkConsistency();
		assertThat(finished()).containsExactly("a", "b", "c");
		assertThat(this.single.stats().completedCallbacks()).isEqualTo(5);
	}

	@Test
	void statistics_amidstALargeBatch_countAllThatHasEnded() throws Exception {
		// Batches grow while each is used up: the gate is far into one of the largest.
		for (int i = 0; i < 700; i++) {
			this.environment.trySubmit(named("before"));
		}
		this.environment.trySubmit(this.first);
		for (int i = 0; i < 800; i++) {
			this.environment.trySubmit(named("after"));
		}
		beginBatch();
		PoolStats stats = this.single.stats();
		assertThat(stats.pendingCallbacks()).isEqualTo(800);
		assertThat(stats.completedCallbacks()).isEqualTo(701);
		this.engine.checkConsistency();
		assertThat(finished()).hasSize(1_500);
		assertThat(this.single.stats().completedCallbacks()).isEqualTo(1_502);
	}

	@Test
	void members_amidstABatch_areTheRunningAndTheQueued() throws Exception {
		beginBatchOf("a", "b");
		assertThat(this.group.members()).extracting(MemberSnapshot::runningCallbacks).containsExactly(1, 0, 0);
		assertThat(finished()).containsExactly("a", "b");
	}

	// R23
	@Test
	void higherPriority_thatComesAmidstABatch_isNext() throws Exception {
		beginBatchOf("a", "b");
		environment(this.group, Priority.HIGH).trySubmit(named("high"));
		this.environment.trySubmit(named("c"));
		assertThat(finished()).containsExactly("high", "a", "b", "c");
	}

	// R32
	@Test
	void otherGroup_thatComesAmidstABatch_takesTurnsWithIt() throws Exception {
		beginBatchOf("a", "b");
		CallbackEnvironment other = environment(group("other"), Priority.NORMAL);
		other.trySubmit(named("1"));
		other.trySubmit(named("2"));
		assertThat(finished()).containsExactly("1", "a", "2", "b");
	}

	// R32: the turns that were taken from the batch count
	@Test
	void otherGroup_thatComesAmidstTheTurnsOfAWeight_waitsForTheRest() throws Exception {
		CleanupGroup heavy = group(CleanupGroup.builder("heavy").weight(3));
		CallbackEnvironment ofHeavy = environment(heavy, Priority.NORMAL);
		ofHeavy.trySubmit(this.first);
		for (String name : List.of("a", "b", "c", "d")) {
			ofHeavy.trySubmit(named(name));
		}
		beginBatch();
		this.environment.trySubmit(named("1"));
		this.environment.trySubmit(named("2"));
		assertThat(finished()).containsExactly("a", "b", "1", "c", "d", "2");
	}

	// R32: among objects of one group
	@Test
	void otherObject_thatIsSubmittedAmidstABatchOfOne_takesTurnsWithIt() throws Exception {
		AtomicBoolean isFirst = new AtomicBoolean(true);
		Work busy = this.environment.newWork((instance) -> {
			if (isFirst.getAndSet(false)) {
				this.first.pass();
			}
			this.order.add("busy");
		});
		for (int i = 0; i < 4; i++) {
			busy.submit();
		}
		beginBatch();
		this.environment.newWork(named("other")).submit();
		assertThat(finished()).containsExactly("busy", "busy", "other", "busy", "busy");
	}

	@Test
	void submissions_ofTheWorkWhoseBatchRuns_followIt() throws Exception {
		Work work = this.environment.newWork(this.first);
		work.submit();
		work.submit();
		work.submit();
		beginBatch();
		work.submit();
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(3);
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		assertThat(work.awaitCallbacks(Pending.CANCEL, Duration.ZERO)).isFalse();
		assertThat(this.group.memberCounts().pendingCallbacks()).isZero();
		finished();
		assertThat(this.single.stats().completedCallbacks()).isEqualTo(2);
	}

	@Test
	void pause_amidstABatch_holdsBackWhatIsLeft() throws Exception {
		beginBatchOf("a", "b");
		this.group.pause();
		this.first.open();
		eventually("active threads", 0, () -> this.single.stats().activeThreads());
		assertThat(this.order).isEmpty();
		assertThat(this.single.stats().pendingCallbacks()).isEqualTo(2);
		this.group.resume();
		assertThat(finished()).containsExactly("a", "b");
	}

	@Test
	void cancellingClose_amidstABatch_dropsWhatIsLeft() throws Exception {
		beginBatchOf("a", "b", "c");
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		this.first.open();
		CloseReport report = close.report();
		assertThat(report.cancelledCallbacks()).isEqualTo(3);
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(this.order).isEmpty();
	}

	@Test
	void awaitingClose_amidstABatch_waitsForAllOfIt() throws Exception {
		beginBatchOf("a", "b", "c");
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		this.first.open();
		CloseReport report = close.report();
		assertThat(report.completedCallbacks()).isEqualTo(4);
		assertThat(this.order).containsExactly("a", "b", "c");
	}

	@Test
	void future_cancelledAmidstABatch_keepsItsTaskFromStarting() throws Exception {
		this.environment.trySubmit(this.first);
		CompletableFuture<Boolean> cancelled = this.environment.submit(() -> this.order.add("cancelled"));
		CompletableFuture<Boolean> kept = this.environment.submit(() -> this.order.add("kept"));
		beginBatch();
		assertThat(cancelled.cancel(false)).isTrue();
		assertThat(this.single.stats().pendingCallbacks()).isEqualTo(1);
		assertThat(finished()).containsExactly("kept");
		assertThat(kept.join()).isTrue();
	}

	@Test
	void interrupt_ofACallbackInABatch_reachesThatOneAlone() throws Exception {
		CompletableFuture<Boolean> interrupted = this.environment.submit(() -> {
			this.first.pass();
			return true;
		});
		CompletableFuture<Boolean> next = this.environment.submit(Thread::interrupted);
		CompletableFuture<Boolean> last = this.environment.submit(() -> {
			Thread.currentThread().interrupt();
			return Thread.currentThread().isInterrupted();
		});
		CompletableFuture<Boolean> afterThat = this.environment.submit(Thread::interrupted);
		beginBatch();
		interrupted.cancel(true);
		assertThat(next.join()).isFalse();
		assertThat(last.join()).isTrue();
		assertThat(afterThat.join()).isFalse();
	}

	@Test
	void callback_thatBlocksInABatch_doesNotHoldUpTheOthers() throws Exception {
		this.single.resize(0, 2);
		beginBatchOf("a", "b");
		eventually("callbacks", List.of("a", "b"), () -> List.copyOf(this.order));
		eventually("busy threads", 1, () -> this.single.stats().activeThreads());
		assertThat(finished()).containsExactly("a", "b");
	}

	// F14
	@Test
	void callback_thatThrowsInABatch_isReportedByTheClose() throws Exception {
		IllegalStateException failure = new IllegalStateException("expected");
		ThreadPool quiet = this.engine
			.pool(ThreadPool.builder("quiet").maxThreads(1).onUncaught((member, thrown) -> this.order.add(member)));
		CallbackEnvironment failing = CallbackEnvironment.builder().pool(quiet).cleanupGroup(this.group).build();
		CallbackEnvironment.builder().pool(quiet).build().trySubmit(this.before);
		failing.trySubmit(this.first);
		failing.trySubmit((instance) -> {
			throw failure;
		});
		failing.trySubmit(named("after"));
		beginBatch();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		this.first.open();
		assertThat(close.report().failures()).containsExactly(failure);
		assertThat(this.order).hasSize(2).endsWith("after");
	}

	// R108
	@Test
	void disassociatedCallback_ofABatch_isNotWaitedFor() throws Exception {
		AtomicBoolean isFirst = new AtomicBoolean(true);
		Work work = this.environment.newWork((instance) -> {
			if (isFirst.getAndSet(false)) {
				instance.disassociate();
				this.first.pass();
			}
		});
		work.submit();
		work.submit();
		work.submit();
		beginBatch();
		work.awaitCallbacks(Pending.CANCEL);
		finished();
		assertThat(this.single.stats().completedCallbacks()).isEqualTo(2);
	}

	// R23: what gets a slot is ready, too
	@Test
	void higherPriority_thatGetsItsSlotAmidstABatch_isNext() throws Exception {
		CleanupGroup limited = group(CleanupGroup.builder("limited").maxConcurrency(1));
		CallbackEnvironment high = environment(limited, Priority.HIGH);
		Gate holdsSlot = this.engine.gate();
		this.before.open();
		high.trySubmit(holdsSlot);
		holdsSlot.awaitArrival();
		this.group.pause();
		this.environment.trySubmit(this.first);
		this.environment.trySubmit(named("a"));
		this.environment.trySubmit(named("b"));
		high.trySubmit(named("high"));
		this.single.resize(0, 2);
		this.group.resume();
		this.first.awaitArrival();
		holdsSlot.open();
		eventually("active threads", 1, () -> this.single.stats().activeThreads());
		assertThat(finished()).containsExactly("high", "a", "b");
	}

	// V12: what comes to the same object meanwhile does not make the others younger
	@Test
	void oldestPending_ofAWorkWhoseBatchRuns_isTheOneThatHasWaitedLongest() throws Exception {
		Work work = this.environment.newWork(this.first);
		work.submit();
		work.submit();
		work.submit();
		Instant submitted = this.time.instant();
		beginBatch();
		this.time.advance(Duration.ofMillis(1900));
		work.submit();
		assertThat(this.group.oldestPending())
			.hasValueSatisfying((oldest) -> assertThat(oldest).isCloseTo(submitted, within(1, ChronoUnit.MILLIS)));
		environment(this.group, Priority.HIGH).trySubmit(named("high"));
		assertThat(this.group.oldestPending())
			.hasValueSatisfying((oldest) -> assertThat(oldest).isCloseTo(submitted, within(1, ChronoUnit.MILLIS)));
		assertThat(finished()).containsExactly("high");
	}

	@Test
	void lastCallback_ofAnIdlePool_isForgotten() throws Exception {
		WeakReference<Callback> ran = submitUnreferenced();
		this.before.open();
		finished();
		eventuallyForgotten(ran);
	}

	private WeakReference<Callback> submitUnreferenced() {
		Object captured = new Object();
		Callback callback = (instance) -> {
			if (captured.hashCode() == this.order.hashCode()) {
				this.order.add("chance");
			}
			this.order.add("unreferenced");
		};
		this.environment.trySubmit(callback);
		return new WeakReference<>(callback);
	}

	private static void eventuallyForgotten(WeakReference<?> reference) {
		eventually("reference", true, () -> {
			System.gc();
			return reference.get() == null;
		});
	}

	// R101, F33: a worker uses its records of executions again.
	@Test
	void instances_ofWhatRanBeforeInTheSameBatch_areAnIllegalStateNamingTheirMember() throws Exception {
		List<CallbackInstance> kept = new ArrayList<>();
		List<@Nullable Throwable> thrown = new ArrayList<>();
		this.environment.trySubmit(this.first);
		for (int i = 0; i < 6; i++) {
			CallbackEnvironment named = CallbackEnvironment.builder()
				.pool(this.single)
				.cleanupGroup(this.group)
				.memberName("letter-" + i)
				.build();
			named.trySubmit((instance) -> {
				kept.forEach((former) -> thrown.add(catchThrowable(former::kind)));
				kept.add(instance);
				this.order.add(instance.kind().name());
			});
		}
		beginBatch();
		assertThat(finished()).hasSize(6).containsOnly("CALLBACK");
		assertThat(thrown).hasSize(15).allSatisfy((ex) -> assertThat(ex).isInstanceOf(IllegalStateException.class));
		assertThat(thrown.get(14)).hasMessageContaining("'letter-4'");
	}

	@Test
	void instance_thatIsKept_holdsNoLaterCallbackOfItsRecord() throws Exception {
		List<CallbackInstance> kept = new ArrayList<>();
		this.environment.trySubmit(this.first);
		for (int i = 0; i < 6; i++) {
			this.environment.trySubmit(kept::add);
		}
		List<WeakReference<Callback>> later = List.of(submitUnreferenced(), submitUnreferenced());
		beginBatch();
		finished();
		later.forEach(BatchTests::eventuallyForgotten);
		assertThat(kept).hasSize(6);
	}

	// The stack that a report shows is that of the one which hangs.
	@Test
	void stillRunning_ofAWorkWithSeveralInABatch_hasTheStackOfTheOldest() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		Gate second = this.engine.gate();
		Work work = this.environment.newWork((instance) -> {
			if (calls.getAndIncrement() == 0) {
				this.first.run(instance);
			}
			else {
				passAsSecond(second);
			}
		});
		this.single.resize(0, 2);
		Gate other = this.engine.gate();
		CallbackEnvironment.builder().pool(this.single).build().trySubmit(other);
		other.awaitArrival();
		work.submit();
		work.submit();
		beginBatch();
		this.time.advance(Duration.ofMillis(10));
		other.open();
		second.awaitArrival();
		assertThat(Snapshots.running(work.lane().generation)).singleElement()
			.satisfies((member) -> assertThat(member.stack()).extracting(StackTraceElement::getMethodName)
				.doesNotContain("passAsSecond"));
		second.open();
		finished();
	}

	private static void passAsSecond(Gate gate) throws InterruptedException {
		gate.pass();
	}

	/** What has run, each kind of one-off, while the last of its batch still runs. */
	@Test
	void finishedOneOffs_whileTheLastOfTheirBatchRuns_areForgotten() throws Exception {
		Gate last = this.engine.gate();
		this.environment.trySubmit(this.first);
		List<CompletableFuture<Integer>> kept = new ArrayList<>();
		List<WeakReference<?>> ran = new ArrayList<>();
		submitEachKind(ran, kept);
		this.environment.trySubmit(last);
		beginBatch();
		assertThat(ran).extracting(WeakReference::get).doesNotContainNull();
		this.first.open();
		last.awaitArrival();
		assertThat(kept).allSatisfy((future) -> assertThat(future).isDone());
		ran.forEach(BatchTests::eventuallyForgotten);
		last.open();
	}

	/** In a method of its own: no local variable keeps anything. */
	private void submitEachKind(List<WeakReference<?>> ran, List<CompletableFuture<Integer>> kept) {
		Object captured = new Object();
		ran.add(new WeakReference<>(captured));
		this.environment.trySubmit((instance) -> this.order.add("" + captured.hashCode()));
		Object context = new Object();
		ran.add(new WeakReference<>(context));
		this.environment.trySubmit(context, (instance) -> this.order.add("context"));
		Object ofTask = new Object();
		ran.add(new WeakReference<>(ofTask));
		kept.add(this.environment.submit(ofTask::hashCode));
		Object ofStage = new Object();
		ran.add(new WeakReference<>(ofStage));
		kept.add(this.environment.submitAsync(() -> CompletableFuture.completedFuture(ofStage.hashCode())));
		Object failed = new Object();
		ran.add(new WeakReference<>(failed));
		kept.add(this.environment.submit(() -> {
			throw new IllegalStateException("expected" + failed.hashCode());
		}));
		Object command = new Object();
		ran.add(new WeakReference<>(command));
		this.environment.asExecutorService().execute(() -> this.order.add("" + command.hashCode()));
	}

}
