package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A line as {@code sha256sum} of the GNU coreutils prints it and
 * {@code sha256sum --check} reads it.
 */
final class Sha256sumLine {

	private Sha256sumLine() {
	}

	/**
	 * Hash, two spaces, path; a name that would break the line is escaped, which a
	 * backslash in front of it says.
	 */
	static void write(OutputStream out, String sha256, RawPath path) throws IOException {
		byte[] bytes = path.bytes();
		boolean escaped = needsEscape(bytes);
		if (escaped) {
			out.write('\\');
		}
		out.write(sha256.getBytes(StandardCharsets.US_ASCII));
		out.write(' ');
		out.write(' ');
		if (escaped) {
			writeEscaped(out, bytes);
		}
		else {
			out.write(bytes);
		}
		out.write('\n');
	}

	private static boolean needsEscape(byte[] path) {
		for (byte b : path) {
			if (b == '\\' || b == '\n' || b == '\r') {
				return true;
			}
		}
		return false;
	}

	private static void writeEscaped(OutputStream out, byte[] path) throws IOException {
		for (byte b : path) {
			switch (b) {
				case '\\' -> out.write(new byte[] { '\\', '\\' });
				case '\n' -> out.write(new byte[] { '\\', 'n' });
				case '\r' -> out.write(new byte[] { '\\', 'r' });
				default -> out.write(b);
			}
		}
	}

}
