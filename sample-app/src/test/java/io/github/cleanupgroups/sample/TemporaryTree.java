package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An empty directory to be scanned, with room beside it, for one test. Unlike the
 * temporary directories of JUnit it can be deleted with {@link StrangeFiles} in it.
 */
final class TemporaryTree implements AfterEachCallback {

	private final Path parent;

	private final Path directory;

	TemporaryTree() {
		try {
			this.parent = Files.createTempDirectory("inventory");
			this.directory = Files.createDirectory(this.parent.resolve("tree"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What is to be scanned. */
	Path directory() {
		return this.directory;
	}

	/** For what must not be in the tree. */
	Path parent() {
		return this.parent;
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		StrangeFiles.delete(this.parent);
	}

}
