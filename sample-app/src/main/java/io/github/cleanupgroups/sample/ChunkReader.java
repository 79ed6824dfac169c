package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Cancellation;
import io.github.cleanupgroups.Io;
import io.github.cleanupgroups.IoResult;
import org.jspecify.annotations.Nullable;

/**
 * Reads an open file, chunk by chunk, through an I/O member of its own. Used by one
 * thread at a time, and by the one that cancels the member.
 *
 * <p>
 * A close of the group that cancels forgets an operation under way and waits for no disk.
 * Until that has ended it still writes into the chunk, so the chunk is not used again,
 * and the file stays open: closing it would have to wait. Whoever ends the last operation
 * closes it.
 */
final class ChunkReader implements Closeable {

	private final AsynchronousFileChannel channel;

	private final ByteBuffer chunk;

	private final Io<Integer> io;

	/** Where the next operation reads. */
	private long position;

	private boolean atEnd;

	/**
	 * Who waits for the present chunk. Written by whoever reads the next one, read by its
	 * callbacks and by the thread that cancels.
	 */
	private volatile @Nullable CompletableFuture<ByteBuffer> waiting;

	private ChunkReader(AsynchronousFileChannel channel, int size, CallbackEnvironment members) {
		this.channel = channel;
		this.chunk = ByteBuffer.allocate(size);
		this.io = members.newIo(this, (instance, result) -> ended(result));
	}

	/**
	 * Opens a file. Blocks.
	 * @param size how many bytes a chunk has, at most
	 * @param members makes the I/O member; to tell {@link #cancelled(Cancellation)}
	 * @param threads which the operations of the channel take their time on
	 */
	static ChunkReader open(Path path, int size, CallbackEnvironment members, ExecutorService threads)
			throws IOException {
		// What was a regular file a moment ago may be a link by now.
		AsynchronousFileChannel channel = AsynchronousFileChannel.open(path,
				Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), threads);
		boolean opened = false;
		try {
			ChunkReader reader = new ChunkReader(channel, size, members);
			opened = true;
			return reader;
		}
		finally {
			if (!opened) {
				channel.close();
			}
		}
	}

	/**
	 * Reads what comes next, as much as a chunk holds. The chunk is the reader's again
	 * with the next call.
	 * @return completes with what was read, also with nothing; exceptionally where that
	 * failed or the group was closed meanwhile
	 */
	CompletableFuture<ByteBuffer> next() {
		CompletableFuture<ByteBuffer> next = new CompletableFuture<>();
		this.waiting = next;
		this.chunk.clear();
		startOperation();
		return next;
	}

	private void startOperation() {
		this.io.start((operation) -> this.channel.read(this.chunk, this.position, this.chunk, operation));
	}

	private void ended(IoResult<Integer> result) {
		CompletableFuture<ByteBuffer> waiting = Objects.requireNonNull(this.waiting, "waiting");
		Throwable failure = result.failure();
		if (failure != null) {
			waiting.completeExceptionally(failure);
			return;
		}
		int read = Objects.requireNonNull(result.value(), "value");
		this.atEnd = read < 0;
		this.position += Math.max(0, read);
		if (this.atEnd || !this.chunk.hasRemaining()) {
			waiting.complete(this.chunk.flip());
		}
		else {
			readOn(waiting);
		}
	}

	private void readOn(CompletableFuture<ByteBuffer> waiting) {
		try {
			startOperation();
		}
		catch (RuntimeException ex) {
			waiting.completeExceptionally(ex);
		}
	}

	/** Whether all of the file has been read. */
	boolean isAtEnd() {
		return this.atEnd;
	}

	/** Tells who waits for a chunk that it will not come. */
	static void cancelled(Cancellation cancellation) {
		ChunkReader reader = (ChunkReader) Objects.requireNonNull(cancellation.context(), "context");
		CompletableFuture<ByteBuffer> waiting = reader.waiting;
		if (waiting != null) {
			waiting.completeExceptionally(new CancellationException("the reading of a file was cancelled: "
					+ Objects.requireNonNullElse(cancellation.reason(), "its group was closed")));
		}
	}

	/** Never waits: the file is closed once no operation is under way. */
	@Override
	public void close() {
		this.io.close();
		CompletableFuture<Void> unused = this.io.released().thenRun(this::closeChannel);
	}

	private void closeChannel() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// It was only read, so nothing is lost with it.
		}
	}

}
