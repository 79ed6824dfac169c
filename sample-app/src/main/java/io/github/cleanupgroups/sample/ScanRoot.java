package io.github.cleanupgroups.sample;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where a scan begins: a directory, called what whoever asked for the scan calls it. It
 * may be a symbolic link to one.
 */
final class ScanRoot {

	private final RawPath name;

	private final Path directory;

	/** How many bytes of the path of what is below it stand for the directory itself. */
	private final int prefix;

	private ScanRoot(RawPath name) {
		this.name = name;
		this.directory = withoutTrailingSlashes(name).toPath();
		int length = RawPath.of(this.directory).bytes().length;
		this.prefix = (length > 1) ? length : 0;
	}

	/** Behind one, children would be named with one more. */
	private static RawPath withoutTrailingSlashes(RawPath name) {
		byte[] bytes = name.bytes();
		int length = bytes.length;
		while (length > 1 && bytes[length - 1] == '/') {
			length--;
		}
		return RawPath.ofBytes(Arrays.copyOf(bytes, length));
	}

	/**
	 * The directory of that name. A relative one is taken as absolute from now on: a scan
	 * may go on in a process that was started elsewhere.
	 * @throws UnreadableRootException if there is none, or it cannot be listed
	 */
	static ScanRoot of(String name) {
		if (name.isBlank()) {
			throw new UnreadableRootException("No root is given: name a directory.");
		}
		try {
			ScanRoot root = new ScanRoot(absolute(name));
			new TreeWalk(root).close();
			return root;
		}
		catch (IOException ex) {
			throw new UnreadableRootException(
					"The root '" + name + "' is no readable directory: " + FailureReason.of(ex) + ".");
		}
		catch (IllegalArgumentException ex) {
			throw new UnreadableRootException("The root '" + name + "' is no path.");
		}
	}

	private static RawPath absolute(String name) {
		RawPath given = RawPath.ofText(name);
		if (name.startsWith("/")) {
			return given;
		}
		RawPath workingDirectory = RawPath.of(Path.of(""));
		return RawPath.of(join(workingDirectory.bytes(), given.bytes(), 0).toPath().normalize());
	}

	/** As given, or absolute. */
	String name() {
		return this.name.toText();
	}

	/** The path to use with {@link java.nio.file.Files}. */
	Path directory() {
		return this.directory;
	}

	/** The same for all names of a directory, and for links to it. */
	Path identity() throws IOException {
		return this.directory.toRealPath();
	}

	/**
	 * What something in the tree is called, as {@code find} would print it: the root as
	 * given comes first.
	 */
	RawPath nameOf(Path path) {
		byte[] bytes = RawPath.of(path).bytes();
		return (bytes.length <= this.prefix) ? this.name : join(this.name.bytes(), bytes, this.prefix + 1);
	}

	private static RawPath join(byte[] directory, byte[] path, int from) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream(directory.length + 1 + path.length);
		joined.writeBytes(directory);
		if (directory[directory.length - 1] != '/') {
			joined.write('/');
		}
		joined.write(path, from, path.length - from);
		return RawPath.ofBytes(joined.toByteArray());
	}

	@Override
	public String toString() {
		return name();
	}

}
