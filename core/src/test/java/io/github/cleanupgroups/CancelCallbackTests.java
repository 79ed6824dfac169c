package io.github.cleanupgroups;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who is told that a member was cancelled, how often, when, where, and of what.
 */
@SuppressWarnings("ReferenceEquality")
class CancelCallbackTests extends GroupFixture {

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	/** Notes what it is told of; each member that it makes is created a moment later. */
	private CallbackEnvironment telling(String member) {
		this.time.advance(Duration.ofNanos(1));
		return environment().memberName(member).onCancel((cancellation) -> this.told.add(cancellation.name())).build();
	}

	// R128
	@Test
	void cancelCallback_ofAMemberWithManyQueued_isCalledOnce() throws Exception {
		Gate busy = busyPool();
		Work work = telling("work").newWork(GroupFixture::nothing);
		for (int i = 0; i < 10; i++) {
			work.submit();
		}
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).cancelledCallbacks()).isEqualTo(10);
		assertThat(this.told).containsExactly("work");
		busy.open();
	}

	// R129
	@Test
	void cancelCallback_ofAnIdleMember_isCalledToo() throws Exception {
		telling("idle").newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("idle");
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isZero();
	}

	// R128 part 5
	@Test
	void cancelCallback_ofAMemberThatHasRun_isCalledAndSaysSo() throws Exception {
		AtomicReference<Cancellation> seen = new AtomicReference<>();
		Work work = environment().onCancel(seen::set).build().newWork(GroupFixture::nothing);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(seen.get().ranBefore()).isTrue();
		assertThat(seen.get().droppedCallbacks()).isZero();
	}

	// R132, F11
	@Test
	void cancellation_whenToldOf_saysWhatWasCancelledAndWhy() throws Exception {
		Gate busy = busyPool();
		List<Cancellation> seen = new ArrayList<>();
		Object context = new Object();
		Object cleanup = new Object();
		CallbackEnvironment environment = environment().memberName("letter").onCancel(seen::add).build();
		Work work = environment.newWork(context, GroupFixture::nothing);
		work.submit();
		work.submit();
		environment.trySubmit("one", GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending().cleanupContext(cleanup).reason("moving"));
		assertThat(seen).hasSize(2)
			.allMatch((each) -> each.cleanupContext() == cleanup)
			.allMatch((each) -> "moving".equals(each.reason()))
			.allMatch((each) -> "letter".equals(each.name()))
			.noneMatch(Cancellation::ranBefore);
		Cancellation ofWork = seen.stream().filter((each) -> each.kind() == MemberKind.WORK).findAny().orElseThrow();
		assertThat(ofWork.context()).isSameAs(context);
		assertThat(ofWork.droppedCallbacks()).isEqualTo(2);
		Cancellation ofOneOff = seen.stream().filter((each) -> each != ofWork).findAny().orElseThrow();
		assertThat(ofOneOff.kind()).isEqualTo(MemberKind.CALLBACK);
		assertThat(ofOneOff.context()).isEqualTo("one");
		assertThat(ofOneOff.droppedCallbacks()).isEqualTo(1);
		busy.open();
	}

	// R131
	@Test
	void cancelCallback_whileACloserAttends_runsOnTheClosersThread() throws Exception {
		List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment environment = environment().onCancel((cancellation) -> threads.add(Thread.currentThread()))
			.build();
		Gate gate = this.engine.gate();
		Work running = environment.newWork(gate);
		running.submit();
		gate.awaitArrival();
		environment.newWork(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(threads).hasSize(1);
		gate.open();
		close.report();
		assertThat(threads).containsExactly(close.thread(), close.thread());
	}

	// R133, R134
	@Test
	void cancelCallback_ofARunningMember_comesAfterCallbackFinalizationAndActions() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().onFinalize((instance) -> this.told.add("finalization"))
			.onCancel((cancellation) -> this.told.add("cancelled"))
			.build()
			.newWork((instance) -> {
				instance.whenReturned(() -> this.told.add("action"));
				gate.pass();
				this.told.add("callback");
			});
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.told).isEmpty();
		gate.open();
		close.report();
		assertThat(this.told).containsExactly("callback", "finalization", "action", "cancelled");
	}

	// R133 with a member whose callbacks overlap
	@Test
	void cancelCallback_ofAMemberThatRunsTwice_comesAfterTheLast() throws Exception {
		Gate first = this.engine.gate();
		Gate second = this.engine.gate();
		AtomicInteger number = new AtomicInteger();
		Work work = telling("work").newWork((instance) -> ((number.incrementAndGet() == 1) ? first : second).pass());
		work.submit();
		first.awaitArrival();
		work.submit();
		second.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		first.open();
		while (this.group.memberCounts().runningCallbacks() > 1) {
			Thread.onSpinWait();
		}
		assertThat(this.told).isEmpty();
		second.open();
		close.report();
		assertThat(this.told).containsExactly("work");
	}

	// R135, R140
	@Test
	void cancelCallback_ofAMemberThatClosesItselfDuringTheClose_isNotCalled() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<Work> self = new AtomicReference<>();
		Work work = telling("work").newWork((instance) -> {
			gate.pass();
			self.get().close();
		});
		self.set(work);
		work.submit();
		gate.awaitArrival();
		CompletableFuture<Void> released = work.released();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		gate.open();
		close.report();
		assertThat(this.told).isEmpty();
		assertThat(released).isCompleted();
	}

	// R136, R99
	@Test
	void cancelCallback_ofAOneOffThatStarted_isNotCalled() throws Exception {
		Gate gate = runningOneOff(telling("started"));
		CompletableFuture<Void> ended = telling("future").submit(() -> null);
		ended.get(20, TimeUnit.SECONDS);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		gate.open();
		close.report();
		assertThat(this.told).isEmpty();
	}

	// R99
	@Test
	void cancelCallback_ofQueuedOneOffs_isCalledForEachWithFutureOrWithout() throws Exception {
		Gate busy = busyPool();
		telling("one").trySubmit(GroupFixture::nothing);
		CompletableFuture<Integer> future = telling("two").submit(() -> 1);
		telling("three").trySubmit(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("one", "two", "three");
		assertThat(future).isCancelled();
		busy.open();
	}

	// R137, V10
	@Test
	void notices_ofIdleAndQueuedMembers_comeInTheOrderOfCreation() throws Exception {
		Gate busy = busyPool();
		telling("1").newWork(GroupFixture::nothing);
		telling("2").trySubmit(GroupFixture::nothing);
		telling("3").newWork(GroupFixture::nothing).submit();
		telling("4").newWork(GroupFixture::nothing);
		telling("5").trySubmit(GroupFixture::nothing);
		Work six = telling("6").newWork(GroupFixture::nothing);
		telling("7").newWork(GroupFixture::nothing).submit();
		six.submit();
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("1", "2", "3", "4", "5", "6", "7");
		busy.open();
	}

	// R137: whatever the priorities
	@Test
	void notices_ofMembersOfDifferentPriorities_comeInTheOrderOfCreation() throws Exception {
		Gate busy = busyPool();
		int number = 0;
		for (Priority priority : List.of(Priority.LOW, Priority.HIGH, Priority.NORMAL, Priority.HIGH, Priority.LOW)) {
			this.time.advance(Duration.ofNanos(1));
			String name = String.valueOf(++number);
			environment().priority(priority)
				.memberName(name)
				.onCancel((cancellation) -> this.told.add(name))
				.build()
				.trySubmit(GroupFixture::nothing);
		}
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("1", "2", "3", "4", "5");
		busy.open();
	}

	// R137: whatever order the queues are in, and whatever stands between
	@Test
	void notices_ofMembersInManyQueues_comeInTheOrderOfCreationAndOnce() throws Exception {
		List<ThreadPool> pools = IntStream.range(0, 8).mapToObj((i) -> pool(1)).toList();
		List<Gate> gates = new ArrayList<>();
		for (ThreadPool each : pools) {
			gates.add(busy(each));
		}
		List<Priority> priorities = List.of(Priority.LOW, Priority.NORMAL, Priority.HIGH);
		Random random = new Random(5);
		List<String> expected = new ArrayList<>();
		List<CompletableFuture<String>> kept = new ArrayList<>();
		int cancelled = 0;
		for (int i = 0; i < 420; i++) {
			this.time.advance(Duration.ofMillis(2));
			String name = "member " + i;
			CallbackEnvironment.Builder builder = environment().memberName(name)
				.pool(pools.get(random.nextInt(pools.size())))
				.priority(priorities.get(random.nextInt(priorities.size())))
				.onCancel((cancellation) -> {
					this.told.add(cancellation.name());
					if (cancellation.name().equals("member 200")) {
						throw new StackOverflowError("expected");
					}
				});
			switch (i % 7) {
				case 0 -> kept.add(builder.onGroupClose(Pending.AWAIT).build().submit(() -> name));
				case 1 -> builder.build().submit(() -> name).cancel(false);
				case 2 -> builder.build().newWork(GroupFixture::nothing);
				case 3 -> builder.build().newWork(GroupFixture::nothing).submit();
				default -> builder.build().trySubmit(GroupFixture::nothing);
			}
			if (i % 7 >= 2) {
				expected.add(name);
			}
			cancelled += (i % 7 >= 3) ? 1 : 0;
		}
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactlyElementsOf(expected);
		gates.forEach(Gate::open);
		CloseReport report = close.report();
		assertThat(this.told).hasSameSizeAs(expected);
		assertThat(report.cancelledCallbacks()).isEqualTo(cancelled);
		assertThat(report.completedCallbacks()).isEqualTo(kept.size());
		assertThat(report.failures()).hasSize(1);
		assertThat(kept).allMatch((future) -> future.isDone() && !future.isCompletedExceptionally());
	}

	@Test
	void notices_ofMembersThatCameAtOneTime_comeToOneOffsFirst() throws Exception {
		Gate busy = busyPool();
		for (int i = 0; i < 3; i++) {
			CallbackEnvironment.Builder builder = environment()
				.onCancel((cancellation) -> this.told.add(cancellation.name()));
			builder.memberName("object " + i).build().newWork(GroupFixture::nothing);
			builder.memberName("one-off " + i).build().trySubmit(GroupFixture::nothing);
		}
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("one-off 0", "one-off 1", "one-off 2", "object 0", "object 1",
				"object 2");
		busy.open();
	}

	@Test
	void members_thatWereCancelled_areNotHeldByWhatStoodBeforeThem() throws Exception {
		Gate busy = busyPool();
		List<Cancellation> held = new ArrayList<>();
		Work work = environment().build().newWork(GroupFixture::nothing);
		work.submit();
		CompletableFuture<Boolean> withdrawn = environment().build().submit(() -> true);
		environment().onCancel(held::add).build().trySubmit(GroupFixture::nothing);
		assertThat(withdrawn.cancel(false)).isTrue();
		List<WeakReference<Callback>> behind = List.of(submitUnreferenced(environment().build()),
				submitUnreferenced(telling("told")));
		this.group.closeMembers(CloseOptions.cancelPending());
		eventually("those that nobody holds", 0L, () -> {
			System.gc();
			return behind.stream().filter((callback) -> callback.get() != null).count();
		});
		assertThat(withdrawn).isCancelled();
		assertThat(work.isClosed()).isTrue();
		assertThat(held).hasSize(1);
		assertThat(this.told).containsExactly("told");
		busy.open();
	}

	@Test
	void members_ofAClosedGroup_areNotHeldByTheirNeighboursNorByTheirGroup() throws Exception {
		Timer first = environment().build().newTimer(GroupFixture::nothing);
		first.set(Duration.ofHours(2));
		List<WeakReference<Callback>> between = List.of(
				memberUnreferenced((callback) -> environment().build().newWork(callback)),
				memberUnreferenced((callback) -> telling("told").newWork(callback)),
				memberUnreferenced((callback) -> environment().build().newTimer(callback).set(Duration.ofHours(2))));
		Timer last = environment().build().newTimer(GroupFixture::nothing);
		last.set(Duration.ofHours(2));
		this.group.closeMembers(CloseOptions.cancelPending());
		eventually("those that nobody holds", 0L, () -> {
			System.gc();
			return between.stream().filter((callback) -> callback.get() != null).count();
		});
		assertThat(List.of(first, last)).allMatch(Timer::isClosed);
		assertThat(this.told).containsExactly("told");
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void members_whoseCallbacksWereTakenBack_areNotHeldByWhatStoodBeforeThem() throws Exception {
		Gate busy = busyPool();
		Work first = environment().build().newWork(GroupFixture::nothing);
		first.submit();
		WeakReference<Callback> behind = memberUnreferenced((callback) -> takenBack(callback));
		first.awaitCallbacks(Pending.CANCEL);
		this.group.closeMembers(CloseOptions.awaitPending());
		eventually("reference", true, () -> {
			System.gc();
			return behind.get() == null;
		});
		assertThat(first.isClosed()).isTrue();
		busy.open();
	}

	private void takenBack(Callback callback) {
		Work work = environment().build().newWork(callback);
		work.submit();
		try {
			work.awaitCallbacks(Pending.CANCEL);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void members_ofWhichNothingRuns_areNoneAnyMoreWhenTheirOwnersAreTold() throws Exception {
		environment().onCancel((cancellation) -> this.told.add("of " + this.group.memberCounts().total()))
			.build()
			.newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("of 0");
	}

	@Test
	void member_whoseOwnerWasTold_isNotHeldUntilTheOthersAre() throws Exception {
		List<WeakReference<Callback>> first = new ArrayList<>();
		first.add(memberUnreferenced((callback) -> telling("first").newWork(callback)));
		environment().onCancel((cancellation) -> eventually("reference", true, () -> {
			System.gc();
			return first.get(0).get() == null;
		})).build().newWork(GroupFixture::nothing);
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).failures()).isEmpty();
		assertThat(this.told).containsExactly("first");
	}

	private WeakReference<Callback> memberUnreferenced(Consumer<Callback> maker) {
		Object captured = new Object();
		Callback callback = (instance) -> this.told.add("ran " + captured);
		maker.accept(callback);
		return new WeakReference<>(callback);
	}

	// Nobody is to be told of it, so nothing is waited for
	@Test
	void released_ofAMemberThatNobodyWatches_waitsForNoOtherOwner() throws Exception {
		AtomicReference<Work> unwatched = new AtomicReference<>();
		CompletableFuture<Boolean> released = new CompletableFuture<>();
		environment().onCancel((cancellation) -> released.complete(unwatched.get().released().isDone()))
			.build()
			.newWork(GroupFixture::nothing);
		unwatched.set(environment().build().newWork(GroupFixture::nothing));
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(released).isCompletedWithValue(true);
	}

	private WeakReference<Callback> submitUnreferenced(CallbackEnvironment environment) {
		Object captured = new Object();
		Callback callback = (instance) -> this.told.add("ran " + captured);
		environment.trySubmit(callback);
		return new WeakReference<>(callback);
	}

	// R124, F43, "a stuck member must not delay the others' notices"
	@Test
	void notices_whileAMemberIsStuck_comeToTheOthersAtOnceOrAsTheyEnd() throws Exception {
		Gate stuck = this.engine.gate();
		Gate ending = this.engine.gate();
		Work first = telling("stuck").newWork(stuck);
		Work second = telling("ending").newWork(ending);
		telling("idle").newWork(GroupFixture::nothing);
		first.submit();
		second.submit();
		stuck.awaitArrival();
		ending.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("idle");
		ending.open();
		while (this.told.size() < 2) {
			Thread.onSpinWait();
		}
		assertThat(this.told).containsExactly("idle", "ending");
		assertThat(close.hasReturned()).isFalse();
		stuck.open();
		close.report();
		assertThat(this.told).containsExactly("idle", "ending", "stuck");
	}

	// R138, F13
	@Test
	void cancelCallback_thatThrows_isReportedAndTheOthersAreToldAllTheSame() throws Exception {
		IllegalStateException exception = new IllegalStateException("exception");
		AssertionError error = new AssertionError("error");
		environment().onCancel((cancellation) -> {
			throw exception;
		}).build().newWork(GroupFixture::nothing);
		environment().onCancel((cancellation) -> {
			throw error;
		}).build().newWork(GroupFixture::nothing);
		telling("other").newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.failures()).containsExactly(exception, error);
		assertThat(this.told).containsExactly("other");
		assertThat(report.closedMembers()).isEqualTo(3);
	}

	// R138: no lock is held
	@Test
	void cancelCallback_whileItRuns_letsOtherThreadsUseGroupAndPool() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> {
			Thread other = this.engine.start("other", () -> {
				this.group.memberCounts();
				Work next = environment().build().newWork((instance) -> runs.incrementAndGet());
				next.submit();
				next.awaitCallbacks(Pending.AWAIT);
			});
			other.join();
		}).build();
		environment.newWork(GroupFixture::nothing);
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).failures()).isEmpty();
		assertThat(runs).hasValue(1);
	}

	// R126, R138
	@Test
	void cancelCallback_thatCreatesMembersOfTheSameGroup_putsThemIntoTheNextGeneration() throws Exception {
		AtomicReference<Work> created = new AtomicReference<>();
		environment().onCancel((cancellation) -> created.set(telling("next").newWork(GroupFixture::nothing)))
			.build()
			.newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.failures()).isEmpty();
		assertThat(created.get().isClosed()).isFalse();
		created.get().submit();
		created.get().awaitCallbacks(Pending.AWAIT);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("next");
	}

	// R139, F12: the released() of a member completes once, whoever ends it
	@Test
	void released_ofACancelledMember_completesAfterItsNotice() throws Exception {
		AtomicReference<Boolean> doneInNotice = new AtomicReference<>();
		AtomicReference<CompletableFuture<Void>> released = new AtomicReference<>();
		Work work = environment().onCancel((cancellation) -> doneInNotice.set(released.get().isDone()))
			.build()
			.newWork(GroupFixture::nothing);
		released.set(work.released());
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(doneInNotice).hasValue(false);
		assertThat(released.get()).isCompleted();
	}

	// F12
	@Test
	void member_toldOfOnce_isNotToldOfByALaterClose() throws Exception {
		telling("work").newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending());
		this.group.closeMembers(CloseOptions.cancelPending());
		this.group.close(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("work");
	}

	@Test
	void onGroupCloseCancel_whereTheCloseAwaits_dropsAndTells() throws Exception {
		Gate busy = busyPool();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment dropped = environment().onGroupClose(Pending.CANCEL)
			.memberName("dropped")
			.onCancel((cancellation) -> this.told.add(cancellation.name()))
			.build();
		CompletableFuture<Integer> future = dropped.submit(runs::incrementAndGet);
		environment().build().trySubmit((instance) -> runs.addAndGet(10));
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("dropped");
		assertThat(future).isCancelled();
		busy.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(10);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(report.completedCallbacks()).isEqualTo(1);
	}

	@Test
	void onGroupCloseAwait_whereTheCloseCancels_runsAndTellsNobody() throws Exception {
		Gate busy = busyPool();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment kept = environment().onGroupClose(Pending.AWAIT)
			.onCancel((cancellation) -> this.told.add("kept"))
			.build();
		Work work = kept.newWork((instance) -> runs.incrementAndGet());
		work.submit();
		work.submit();
		kept.trySubmit((instance) -> runs.incrementAndGet());
		environment().build().trySubmit((instance) -> runs.addAndGet(10));
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		busy.open();
		CloseReport report = close.report();
		assertThat(runs).hasValue(3);
		assertThat(report.completedCallbacks()).isEqualTo(3);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(this.told).isEmpty();
	}

	@Test
	void onGroupCloseCancel_submittedFromInsideAnAwaitingClose_isRefusedAsTheMemberWasToldOf() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment dropped = environment().onGroupClose(Pending.CANCEL)
			.memberName("dropped")
			.onCancel((cancellation) -> this.told.add(cancellation.name()))
			.build();
		Work work = dropped.newWork((instance) -> runs.incrementAndGet());
		CompletableFuture<String> chain = environment().build().submit(() -> {
			gate.pass();
			assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit);
			assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> dropped.submit(() -> 1))
				.withMessageContaining("'mail'")
				.withMessageContaining("'dropped'");
			assertThatExceptionOfType(GroupClosedException.class)
				.isThrownBy(() -> dropped.newWork(GroupFixture::nothing));
			return "refused";
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("dropped");
		gate.open();
		close.report();
		assertThat(chain).isCompletedWithValue("refused");
		assertThat(runs).hasValue(0);
		assertThat(this.told).containsExactly("dropped");
	}

}
