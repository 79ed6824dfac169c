package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What this process has open, as the system knows it.
 */
final class OpenFiles {

	private OpenFiles() {
	}

	/** How many descriptors lead to one of these files. */
	static long count(Path... files) throws IOException {
		long self = ProcessHandle.current().pid();
		// What this process calls itself is a link to its number.
		List<Path> wanted = Stream.of(files)
			.map((file) -> file.startsWith("/proc/self")
					? Path.of("/proc/" + self).resolve(Path.of("/proc/self").relativize(file)) : file)
			.toList();
		try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.filter((each) -> wanted.contains(target(each))).count();
		}
	}

	private static Path target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor);
		}
		catch (NoSuchFileException ex) {
			// It was closed meanwhile.
			return descriptor;
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
