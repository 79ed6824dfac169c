package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

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

	private boolean atEnd;

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

	/**
	 * Reads what comes next, as much as a chunk holds; opens the file at first. Blocks.
	 */
	void read() throws IOException {
		Open from = open();
		from.chunk.clear();
		while (from.chunk.hasRemaining() && !this.atEnd) {
			this.atEnd = from.channel.read(from.chunk) < 0;
		}
		if (this.atEnd) {
			close();
		}
	}

	private Open open() throws IOException {
		if (this.open == null) {
			// One more than there should be: the end of the file shows in the same read.
			long size = Math.max(SMALLEST_CHUNK, Math.min(CHUNK, this.file.stamp().bytes() + 1));
			// What was a regular file a moment ago may be a link by now.
			SeekableByteChannel channel = Files.newByteChannel(this.file.path(), StandardOpenOption.READ,
					LinkOption.NOFOLLOW_LINKS);
			this.open = new Open(channel, ByteBuffer.allocate((int) size), sha256());
		}
		return this.open;
	}

	private Open opened() {
		return Objects.requireNonNull(this.open, "nothing has been read");
	}

	/** Hashes what was read last. Computes only. */
	void hash() {
		ByteBuffer chunk = opened().chunk.flip();
		this.bytes += chunk.remaining();
		opened().digest.update(chunk);
	}

	/** Whether all of the file has been read. */
	boolean isAtEnd() {
		return this.atEnd;
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

	@Override
	public void close() throws IOException {
		if (this.open != null) {
			this.open.channel.close();
		}
	}

	/**
	 * What an open file needs.
	 *
	 * @param channel where its content comes from
	 * @param chunk what was read last
	 * @param digest of what was hashed so far
	 */
	private record Open(SeekableByteChannel channel, ByteBuffer chunk, MessageDigest digest) {

	}

}
