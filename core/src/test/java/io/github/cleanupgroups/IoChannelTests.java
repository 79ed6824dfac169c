package io.github.cleanupgroups;

import java.net.ConnectException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * I/O objects with real sockets, whose operations stay under way as long as the other end
 * is silent.
 */
@Timeout(60)
class IoChannelTests {

	private static final int PATIENCE_SECONDS = 20;

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(2);

	private final CleanupGroup group = this.engine.group("connections");

	private final Queue<IoResult<Integer>> results = new ConcurrentLinkedQueue<>();

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).memberName("reader");
	}

	private Io<Integer> io() {
		return environment().build().newIo((instance, result) -> this.results.add(result));
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
	}

	private static void send(AsynchronousSocketChannel channel, String text) throws Exception {
		ByteBuffer bytes = bytes(text);
		while (bytes.hasRemaining()) {
			channel.write(bytes).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
	}

	private static String receive(AsynchronousSocketChannel channel, int length) throws Exception {
		ByteBuffer bytes = ByteBuffer.allocate(length);
		while (bytes.hasRemaining()) {
			int read = channel.read(bytes).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			assertThat(read).as("bytes received after %s of %s", bytes.position(), length).isPositive();
		}
		return new String(bytes.array(), StandardCharsets.US_ASCII);
	}

	// R84, R86
	@Test
	void read_ofWhatTheOtherEndSends_runsItsCallback() throws Exception {
		try (Loopback loopback = new Loopback()) {
			Io<Integer> io = io();
			ByteBuffer buffer = ByteBuffer.allocate(16);
			io.start((operation) -> loopback.near.read(buffer, buffer, operation));
			assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
			send(loopback.far, "hello");
			io.awaitCallbacks(Pending.AWAIT);
			assertThat(this.results).singleElement().satisfies((result) -> {
				assertThat(result.value()).isEqualTo(5);
				assertThat(result.attachment()).isSameAs(buffer);
			});
		}
	}

	// R84: accepting, connecting, reading and writing are each an object of their own
	// type
	@Test
	void server_madeOfObjects_echoesToSeveralClients() throws Exception {
		int clients = 5;
		Queue<AsynchronousSocketChannel> accepted = new ConcurrentLinkedQueue<>();
		AsynchronousServerSocketChannel server = Loopback.server();
		CallbackEnvironment environment = environment().build();
		Acceptor acceptor = new Acceptor(environment, server, accepted);
		acceptor.acceptNext();
		CountDownLatch connected = new CountDownLatch(clients);
		Queue<AsynchronousSocketChannel> connections = new ConcurrentLinkedQueue<>();
		Io<Void> connector = environment.newIo((instance, result) -> {
			assertThat(result.failure()).isNull();
			connected.countDown();
		});
		SocketAddress address = server.getLocalAddress();
		for (int client = 0; client < clients; client++) {
			AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
			connections.add(channel);
			connector.start((operation) -> channel.connect(address, channel, operation));
		}
		assertThat(connected.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
		int number = 0;
		for (AsynchronousSocketChannel connection : connections) {
			String text = "client " + number++;
			send(connection, text);
			assertThat(receive(connection, text.length())).isEqualTo(text);
		}
		// The accept and a read of each client are under way; closing the channels
		// ends them, and the chains with them.
		CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(close).isNotDone();
		server.close();
		for (AsynchronousSocketChannel connection : connections) {
			connection.close();
		}
		CloseReport report = close.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(report.failures()).isEmpty();
		assertThat(report.completedCallbacks()).isGreaterThanOrEqualTo(clients + 1L);
		for (AsynchronousSocketChannel channel : accepted) {
			channel.close();
		}
	}

	// V9, R143: a chain of reads and writes goes on to its end while its group is awaited
	@Test
	void awaitingClose_amidAConversation_letsItGoOnToItsEnd() throws Exception {
		try (Loopback loopback = new Loopback()) {
			Echo echo = new Echo(environment().build(), loopback.far);
			echo.readNext();
			send(loopback.near, "one ");
			assertThat(receive(loopback.near, 4)).isEqualTo("one ");
			CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
			send(loopback.near, "two ");
			assertThat(receive(loopback.near, 4)).isEqualTo("two ");
			send(loopback.near, "three");
			assertThat(receive(loopback.near, 5)).isEqualTo("three");
			assertThat(close).isNotDone();
			loopback.near.shutdownOutput();
			CloseReport report = close.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			assertThat(report.cancelledCallbacks()).isZero();
			assertThat(report.failures()).isEmpty();
			// Two reads and two writes at least, and the end of the stream.
			assertThat(report.completedCallbacks()).isGreaterThanOrEqualTo(5);
			assertThat(report.closedMembers()).isEqualTo(2);
		}
	}

	// R88: the original's CancelIo is to close the channel
	@Test
	void read_whoseChannelIsClosed_runsItsCallbackOnceWithTheFailure() throws Exception {
		Io<Integer> io = io();
		try (Loopback loopback = new Loopback()) {
			io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), null, operation));
			loopback.near.close();
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(this.results).singleElement()
			.extracting(IoResult::failure)
			.isInstanceOf(AsynchronousCloseException.class);
	}

	// R88
	@Test
	void accept_whoseChannelIsClosed_runsItsCallbackOnceWithTheFailure() throws Exception {
		Queue<IoResult<AsynchronousSocketChannel>> accepted = new ConcurrentLinkedQueue<>();
		Io<AsynchronousSocketChannel> io = environment().build().newIo((instance, result) -> accepted.add(result));
		AsynchronousServerSocketChannel server = Loopback.server();
		io.start((operation) -> server.accept("attached", operation));
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		server.close();
		io.awaitCallbacks(Pending.AWAIT);
		assertThat(accepted).singleElement().satisfies((result) -> {
			assertThat(result.value()).isNull();
			assertThat(result.failure()).isInstanceOf(ClosedChannelException.class);
			assertThat(result.attachment()).isEqualTo("attached");
		});
	}

	// R91: a failure arrives as the channel reports it
	@Test
	void connect_toNobody_runsItsCallbackWithTheFailure() throws Exception {
		Queue<IoResult<Void>> connected = new ConcurrentLinkedQueue<>();
		Io<Void> io = environment().build().newIo((instance, result) -> connected.add(result));
		SocketAddress deserted = Loopback.deserted();
		try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
			io.start((operation) -> channel.connect(deserted, null, operation));
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(connected).singleElement().extracting(IoResult::failure).isInstanceOf(ConnectException.class);
	}

	// R91
	@Test
	void read_thatTimesOut_runsItsCallbackWithTheFailure() throws Exception {
		Io<Integer> io = io();
		try (Loopback loopback = new Loopback()) {
			io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), 1, TimeUnit.MILLISECONDS, null,
					operation));
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(this.results).singleElement()
			.extracting(IoResult::failure)
			.isInstanceOf(InterruptedByTimeoutException.class);
	}

	// R87: the channel refuses a second read at the call; the first is not touched
	@Test
	void read_whileAnotherIsPending_isWithdrawnAlone() throws Exception {
		Io<Integer> io = io();
		try (Loopback loopback = new Loopback()) {
			io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), "first", operation));
			assertThatExceptionOfType(ReadPendingException.class).isThrownBy(
					() -> io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), "second", operation)));
			assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(1);
			send(loopback.far, "x");
			io.awaitCallbacks(Pending.AWAIT);
		}
		assertThat(this.results).singleElement().extracting(IoResult::attachment).isEqualTo("first");
	}

	// R87
	@Test
	void read_ofAChannelNotConnected_isWithdrawn() throws Exception {
		Io<Integer> io = io();
		try (AsynchronousSocketChannel channel = AsynchronousSocketChannel.open()) {
			assertThatExceptionOfType(NotYetConnectedException.class)
				.isThrownBy(() -> io.start((operation) -> channel.read(ByteBuffer.allocate(16), null, operation)));
		}
		assertThat(io.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isTrue();
	}

	// R149, R94, F26: the buffer is written after the close has returned
	@Test
	void cancellingClose_withAReadPending_returnsWhileTheChannelMayStillWrite() throws Exception {
		Io<Integer> io = io();
		try (Loopback loopback = new Loopback()) {
			ByteBuffer buffer = ByteBuffer.allocate(16);
			io.start((operation) -> loopback.near.read(buffer, null, operation));
			CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
			assertThat(report.cancelledCallbacks()).isEqualTo(1);
			CompletableFuture<Void> released = io.released();
			assertThat(released).isNotDone();
			send(loopback.far, "late");
			released.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			// Written by then, and by nobody any more.
			assertThat(buffer.position()).isEqualTo(4);
		}
		assertThat(this.results).isEmpty();
	}

	// R139, F12: the owner closes the channel when told, and frees the buffer on release
	@Test
	void cancelCallback_thatClosesTheChannel_hastensTheRelease() throws Exception {
		try (Loopback loopback = new Loopback()) {
			Io<Integer> io = environment().onCancel((cancellation) -> loopback.near.close())
				.build()
				.newIo((instance, result) -> this.results.add(result));
			io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), null, operation));
			CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
			assertThat(report.failures()).isEmpty();
			io.released().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		assertThat(this.results).isEmpty();
	}

	// R40, R115: closed by itself with a read pending, then its group
	@Test
	void objectClosedByItself_withAReadPending_isWaitedForByItsGroupsClose() throws Exception {
		Io<Integer> io = io();
		try (Loopback loopback = new Loopback()) {
			io.start((operation) -> loopback.near.read(ByteBuffer.allocate(16), null, operation));
			io.close();
			CompletableFuture<CloseReport> close = this.group.closeMembersAsync(CloseOptions.awaitPending());
			assertThat(close).isNotDone();
			Future<Integer> sent = loopback.far.write(bytes("x"));
			assertThat(sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
			CloseReport report = close.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			assertThat(report.completedCallbacks()).isEqualTo(1);
		}
		assertThat(this.results).hasSize(1);
	}

	/** Accepts again and again, and lets each connection echo. */
	private static final class Acceptor {

		private final CallbackEnvironment environment;

		private final AsynchronousServerSocketChannel server;

		private final Io<AsynchronousSocketChannel> io;

		Acceptor(CallbackEnvironment environment, AsynchronousServerSocketChannel server,
				Queue<AsynchronousSocketChannel> accepted) {
			this.environment = environment;
			this.server = server;
			this.io = environment.newIo((instance, result) -> {
				AsynchronousSocketChannel channel = result.value();
				if (channel != null) {
					accepted.add(channel);
					new Echo(this.environment, channel).readNext();
					acceptNext();
				}
			});
		}

		void acceptNext() {
			this.io.start((operation) -> this.server.accept(null, operation));
		}

	}

	/** Sends back what comes, until the other end is through. */
	private static final class Echo {

		private final AsynchronousSocketChannel channel;

		private final ByteBuffer buffer = ByteBuffer.allocate(64);

		private final Io<Integer> reader;

		private final Io<Integer> writer;

		Echo(CallbackEnvironment environment, AsynchronousSocketChannel channel) {
			this.channel = channel;
			this.reader = environment.newIo((instance, result) -> {
				Integer read = result.value();
				if (read != null && read > 0) {
					this.buffer.flip();
					writeNext();
				}
			});
			this.writer = environment.newIo((instance, result) -> {
				if (result.failure() == null) {
					if (this.buffer.hasRemaining()) {
						writeNext();
					}
					else {
						this.buffer.clear();
						readNext();
					}
				}
			});
		}

		void readNext() {
			this.reader.start((operation) -> this.channel.read(this.buffer, null, operation));
		}

		private void writeNext() {
			this.writer.start((operation) -> this.channel.write(this.buffer, null, operation));
		}

	}

}
