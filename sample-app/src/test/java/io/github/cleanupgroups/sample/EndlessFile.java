package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A file that nobody reads to its end, and that takes no room: as long as it is in a
 * tree, the scan of that tree goes on.
 */
final class EndlessFile {

	private static final long TEBIBYTE = 1L << 40;

	private final Path path;

	EndlessFile(Path path) throws IOException {
		this.path = path;
		setLength(TEBIBYTE);
	}

	/** Cuts it off: whoever reads it is at its end now. */
	void end() throws IOException {
		setLength(0);
	}

	/**
	 * Takes its line out of others: what has been read of it before its end nobody knows.
	 */
	byte[] removeFrom(byte[] lines) {
		String rest = new String(lines, StandardCharsets.ISO_8859_1)
			.replaceAll("(?m)^[0-9a-f]{64}  " + Pattern.quote(this.path.toString()) + "\\n", "");
		return rest.getBytes(StandardCharsets.ISO_8859_1);
	}

	private void setLength(long length) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(this.path.toFile(), "rw")) {
			file.setLength(length);
		}
	}

}
