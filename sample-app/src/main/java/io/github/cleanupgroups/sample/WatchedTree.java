package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory and those below it, the upper ones first and no more than a limit, as the
 * system tells of changes in them. Whoever wants to know asks from time to time. Used by
 * one thread at a time; only {@link #close()} may come from another one.
 */
final class WatchedTree implements Closeable {

	/**
	 * A good limit: the system keeps a record of each directory, and has a limit of its
	 * own for all programs.
	 */
	static final int LIMIT = 8_192;

	/** So that asking comes to an end in a tree that never rests. */
	private static final int KEYS_AT_A_TIME = 1_000;

	private static final Logger logger = LoggerFactory.getLogger(WatchedTree.class);

	private static final WatchEvent.Kind<?>[] CHANGES = { StandardWatchEventKinds.ENTRY_CREATE,
			StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE };

	private final Path root;

	private final Predicate<Path> ignored;

	private final int limit;

	private final WatchService service;

	private final Map<Path, WatchKey> keys = new HashMap<>();

	private boolean incomplete;

	private WatchedTree(Path root, Predicate<Path> ignored, int limit, WatchService service) {
		this.root = root;
		this.ignored = ignored;
		this.limit = limit;
		this.service = service;
	}

	/**
	 * Watches a tree from now on. Lists it to find its directories.
	 * @param root a directory, or a link to one; other links are not followed
	 * @param ignored files whose changes are of no interest
	 * @param limit how many directories to watch at most
	 * @throws IOException if not even the root can be watched
	 */
	static WatchedTree open(Path root, Predicate<Path> ignored, int limit) throws IOException {
		WatchedTree tree = new WatchedTree(root, ignored, limit, root.getFileSystem().newWatchService());
		boolean opened = false;
		try {
			tree.register(root);
			tree.addTree(root);
			opened = true;
			return tree;
		}
		finally {
			if (!opened) {
				tree.close();
			}
		}
	}

	/** Whether something has changed since the last call. */
	boolean hasChanged() {
		try {
			boolean changed = isRootBack();
			for (int i = 0; i < KEYS_AT_A_TIME; i++) {
				WatchKey key = this.service.poll();
				if (key == null) {
					break;
				}
				changed |= take(key);
			}
			return changed;
		}
		catch (ClosedWatchServiceException ex) {
			return false;
		}
	}

	/** It may have been deleted and made again. */
	private boolean isRootBack() {
		if (this.keys.containsKey(this.root) || !Files.isDirectory(this.root)) {
			return false;
		}
		addTree(this.root);
		return this.keys.containsKey(this.root);
	}

	private boolean take(WatchKey key) {
		Path directory = (Path) key.watchable();
		boolean changed = false;
		for (WatchEvent<?> event : key.pollEvents()) {
			changed |= (event.context() instanceof Path name) ? take(event, directory.resolve(name)) : lost();
		}
		if (!key.reset()) {
			this.keys.remove(directory, key);
		}
		return changed;
	}

	private boolean take(WatchEvent<?> event, Path path) {
		if (this.ignored.test(path)) {
			return false;
		}
		if (event.kind().equals(StandardWatchEventKinds.ENTRY_DELETE)) {
			forget(path);
		}
		else if (event.kind().equals(StandardWatchEventKinds.ENTRY_CREATE)
				&& Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
			addTree(path);
		}
		return true;
	}

	/** There was more than the system could keep: new directories may be among it. */
	private boolean lost() {
		addTree(this.root);
		return true;
	}

	/** It was deleted, or moved: then the system would go on telling of it. */
	private void forget(Path directory) {
		if (this.keys.containsKey(directory)) {
			this.keys.entrySet().removeIf((entry) -> {
				boolean below = entry.getKey().startsWith(directory);
				if (below) {
					entry.getValue().cancel();
				}
				return below;
			});
		}
	}

	/** Each is watched before it is listed: nothing can come in between. */
	private void addTree(Path top) {
		Deque<Path> next = new ArrayDeque<>();
		next.add(top);
		while (!next.isEmpty()) {
			Path directory = next.remove();
			if (add(directory)) {
				addChildren(directory, next);
			}
		}
	}

	private boolean add(Path directory) {
		if (this.keys.size() >= this.limit && !this.keys.containsKey(directory)) {
			leaveOut(directory, "there are more than " + this.limit + " directories");
			return false;
		}
		try {
			register(directory);
			return true;
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			logger.trace("'{}' is gone again", directory, ex);
		}
		catch (IOException ex) {
			leaveOut(directory, FailureReason.of(ex));
		}
		return false;
	}

	private void addChildren(Path directory, Deque<Path> next) {
		try (DirectoryStream<Path> children = Files.newDirectoryStream(directory,
				(path) -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))) {
			children.forEach(next::add);
		}
		catch (NoSuchFileException | NotDirectoryException ex) {
			logger.trace("'{}' is gone again", directory, ex);
		}
		catch (IOException ex) {
			leaveOut(directory, FailureReason.of(ex));
		}
		catch (DirectoryIteratorException ex) {
			leaveOut(directory, FailureReason.of(Objects.requireNonNull(ex.getCause(), "cause")));
		}
	}

	private void register(Path directory) throws IOException {
		WatchKey key = directory.register(this.service, CHANGES);
		if (!directory.equals(key.watchable())) {
			// It was moved, and the key still has its former name.
			key.cancel();
			this.keys.remove((Path) key.watchable(), key);
			key = directory.register(this.service, CHANGES);
		}
		this.keys.put(directory, key);
	}

	/** Said once, and not for each of thousands. */
	private void leaveOut(Path directory, String why) {
		if (this.incomplete) {
			logger.debug("'{}' is not watched: {}", directory, why);
		}
		else {
			this.incomplete = true;
			logger.warn("'{}', and perhaps others, are not watched for changes: {}", directory, why);
		}
	}

	@Override
	public void close() throws IOException {
		this.service.close();
	}

}
