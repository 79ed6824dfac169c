package io.github.cleanupgroups;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * I/O objects with real files: what an operation does from its announcement to its
 * callback.
 */
@Timeout(60)
class IoTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	@TempDir
	private Path directory;

	private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

	private final ThreadPool pool = this.engine
		.pool(ThreadPool.builder("pool").maxThreads(4).onUncaught((name, failure) -> this.uncaught.add(failure)));

	private final CleanupGroup group = this.engine.group("files");

	private final Queue<IoResult<Integer>> results = new ConcurrentLinkedQueue<>();

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).memberName("reader");
	}

	private Io<Integer> io() {
		return environment().build().newIo((instance, result) -> this.results.add(result));
	}

	private Path file(String content) throws Exception {
		return Files.writeString(this.directory.resolve("file"), content);
	}

	/** A channel whose operations happen when the executor says so. */
	private static AsynchronousFileChannel open(Path file, HeldExecutor executor, StandardOpenOption option)
			throws Exception {
		return AsynchronousFileChannel.open(file, Set.of(option), executor);
	}

	// R84, R86, R91
	@Test
	void operation_onARealFile_runsItsCallbackOnceWithItsResult() throws Exception {
		AtomicReference<@Nullable Object> seen = new AtomicReference<>();
		Io<Integer> io = environment().build().newIo("context", (instance, result) -> {
			seen.set(Arrays.asList(instance.member(), instance.kind(), instance.context()));
			this.results.add(result);
		});
		ByteBuffer buffer = ByteBuffer.allocate(16);
		try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file("hello"))) {
			io.start((operation) -> channel.read(buffer, 0, buffer, operation));
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(this.results).singleElement().satisfies((result) -> {
			assertThat(result.value()).isEqualTo(5);
			assertThat(result.failure()).isNull();
			assertThat(result.attachment()).isSameAs(buffer);
		});
		assertThat(seen.get()).isEqualTo(Arrays.asList(io, MemberKind.IO, "context"));
		assertThat(new String(buffer.array(), 0, 5, StandardCharsets.US_ASCII)).isEqualTo("hello");
		assertThat(io.kind()).isEqualTo(MemberKind.IO);
		assertThat(io.name()).isEqualTo("reader");
		assertThat(io.context()).isEqualTo("context");
		assertThat(io.group()).isSameAs(this.group);
	}

	// R84, R93: one callback each, in whatever order
	@Test
	void operations_manyAtOnce_runOneCallbackEach() throws Exception {
		int blocks = 200;
		byte[] content = new byte[blocks * 64];
		for (int i = 0; i < content.length; i++) {
			content[i] = (byte) (i / 64);
		}
		Path copy = this.directory.resolve("copy");
		Io<Integer> writer = io();
		try (AsynchronousFileChannel out = AsynchronousFileChannel.open(copy, StandardOpenOption.CREATE,
				StandardOpenOption.WRITE)) {
			for (int block = 0; block < blocks; block++) {
				ByteBuffer part = ByteBuffer.wrap(content, block * 64, 64);
				int number = block;
				writer.start((operation) -> out.write(part, number * 64L, number, operation));
			}
			writer.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(this.results).hasSize(blocks).allMatch((result) -> Integer.valueOf(64).equals(result.value()));
		assertThat(this.results.stream().map(IoResult::attachment).distinct()).hasSize(blocks);
		assertThat(Files.readAllBytes(copy)).isEqualTo(content);
	}

	// R85
	@Test
	void wait_forAnAnnouncedOperation_lastsUntilItHasEnded() throws Exception {
		Io<Integer> io = io();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
		IoOperation<Integer> operation = io.start();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ofMillis(1))).isFalse();
		operation.withdraw();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
		assertThat(this.results).isEmpty();
	}

	// R85: a waiter that is parked already is woken by a withdrawal and by a callback
	@Test
	void waiter_parked_isWokenByTheEndOfTheLastOperation() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> one = io.start();
		IoOperation<Integer> other = io.start();
		Thread waiter = this.engine.start("waiter", () -> io.awaitCallbacks(Pending.AWAIT));
		one.completed(1, null);
		other.withdraw();
		waiter.join();
		assertThat(this.results).singleElement().extracting(IoResult::value).isEqualTo(1);
	}

	// R87
	@Test
	void initiator_thatThrowsAtTheCall_hasItsOperationWithdrawn() throws Exception {
		Io<Integer> io = io();
		Path file = file("hello");
		try (AsynchronousFileChannel out = AsynchronousFileChannel.open(file, StandardOpenOption.WRITE);
				AsynchronousFileChannel in = AsynchronousFileChannel.open(file)) {
			ByteBuffer buffer = ByteBuffer.allocate(16);
			assertThatExceptionOfType(NonReadableChannelException.class)
				.isThrownBy(() -> io.start((operation) -> out.read(buffer, 0, null, operation)));
			assertThatExceptionOfType(NonWritableChannelException.class)
				.isThrownBy(() -> io.start((operation) -> in.write(buffer, 0, null, operation)));
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> io.start((operation) -> in.read(buffer, -1, null, operation)));
		}
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
		assertThat(this.results).isEmpty();
		assertThat(this.group.memberCounts().pendingCallbacks()).isZero();
	}

	// R84: what ended before the initiator threw has ended
	@Test
	void initiator_thatThrowsAfterTheEnd_leavesTheEndAsItIs() throws Exception {
		Io<Integer> io = io();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> io.start((operation) -> {
			operation.completed(7, "there");
			throw new AssertionError("late");
		})).withMessage("late");
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).singleElement().extracting(IoResult::value).isEqualTo(7);
	}

	// R84, F25
	@Test
	void initiator_thatThrowsBeforeTheEnd_hasSpentItsToken() throws Exception {
		Io<Integer> io = io();
		AtomicReference<@Nullable Runnable> lateEnd = new AtomicReference<>();
		assertThatIllegalStateException().isThrownBy(() -> io.start((operation) -> {
			lateEnd.set(() -> operation.completed(7, null));
			throw new IllegalStateException("not begun");
		})).withMessage("not begun");
		Runnable late = lateEnd.get();
		assertThat(late).isNotNull();
		assertThatIllegalStateException().isThrownBy(late::run).withMessageContaining("'reader'");
		assertThat(this.results).isEmpty();
	}

	// R88, R91: an operation that fails later has its callback, with the failure
	@Test
	void operation_thatFails_runsItsCallbackWithTheFailure() throws Exception {
		Io<Integer> io = io();
		AsynchronousFileChannel channel = AsynchronousFileChannel.open(file("hello"));
		channel.close();
		io.start((operation) -> channel.read(ByteBuffer.allocate(16), 0, "attached", operation));
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).singleElement().satisfies((result) -> {
			assertThat(result.value()).isNull();
			assertThat(result.failure()).isInstanceOf(ClosedChannelException.class);
			assertThat(result.attachment()).isEqualTo("attached");
		});
	}

	// R88: closing the channel ends what is under way, with one callback
	@Test
	void operation_cancelledByClosingTheChannel_runsItsCallbackOnce() throws Exception {
		Io<Integer> io = io();
		HeldExecutor executor = new HeldExecutor();
		AsynchronousFileChannel channel = open(file("hello"), executor, StandardOpenOption.READ);
		io.start((operation) -> channel.read(ByteBuffer.allocate(16), 0, null, operation));
		channel.close();
		assertThat(this.results).isEmpty();
		executor.runAll();
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).singleElement()
			.extracting(IoResult::failure)
			.isInstanceOf(ClosedChannelException.class);
	}

	// R89, R94, F26
	@Test
	void wait_thatCancels_forgetsTheOperationWhichStillWritesItsBuffer() throws Exception {
		Io<Integer> io = io();
		HeldExecutor executor = new HeldExecutor();
		ByteBuffer buffer = ByteBuffer.allocate(16);
		try (AsynchronousFileChannel channel = open(file("hello"), executor, StandardOpenOption.READ)) {
			io.start((operation) -> channel.read(buffer, 0, null, operation));
			io.awaitCallbacks(Pending.CANCEL);
			assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
			io.close();
			assertThat(buffer.position()).isZero();
			assertThat(io.released()).isNotDone();
			executor.runAll();
			assertThat(buffer.position()).isEqualTo(5);
			assertThat(io.released()).isCompleted();
		}
		assertThat(this.results).isEmpty();
	}

	// R37, R89: forgetting is no end of the object
	@Test
	void object_afterAWaitThatCancelled_canBeUsedAgain() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> forgotten = io.start();
		io.awaitCallbacks(Pending.CANCEL);
		IoOperation<Integer> second = io.start();
		forgotten.completed(1, null);
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		second.completed(2, null);
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).singleElement().extracting(IoResult::value).isEqualTo(2);
	}

	// R90
	@Test
	void operation_thatEndsAfterItsWithdrawal_runsNoCallback() throws Exception {
		Io<Integer> io = io();
		HeldExecutor executor = new HeldExecutor();
		ByteBuffer buffer = ByteBuffer.allocate(16);
		try (AsynchronousFileChannel channel = open(file("hello"), executor, StandardOpenOption.READ)) {
			IoOperation<Integer> operation = io.start();
			operation.withdraw();
			channel.read(buffer, 0, null, operation);
			assertThatIllegalStateException().isThrownBy(executor::runAll)
				.withMessageContaining("'reader'")
				.withMessageContaining("'files'");
		}
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(buffer.position()).isEqualTo(5);
		assertThat(this.results).isEmpty();
	}

	// R92
	@Test
	void object_closedWithNothingUnderWay_isReleasedAtOnce() throws Exception {
		Io<Integer> io = io();
		assertThat(io.released()).isNotDone();
		io.close();
		assertThat(io.released()).isCompleted();
		assertThat(io.isClosed()).isTrue();
		assertThat(this.group.memberCounts().total()).isZero();
	}

	// R40, R92: what was announced still has its callback
	@Test
	void object_closedWithOperationsUnderWay_isReleasedWhenTheLastHasEnded() throws Exception {
		Gate gate = this.engine.gate();
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			this.results.add(result);
			gate.pass();
		});
		IoOperation<Integer> completed = io.start();
		IoOperation<Integer> withdrawn = io.start();
		io.close();
		io.close();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(io::start)
			.withMessageContaining("'reader'")
			.withMessageContaining("'files'")
			.withMessageContaining("started");
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(() -> io.start((operation) -> {
			throw new AssertionError("nothing is initiated that was refused");
		}));
		completed.completed(1, null);
		gate.awaitArrival();
		withdrawn.withdraw();
		assertThat(io.released()).isNotDone();
		gate.open();
		io.released().join();
		assertThat(this.results).hasSize(1);
	}

	// R40, R89, R92: nothing of this needs a group
	@Test
	void object_withoutGroup_isClosedAndReleasedAllTheSame() throws Exception {
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.pool).memberName("stranger").build();
		Io<Integer> delivered = outside.newIo((instance, result) -> this.results.add(result));
		Io<Integer> forgotten = outside.newIo((instance, result) -> this.results.add(result));
		IoOperation<Integer> one = delivered.start();
		IoOperation<Integer> other = forgotten.start();
		delivered.close();
		forgotten.close();
		this.group.closeMembers(CloseOptions.cancelPending());
		forgotten.awaitCallbacks(Pending.CANCEL);
		assertThat(forgotten.released()).isNotDone();
		one.completed(1, null);
		delivered.released().join();
		other.completed(2, null);
		assertThat(forgotten.released()).isCompleted();
		assertThat(this.results).singleElement().extracting(IoResult::value).isEqualTo(1);
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(delivered::start)
			.withMessageContaining("'stranger'");
	}

	// R41
	@Test
	void object_closedFromItsOwnCallback_isReleasedAfterIt() throws Exception {
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			Member self = instance.member();
			if (self != null) {
				self.close();
			}
			this.results.add(result);
		});
		io.start((operation) -> operation.completed(1, null));
		io.released().join();
		assertThat(this.results).hasSize(1);
	}

	// R42: the next operation from the callback of the last one
	@Test
	void callback_thatStartsTheNextOperation_readsAFileToItsEnd() throws Exception {
		String content = "0123456789".repeat(100);
		ByteBuffer whole = ByteBuffer.allocate(2_000);
		AtomicReference<@Nullable Io<Integer>> self = new AtomicReference<>();
		try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(file(content))) {
			Io<Integer> io = environment().build().newIo((instance, result) -> {
				Integer read = result.value();
				Io<Integer> next = self.get();
				if (read != null && read > 0 && next != null) {
					whole.limit(Math.min(whole.capacity(), whole.position() + 64));
					next.start((operation) -> channel.read(whole, whole.position(), null, operation));
				}
			});
			self.set(io);
			whole.limit(64);
			io.start((operation) -> channel.read(whole, 0, null, operation));
			// R38: what is started meanwhile extends the wait
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(new String(whole.array(), 0, whole.position(), StandardCharsets.US_ASCII)).isEqualTo(content);
	}

	// R43, F3
	@Test
	void wait_fromTheObjectsOwnCallback_isRefusedAtOnce() throws Exception {
		AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			Member self = instance.member();
			try {
				if (self != null) {
					self.awaitCallbacks(Pending.AWAIT);
				}
			}
			catch (IllegalStateException ex) {
				thrown.set(ex);
			}
		});
		io.start((operation) -> operation.completed(1, null));
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(thrown.get()).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("'reader'")
			.hasMessageContaining("'files'");
	}

	// F14
	@Test
	void callback_thatThrows_isReportedAndKeepsNothingFromRunning() throws Exception {
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			this.results.add(result);
			throw new AssertionError("number " + result.value());
		});
		io.start((operation) -> operation.completed(1, null));
		io.awaitCallbacks(Pending.AWAIT);
		io.start((operation) -> operation.completed(2, null));
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(2);
		assertThat(this.uncaught).extracting(Throwable::getMessage).containsExactly("number 1", "number 2");
	}

	// R108: whoever has disassociated is not waited for, what is under way is
	@Test
	void wait_withACallbackDisassociated_lastsForWhatIsUnderWayOnly() throws Exception {
		Gate gate = this.engine.gate();
		Io<Integer> io = environment().build().newIo((instance, result) -> {
			instance.disassociate();
			gate.pass();
		});
		IoOperation<Integer> first = io.start();
		IoOperation<Integer> second = io.start();
		first.completed(1, null);
		gate.awaitArrival();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		second.withdraw();
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
		gate.open();
	}

	@Test
	void arguments_thatAreNull_areRefusedAndCostNothing() throws Exception {
		Io<Integer> io = io();
		IoOperation<Integer> operation = io.start();
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> operation.failed(nothing(), null))
			.withMessageContaining("failure");
		operation.failed(new IllegalArgumentException("for real"), null);
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> io.start(nothing()));
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).singleElement()
			.extracting(IoResult::failure)
			.isInstanceOf(IllegalArgumentException.class);
	}

	@SuppressWarnings("TypeParameterUnusedInFormals")
	private static <T> T nothing() {
		return null;
	}

}
