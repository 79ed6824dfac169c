package io.github.cleanupgroups;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Closing what has operations under way: its group, its pool, itself (R149, F26).
 */
@Timeout(60)
class IoClosingTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	@TempDir
	private Path directory;

	private final ThreadPool pool = this.engine.pool(2);

	private final CleanupGroup group = this.engine.group("files");

	private final Queue<IoResult<Integer>> results = new ConcurrentLinkedQueue<>();

	private final Queue<Cancellation> told = new ConcurrentLinkedQueue<>();

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(this.group)
			.memberName("reader")
			.onCancel(this.told::add);
	}

	private Io<Integer> io() {
		return environment().build().newIo("context", (instance, result) -> this.results.add(result));
	}

	private static CloseReport report(CompletableFuture<CloseReport> future) throws Exception {
		return future.get(20, TimeUnit.SECONDS);
	}

	// R149, R122: what was announced is waited for
	@Test
	void awaitingClose_withAnOperationUnderWay_waitsForItsCallback() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(close).isNotDone();
		assertThat(this.group.memberCounts().of(MemberKind.IO, MemberState.QUEUED)).isEqualTo(1);
		operation.completed(1, null);
		CloseReport report = report(close);
		assertThat(this.results).hasSize(1);
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(report.timedOut()).isFalse();
		// R130
		assertThat(this.told).isEmpty();
		assertThat(io.released()).isCompleted();
	}

	// R87, R149: a withdrawal ends the wait too, and counts as nothing
	@Test
	void awaitingClose_whoseLastOperationIsWithdrawn_ends() throws Exception {
		IoOperation<Integer> operation = io().start();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(close).isNotDone();
		operation.withdraw();
		CloseReport report = report(close);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(report.closedMembers()).isEqualTo(1);
	}

	// R149, R94, R92, F26: forgotten, not freed
	@Test
	void cancellingClose_withARealReadUnderWay_forgetsItAndReleasesWhenItHasEnded() throws Exception {
		HeldExecutor executor = new HeldExecutor();
		ByteBuffer buffer = ByteBuffer.allocate(16);
		Path file = Files.writeString(this.directory.resolve("file"), "hello");
		try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file, Set.of(StandardOpenOption.READ),
				executor)) {
			Io<Integer> io = io();
			io.start((operation) -> channel.read(buffer, 0, null, operation));
			CloseReport report = this.group
				.closeMembers(CloseOptions.cancelPending().reason("enough").cleanupContext("cleanup"));
			assertThat(executor.size()).isEqualTo(1);
			assertThat(report.cancelledCallbacks()).isEqualTo(1);
			assertThat(report.completedCallbacks()).isZero();
			assertThat(report.closedMembers()).isEqualTo(1);
			assertThat(this.told).singleElement().satisfies((cancellation) -> {
				assertThat(cancellation.kind()).isEqualTo(MemberKind.IO);
				assertThat(cancellation.name()).isEqualTo("reader");
				assertThat(cancellation.context()).isEqualTo("context");
				assertThat(cancellation.cleanupContext()).isEqualTo("cleanup");
				assertThat(cancellation.reason()).isEqualTo("enough");
				assertThat(cancellation.droppedCallbacks()).isEqualTo(1);
				assertThat(cancellation.ranBefore()).isFalse();
			});
			assertThat(io.released()).isNotDone();
			assertThat(buffer.position()).isZero();
			executor.runAll();
			assertThat(buffer.position()).isEqualTo(5);
			assertThat(io.released()).isCompleted();
		}
		assertThat(this.results).isEmpty();
	}

	// R149: nobody has asked before whether it is released
	@Test
	void released_askedForAfterACancellingClose_waitsForWhatWasForgotten() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> one = io.start();
		IoOperation<Integer> other = io.start();
		CloseReport report = this.group.close(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(2);
		one.failed(new IllegalStateException("late"), null);
		CompletableFuture<Void> released = io.released();
		assertThat(released).isNotDone();
		other.withdraw();
		assertThat(released).isCompleted();
		assertThat(this.results).isEmpty();
	}

	// R133, R128, R149
	@Test
	void cancellingClose_withOneCallbackRunningAndOneOperationUnderWay_tellsTheOwnerAfterTheCallback()
			throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger ended = new AtomicInteger();
		Queue<Integer> endedWhenTold = new ConcurrentLinkedQueue<>();
		Io<Integer> io = environment().onCancel((cancellation) -> {
			endedWhenTold.add(ended.get());
			this.told.add(cancellation);
		}).build().newIo((instance, result) -> {
			gate.pass();
			ended.incrementAndGet();
		});
		IoOperation<Integer> forgotten = io.start();
		io.start((operation) -> operation.completed(1, null));
		gate.awaitArrival();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.cancelPending());
		assertThat(this.told).isEmpty();
		assertThat(close).isNotDone();
		gate.open();
		CloseReport report = report(close);
		assertThat(endedWhenTold).containsExactly(1);
		assertThat(this.told).singleElement().satisfies((cancellation) -> {
			assertThat(cancellation.droppedCallbacks()).isEqualTo(1);
			assertThat(cancellation.ranBefore()).isTrue();
		});
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(io.released()).isNotDone();
		forgotten.completed(2, null);
		assertThat(io.released()).isCompleted();
	}

	// R129, R149: idle ones are told too
	@Test
	void cancellingClose_withNothingUnderWay_tellsTheOwner() throws Exception {
		Io<Integer> io = io();
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).singleElement().extracting(Cancellation::droppedCallbacks).isEqualTo(0L);
		assertThat(io.released()).isCompleted();
	}

	// R119, R120: completed, but its callback has not begun
	@Test
	void close_withACompletedOperationQueued_runsOrDropsItsCallback() throws Exception {
		for (CloseOptions options : new CloseOptions[] { CloseOptions.awaitPending(), CloseOptions.cancelPending() }) {
			this.results.clear();
			Io<Integer> io = io();
			this.group.pause();
			io.start((operation) -> operation.completed(1, null));
			CloseReport report = this.group.closeMembers(options);
			this.group.resume();
			boolean awaits = report.cancelledCallbacks() == 0;
			assertThat(awaits).isEqualTo(this.told.isEmpty());
			assertThat(report.completedCallbacks()).isEqualTo(awaits ? 1 : 0);
			assertThat(this.results).hasSize(awaits ? 1 : 0);
			assertThat(io.released()).isCompleted();
		}
	}

	// R149: the grace is over
	@Test
	void awaitThenCancelClose_whoseGraceIsOver_forgetsWhatIsUnderWay() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitThenCancel(Duration.ofMillis(1)));
		assertThat(report.timedOut()).isFalse();
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(this.told).hasSize(1);
		operation.completed(1, null);
		assertThat(io.released()).isCompleted();
	}

	// F5, F42: a close that waits for an operation in vain says so
	@Test
	void awaitingClose_thatTimesOut_namesTheObjectWhoseOperationIsUnderWay() throws Exception {
		Io<Integer> io = io();
		Io<Integer> closed = environment().memberName("closed by itself").build().newIo((instance, result) -> {
		});
		IoOperation<Integer> operation = io.start();
		IoOperation<Integer> ofClosed = closed.start();
		closed.close();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ofMillis(1)));
		assertThat(report.timedOut()).isTrue();
		assertThat(report.stillRunning()).extracting(MemberSnapshot::name)
			.containsExactlyInAnyOrder("reader", "closed by itself");
		assertThat(report.stillRunning()).allSatisfy((member) -> {
			assertThat(member.kind()).isEqualTo(MemberKind.IO);
			assertThat(member.pendingCallbacks()).isEqualTo(1);
			assertThat(member.runningCallbacks()).isZero();
			assertThat(member.stack()).isEmpty();
		});
		assertThat(this.group.isClosing()).isTrue();
		// The next close takes over what is left, and may escalate.
		CloseReport next = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(next.closedMembers()).isEqualTo(1);
		assertThat(next.cancelledCallbacks()).isEqualTo(2);
		assertThat(next.stillRunning()).isEmpty();
		assertThat(this.told).extracting(Cancellation::name).containsExactly("reader");
		operation.completed(1, null);
		ofClosed.completed(1, null);
		assertThat(io.released()).isCompleted();
		assertThat(closed.released()).isCompleted();
	}

	// A close that timed out and that nobody attends to ends with the last operation
	@Test
	void closeThatTimedOut_whoseOperationEndsLater_isFinishedByThatEnd() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO));
		assertThat(this.group.isClosing()).isTrue();
		CompletableFuture<Void> released = io.released();
		operation.withdraw();
		assertThat(this.group.isClosing()).isFalse();
		assertThat(released).isCompleted();
		assertThat(this.told).isEmpty();
	}

	// R115, R135, R40: closed by itself first
	@Test
	void objectClosedByItself_withAnOperationUnderWay_isWaitedForByAnAwaitingClose() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		io.close();
		assertThat(this.group.memberCounts().of(MemberKind.IO)).isZero();
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(1);
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(close).isNotDone();
		operation.completed(1, null);
		CloseReport report = report(close);
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.closedMembers()).isZero();
		assertThat(this.results).hasSize(1);
		assertThat(io.released()).isCompleted();
	}

	// R115, R135
	@Test
	void objectClosedByItself_withAnOperationUnderWay_isForgottenWithoutNoticeByACancellingClose() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		IoOperation<Integer> other = io.start();
		io.close();
		CompletableFuture<Void> released = io.released();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(2);
		assertThat(this.told).isEmpty();
		operation.completed(1, null);
		assertThat(released).isNotDone();
		other.completed(1, null);
		assertThat(released).isCompleted();
		assertThat(this.results).isEmpty();
	}

	// R115: one operation is complete and queued, the other under way
	@Test
	void objectClosedByItself_withOneQueuedAndOneUnderWay_losesBothToACancellingClose() throws Exception {
		Io<Integer> io = io();
		this.group.pause();
		io.start((operation) -> operation.completed(1, null));
		IoOperation<Integer> underWay = io.start();
		io.close();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(2);
		assertThat(io.released()).isNotDone();
		underWay.withdraw();
		assertThat(io.released()).isCompleted();
		assertThat(this.results).isEmpty();
		assertThat(this.told).isEmpty();
	}

	// R140: its own callback closes it while the group's close waits
	@Test
	void objectClosedByItsCallback_whileItsGroupCloses_isReleasedOnceAndNotTold() throws Exception {
		Gate gate = this.engine.gate();
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			gate.pass();
			Member self = instance.member();
			if (self != null) {
				self.close();
			}
		});
		IoOperation<Integer> forgotten = io.start();
		io.start((operation) -> operation.completed(1, null));
		gate.awaitArrival();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.cancelPending());
		gate.open();
		report(close);
		// R135
		assertThat(this.told).isEmpty();
		assertThat(io.released()).isNotDone();
		forgotten.completed(2, null);
		assertThat(io.released()).isCompleted();
	}

	// V9, R143: from inside an awaiting close the chain goes on, from outside it does not
	@Test
	void start_whileTheGroupIsAwaited_isAcceptedFromInsideOnly() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<@Nullable IoOperation<Integer>> inner = new AtomicReference<>();
		AtomicReference<@Nullable IoOperation<Integer>> ofNew = new AtomicReference<>();
		Io<Integer> io = io();
		CallbackEnvironment environment = environment().build();
		environment.trySubmit((instance) -> {
			gate.pass();
			inner.set(io.start());
			Io<Integer> young = environment.newIo((execution, result) -> this.results.add(result));
			ofNew.set(young.start());
		});
		gate.awaitArrival();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(io::start)
			.withMessageContaining("'reader'")
			.withMessageContaining("'files'");
		gate.open();
		Eventually.eventually("the inner operations", true, () -> ofNew.get() != null);
		assertThat(close).isNotDone();
		end(inner.get());
		assertThat(close).isNotDone();
		end(ofNew.get());
		CloseReport report = report(close);
		assertThat(report.completedCallbacks()).isEqualTo(3);
		assertThat(report.closedMembers()).isEqualTo(3);
		assertThat(this.results).hasSize(2);
	}

	private static void end(@Nullable IoOperation<Integer> operation) {
		assertThat(operation).isNotNull();
		operation.completed(1, null);
	}

	// V9: a cancelling close refuses from everywhere
	@Test
	void start_whileTheGroupIsCancelled_isRefusedFromInsideToo() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
		Io<Integer> io = io();
		CallbackEnvironment environment = environment().build();
		environment.trySubmit((instance) -> {
			gate.pass();
			try {
				io.start();
			}
			catch (RejectedExecutionException ex) {
				refusal.set(ex);
			}
		});
		gate.awaitArrival();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.cancelPending());
		gate.open();
		report(close);
		assertThat(refusal.get()).isInstanceOf(MemberClosedException.class);
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(io::start);
	}

	// F1, R148
	@Test
	void start_afterTheGroupsClose_isRefused() throws Exception {
		Io<Integer> io = io();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(io::start)
			.withMessageContaining("'reader'")
			.withMessageContaining("'files'");
		assertThatCode(io::close).doesNotThrowAnyException();
		// R113: the next generation is open
		Io<Integer> next = io();
		next.start((operation) -> operation.completed(1, null));
		next.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(1);
	}

	@Test
	void refusingGroup_withOperationsUnderWay_deliversThemAndRefusesOthersFromOutside() throws Exception {
		AtomicReference<@Nullable Io<Integer>> self = new AtomicReference<>();
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			this.results.add(result);
			Io<Integer> same = self.get();
			if (this.results.size() == 1 && same != null) {
				same.start((operation) -> operation.completed(2, null));
			}
		});
		self.set(io);
		IoOperation<Integer> operation = io.start();
		this.group.refuse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(io::start)
			.withMessageContaining("'reader'")
			.withMessageContaining("'files'");
		operation.completed(1, null);
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).extracting(IoResult::value).containsExactly(1, 2);
		this.group.accept();
		io.start().withdraw();
	}

	@Test
	void pausedGroup_whenAnOperationEnds_holdsItsCallbackBackUntilItResumes() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		this.group.pause();
		operation.completed(1, null);
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ofMillis(1))).isFalse();
		assertThat(this.results).isEmpty();
		this.group.resume();
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(1);
	}

	// R12, R13, F39: what was announced before is still delivered
	@Test
	void closedPool_withAnOperationUnderWay_deliversItAndRefusesOthers() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> delivered = io.start();
		IoOperation<Integer> withdrawn = io.start();
		this.pool.close();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(io::start)
			.withMessageContaining("'reader'")
			.withMessageContaining("'pool'");
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(this::io);
		delivered.completed(1, null);
		Eventually.eventually("callbacks run", 1, this.results::size);
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		withdrawn.withdraw();
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		assertThat(this.results).hasSize(1);
	}

	// R13: what is forgotten keeps no pool from terminating
	@Test
	void closedPool_whoseMembersAreForgotten_terminates() throws Exception {
		IoOperation<Integer> operation = io().start();
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		CloseReport report = this.group.close(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
		operation.completed(1, null);
		assertThat(this.results).isEmpty();
	}

	@Test
	void counts_withOperationsUnderWayQueuedAndRunning_tellThemApart() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment environment = environment().build();
		Io<Integer> idle = environment.newIo((instance, result) -> {
		});
		Io<Integer> running = environment.newIo((instance, result) -> gate.pass());
		Io<Integer> underWay = environment.newIo((instance, result) -> {
		});
		running.start((operation) -> operation.completed(1, null));
		gate.awaitArrival();
		IoOperation<Integer> operation = underWay.start();
		MemberCounts counts = this.group.memberCounts();
		assertThat(counts.of(MemberKind.IO)).isEqualTo(3);
		assertThat(counts.of(MemberKind.IO, MemberState.IDLE)).isEqualTo(1);
		assertThat(counts.of(MemberKind.IO, MemberState.QUEUED)).isEqualTo(1);
		assertThat(counts.of(MemberKind.IO, MemberState.RUNNING)).isEqualTo(1);
		assertThat(counts.pendingCallbacks()).isEqualTo(1);
		assertThat(counts.runningCallbacks()).isEqualTo(1);
		assertThat(this.pool.stats().pendingCallbacks()).isEqualTo(1);
		assertThat(this.group.members()).extracting(MemberSnapshot::pendingCallbacks).containsExactly(0L, 0L, 1L);
		gate.open();
		operation.withdraw();
		running.awaitCallbacks(Pending.AWAIT);
		Eventually.eventually("idle objects", 3, () -> this.group.memberCounts().of(MemberKind.IO, MemberState.IDLE));
		idle.close();
	}

	// Queue bounds are for submissions: the end of an operation is never refused
	@Test
	void fullQueue_whenAnOperationEnds_takesItsCallback() throws Exception {
		CleanupGroup bounded = this.engine.group(CleanupGroup.builder("bounded").queueCapacity(1));
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(bounded).build();
		Io<Integer> io = environment.newIo((instance, result) -> this.results.add(result));
		bounded.pause();
		assertThat(environment.trySubmit((instance) -> {
		})).isTrue();
		assertThat(environment.trySubmit((instance) -> {
		})).isFalse();
		io.start((operation) -> operation.completed(1, null));
		io.start((operation) -> operation.completed(2, null));
		bounded.resume();
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(2);
	}

	// An awaiting close drops what its environment says, operations included
	@Test
	void awaitingClose_withAnObjectThatItCancels_forgetsItsOperation() throws Exception {
		Io<Integer> io = environment().onGroupClose(Pending.CANCEL)
			.build()
			.newIo((instance, result) -> this.results.add(result));
		IoOperation<Integer> operation = io.start();
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(this.told).singleElement().extracting(Cancellation::droppedCallbacks).isEqualTo(1L);
		operation.completed(1, null);
		assertThat(io.released()).isCompleted();
		assertThat(this.results).isEmpty();
	}

	// R133: nothing of a member runs once its owner was told
	@Test
	void objectCancelledByAnAwaitingClose_usedFromInside_isRefused() throws Exception {
		Gate gate = this.engine.gate();
		Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
		CallbackEnvironment cancelled = environment().onGroupClose(Pending.CANCEL).build();
		Io<Integer> io = cancelled.newIo((instance, result) -> this.results.add(result));
		AtomicInteger worked = new AtomicInteger();
		Work work = cancelled.newWork((instance) -> worked.incrementAndGet());
		environment().build().trySubmit((instance) -> {
			gate.pass();
			for (Runnable use : new Runnable[] { io::start, work::submit }) {
				try {
					use.run();
				}
				catch (RejectedExecutionException ex) {
					refusals.add(ex);
				}
			}
		});
		gate.awaitArrival();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		Eventually.eventually("owners told", 2, this.told::size);
		gate.open();
		CloseReport report = report(close);
		assertThat(refusals).hasSize(2).allMatch(MemberClosedException.class::isInstance);
		assertThat(worked).hasValue(0);
		assertThat(report.completedCallbacks()).isEqualTo(1);
	}

	// What completes while a close parts the queue is dropped with the rest, and its
	// owner
	// hears of it
	@Test
	void operation_thatEndsWhileACloseSweeps_isDroppedAndCounted() throws Exception {
		Io<Integer> io = io();
		Io<Integer> closedMeanwhile = io();
		IoOperation<Integer> operation = io.start();
		IoOperation<Integer> ofClosed = closedMeanwhile.start();
		this.group.pause();
		io.start((queued) -> queued.completed(0, null));
		AtomicBoolean sweeping = new AtomicBoolean();
		// Asked on the closing thread, between the two steps of its sweep.
		OwnedCallback amidst = new OwnedCallback() {

			@Override
			public void run(RunningCallback execution) {
			}

			@Override
			public void dropped(MemberCancelledException cancellation) {
			}

			@Override
			public Retention retention(Retention ofEnvironment) {
				if (sweeping.getAndSet(false)) {
					operation.completed(1, null);
					closedMeanwhile.close();
					ofClosed.withdraw();
				}
				return ofEnvironment;
			}

		};
		assertThat(CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).build().trySubmit(amidst))
			.isTrue();
		sweeping.set(true);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(sweeping).isFalse();
		assertThat(report.cancelledCallbacks()).isEqualTo(3);
		assertThat(this.told).singleElement().extracting(Cancellation::droppedCallbacks).isEqualTo(2L);
		assertThat(this.results).isEmpty();
		assertThat(io.released()).isCompleted();
		assertThat(closedMeanwhile.released()).isCompleted();
		assertThatIllegalStateException().isThrownBy(operation::withdraw);
	}

	// R149 on two pools: the close waits for the last of both
	@Test
	void awaitingClose_ofAGroupOnTwoPools_waitsForTheOperationsOfBoth() throws Exception {
		ThreadPool second = this.engine.pool(1);
		Io<Integer> here = io();
		Io<Integer> there = environment().pool(second).build().newIo((instance, result) -> this.results.add(result));
		IoOperation<Integer> one = here.start();
		IoOperation<Integer> other = there.start();
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		other.completed(1, null);
		Eventually.eventually("callbacks run", 1, this.results::size);
		assertThat(close).isNotDone();
		one.withdraw();
		assertThat(report(close).completedCallbacks()).isEqualTo(1);
	}

	// Who is queued since when: each callback by the end of its own operation
	@Test
	void callback_ofEachOperation_hasBeenQueuedSinceItsOperationEnded() throws Exception {
		ManualTimeSource time = new ManualTimeSource();
		Queue<Long> queued = new ConcurrentLinkedQueue<>();
		ThreadPool timed = this.engine.pool(ThreadPool.builder("timed").maxThreads(1).timeSource(time));
		CleanupGroup observed = this.engine
			.group(CleanupGroup.builder("observed").timeSource(time).listener(new CleanupGroupListener() {
				@Override
				public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
						@Nullable Throwable failure) {
					queued.add(queuedNanos);
				}
			}));
		Io<Integer> io = CallbackEnvironment.builder()
			.pool(timed)
			.cleanupGroup(observed)
			.build()
			.newIo((instance, result) -> this.results.add(result));
		observed.pause();
		io.start((operation) -> operation.completed(1, null));
		time.advance(Duration.ofNanos(30));
		io.start((operation) -> operation.completed(2, null));
		time.advance(Duration.ofNanos(100));
		observed.resume();
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(queued).containsExactly(130L, 100L);
	}

}
