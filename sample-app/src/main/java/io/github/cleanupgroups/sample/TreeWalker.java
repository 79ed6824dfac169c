package io.github.cleanupgroups.sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.cleanupgroups.spring.GroupedAsync;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Takes the steps of walks, each a short member of the group {@code read}: a close of the
 * group never has to wait for a whole tree.
 */
@Component
class TreeWalker {

	private final @Nullable H2Database database;

	TreeWalker(ObjectProvider<H2Database> database) {
		this.database = database.getIfAvailable();
	}

	/**
	 * Looks at the next entries of a tree, which may have the inventory's own database in
	 * it: that is left out, for no hash of it would be right for long.
	 * @param limit how many at most
	 */
	@GroupedAsync("read")
	CompletableFuture<List<Found>> step(TreeWalk walk, int limit) {
		List<Found> found = walk.next(limit);
		found.removeIf(this::isOwn);
		return CompletableFuture.completedFuture(found);
	}

	private boolean isOwn(Found found) {
		return this.database != null && found instanceof FoundFile file && this.database.owns(file.path());
	}

}
