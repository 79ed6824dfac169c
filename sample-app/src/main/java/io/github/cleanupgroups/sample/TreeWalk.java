package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A walk through a directory tree, depth first, that its user drives step by step. It
 * holds one open directory a level and nothing else, however large the tree is.
 *
 * <p>
 * Links are not followed, except the root. What cannot be read is found as
 * {@link FileError}; only a root that cannot be opened is an exception. Used by one
 * thread at a time.
 */
final class TreeWalk implements Closeable {

	private final ScanRoot root;

	private final Deque<OpenDirectory> open = new ArrayDeque<>();

	TreeWalk(ScanRoot root) throws IOException {
		this.root = root;
		this.open.push(new OpenDirectory(root.directory()));
	}

	/** Whether the whole tree has been walked. */
	boolean isDone() {
		return this.open.isEmpty();
	}

	/**
	 * The next step.
	 * @param limit how many directory entries to look at, at most
	 * @return what is of interest among them
	 */
	List<Found> next(int limit) {
		List<Found> found = new ArrayList<>();
		for (int i = 0; i < limit && !isDone(); i++) {
			Found next = nextEntry(this.open.element());
			if (next != null) {
				found.add(next);
			}
		}
		return found;
	}

	private @Nullable Found nextEntry(OpenDirectory directory) {
		try {
			if (directory.entries.hasNext()) {
				return lookAt(directory.entries.next());
			}
			leave();
			return null;
		}
		catch (DirectoryIteratorException ex) {
			leave();
			return unreadable(directory.path, Objects.requireNonNull(ex.getCause(), "cause"));
		}
	}

	private @Nullable Found lookAt(Path path) {
		try {
			BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			if (attributes.isDirectory()) {
				this.open.push(new OpenDirectory(path));
				return null;
			}
			return attributes.isRegularFile() ? new FoundFile(this.root.nameOf(path), path, FileStamp.of(attributes))
					: null;
		}
		catch (IOException ex) {
			return unreadable(path, ex);
		}
	}

	private FileError unreadable(Path path, IOException why) {
		return new FileError(this.root.nameOf(path), FailureReason.of(why));
	}

	private void leave() {
		try {
			this.open.pop().stream.close();
		}
		catch (IOException ex) {
			// It was only read, so nothing is lost with it.
		}
	}

	@Override
	public void close() {
		while (!isDone()) {
			leave();
		}
	}

	/** A directory in the middle of being listed. */
	private static final class OpenDirectory {

		private final Path path;

		private final DirectoryStream<Path> stream;

		private final Iterator<Path> entries;

		// The walk closes it when it leaves the directory.
		@SuppressWarnings("StreamResourceLeak")
		private OpenDirectory(Path path) throws IOException {
			this.path = path;
			this.stream = Files.newDirectoryStream(path);
			this.entries = this.stream.iterator();
		}

	}

}
