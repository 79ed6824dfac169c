package io.github.cleanupgroups.sample;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A path as Linux has it: bytes, which need not be text in any encoding. Compares in byte
 * order, as {@code LC_ALL=C sort} does.
 *
 * <p>
 * A {@link Path} keeps these bytes but hands them out, and takes them, only as text in
 * the encoding of the locale: without a {@code LANG} that is ASCII, and every other name
 * is lost. Its {@code file:} URI has them all, percent-encoded, whatever the locale; that
 * is the way taken here, in both directions.
 */
final class RawPath implements Comparable<RawPath> {

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private static final String UNRESERVED = "/-._~";

	private final byte[] bytes;

	private RawPath(byte[] bytes) {
		this.bytes = bytes;
	}

	/** Takes the bytes as they are, without a copy. */
	static RawPath ofBytes(byte[] bytes) {
		return new RawPath(bytes);
	}

	/**
	 * The bytes of a text in UTF-8.
	 * @throws IllegalArgumentException if it has a lone surrogate
	 */
	static RawPath ofText(String text) {
		try {
			ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
			byte[] bytes = new byte[encoded.remaining()];
			encoded.get(bytes);
			return new RawPath(bytes);
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("not a Unicode text", ex);
		}
	}

	/** The bytes of a path, which is made absolute. Nothing follows the last name. */
	static RawPath of(Path path) {
		String encoded = path.toUri().getRawPath();
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
		for (int i = 0; i < encoded.length(); i++) {
			char c = encoded.charAt(i);
			if (c == '%') {
				bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
				i += 2;
			}
			else {
				bytes.write(c);
			}
		}
		return new RawPath(bytes.toByteArray()).withoutTrailingSlash();
	}

	/** The {@code file:} URI of a directory ends with a slash. */
	private RawPath withoutTrailingSlash() {
		int length = this.bytes.length;
		return (length > 1 && this.bytes[length - 1] == '/') ? new RawPath(Arrays.copyOf(this.bytes, length - 1))
				: this;
	}

	/**
	 * The path to use with {@link java.nio.file.Files}.
	 * @throws IllegalArgumentException if this one is not absolute or has a null byte
	 */
	Path toPath() {
		return Path.of(toUri());
	}

	/**
	 * What the program's user reads: the text, or the URI where the bytes are no UTF-8.
	 */
	String toText() {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(this.bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return toUri().toString();
		}
	}

	/** Its bytes, not a copy of them. */
	byte[] bytes() {
		return this.bytes;
	}

	private URI toUri() {
		StringBuilder encoded = new StringBuilder("file://");
		for (byte b : this.bytes) {
			char c = (char) (b & 0xFF);
			if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
				encoded.append(c);
			}
			else {
				encoded.append('%');
				HEX.toHexDigits(encoded, b);
			}
		}
		return URI.create(encoded.toString());
	}

	@Override
	public int compareTo(RawPath other) {
		return Arrays.compareUnsigned(this.bytes, other.bytes);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof RawPath path && Arrays.equals(this.bytes, path.bytes);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.bytes);
	}

	@Override
	public String toString() {
		return toText();
	}

}
