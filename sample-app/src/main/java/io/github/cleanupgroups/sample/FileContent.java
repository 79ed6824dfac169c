package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

import io.github.cleanupgroups.CallbackEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The content of one file on its way through reading and hashing, of which a chunk at
 * most is in memory. Used by one thread at a time: reading and hashing take turns.
 */
final class FileContent implements Closeable {

	/**
	 * Larger ones make nothing faster; times {@link ScanRun#WINDOW} it bounds the memory.
	 */
	static final int CHUNK = 128 * 1024;

	/** The size of what has none to tell, as the files in {@code /proc}. */
	private static final int SMALLEST_CHUNK = 4 * 1024;

	private final FoundFile file;

	/** None before the file is opened: many files wait for that. */
	private @Nullable Open open;

	/** What was read last. */
	private @Nullable ByteBuffer chunk;

	private long bytes;

	FileContent(FoundFile file) {
		this.file = file;
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has SHA-256", ex);
		}
	}

	/** Opens the file. Blocks. */
	void open(CallbackEnvironment members, ExecutorService threads) throws IOException {
		// One more than there should be: the end of the file shows in the same chunk.
		long size = Math.max(SMALLEST_CHUNK, Math.min(CHUNK, this.file.stamp().bytes() + 1));
		MessageDigest digest = sha256();
		this.open = new Open(ChunkReader.open(this.file.path(), (int) size, members, threads), digest);
	}

	/**
	 * Reads what comes next, as much as a chunk holds.
	 * @return completes with this
	 */
	CompletableFuture<FileContent> read() {
		return opened().reader.next().thenApply((chunk) -> {
			this.chunk = chunk;
			if (isAtEnd()) {
				close();
			}
			return this;
		});
	}

	private Open opened() {
		return Objects.requireNonNull(this.open, "not open");
	}

	/** Hashes what was read last. Computes only. */
	void hash() {
		ByteBuffer read = Objects.requireNonNull(this.chunk, "nothing has been read");
		this.bytes += read.remaining();
		opened().digest.update(read);
	}

	/** Whether all of the file has been read. */
	boolean isAtEnd() {
		return opened().reader.isAtEnd();
	}

	/**
	 * What is to be stored of it, after all of it has been read and hashed; to be asked
	 * for once.
	 */
	HashedFile result() {
		// A file may grow or shrink while it is read: its size is that of what was
		// hashed.
		FileStamp stamp = new FileStamp(this.bytes, this.file.stamp().modifiedMicros());
		return new HashedFile(this.file.name(), HexFormat.of().formatHex(opened().digest.digest()), stamp);
	}

	/** Never waits. */
	@Override
	public void close() {
		if (this.open != null) {
			this.open.reader.close();
		}
	}

	/**
	 * What an open file needs.
	 *
	 * @param reader where its content comes from
	 * @param digest of what was hashed so far
	 */
	private record Open(ChunkReader reader, MessageDigest digest) {

	}

}
