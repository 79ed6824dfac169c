package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Real changes in real directories. What the tree hears of shows in what it asks.
 */
@Timeout(120)
class WatchedTreeTests {

	@TempDir
	private Path temporary;

	private Path root;

	private final Set<Path> heardOf = ConcurrentHashMap.newKeySet();

	private WatchedTree tree;

	@BeforeEach
	void watch() throws Exception {
		this.root = Files.createDirectory(this.temporary.resolve("root"));
		Files.createDirectories(this.root.resolve("one/sub/inner"));
		Files.createDirectories(this.root.resolve("two"));
		this.tree = WatchedTree.open(this.root, (path) -> {
			this.heardOf.add(path);
			return path.endsWith("own");
		}, WatchedTree.LIMIT);
	}

	@AfterEach
	void close() throws Exception {
		this.tree.close();
	}

	@Test
	void change_anywhereBelowTheRoot_isOne() throws Exception {
		assertThat(this.tree.hasChanged()).isFalse();
		Path file = write("one/sub/inner/file");
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(this.tree::hasChanged);
		assertThat(this.heardOf).containsExactly(file);
	}

	@Test
	void file_thatIsIgnored_isNoChange() throws Exception {
		Path own = write("one/own");
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			assertThat(this.tree.hasChanged()).isFalse();
			return this.heardOf.contains(own);
		});
	}

	@Test
	void directory_thatIsNew_isWatchedToo() throws Exception {
		Files.createDirectories(this.root.resolve("new/deep/er"));
		awaitHearingOf(this.root.resolve("new"));
		awaitHearingOf(write("new/deep/er/file"));
	}

	@Test
	void directory_thatIsRenamed_isWatchedUnderItsNewName() throws Exception {
		Files.move(this.root.resolve("one"), this.root.resolve("renamed"));
		awaitHearingOf(this.root.resolve("renamed"));
		awaitHearingOf(write("renamed/sub/inner/file"));
	}

	@Test
	void directory_thatIsMoved_isWatchedWhereItIs() throws Exception {
		Files.move(this.root.resolve("one/sub"), this.root.resolve("two/sub"));
		awaitHearingOf(this.root.resolve("one/sub"));
		awaitHearingOf(this.root.resolve("two/sub"));
		awaitHearingOf(write("two/sub/inner/file"));
		Files.createDirectory(this.root.resolve("two/sub/inner/new"));
		awaitHearingOf(this.root.resolve("two/sub/inner/new"));
		awaitHearingOf(write("two/sub/inner/new/file"));
	}

	@Test
	void directory_thatIsMovedOut_isWatchedNoLonger() throws Exception {
		Path outside = Files.move(this.root.resolve("one"), this.temporary.resolve("outside"));
		awaitHearingOf(this.root.resolve("one"));
		Files.writeString(outside.resolve("sub/inner/file"), "");
		awaitHearingOf(write("last"));
		assertThat(this.heardOf).containsExactlyInAnyOrder(this.root.resolve("one"), this.root.resolve("last"));
	}

	@Test
	void root_thatIsMadeAgain_isAChangeAndWatched() throws Exception {
		Shell.run("rm -r \"$1\"; mkdir \"$1\"", this.root);
		awaitHearingOf(this.root.resolve("one"));
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(this.tree::hasChanged);
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			write("file");
			this.tree.hasChanged();
			return this.heardOf.contains(this.root.resolve("file"));
		});
	}

	@Test
	void link_toADirectory_isNotFollowedUnlessItIsTheRoot() throws Exception {
		Path outside = Files.createDirectory(this.temporary.resolve("outside"));
		Path link = Files.createSymbolicLink(this.root.resolve("link"), outside);
		awaitHearingOf(link);
		Files.writeString(outside.resolve("file"), "");
		awaitHearingOf(write("last"));
		assertThat(this.heardOf).containsExactlyInAnyOrder(link, this.root.resolve("last"));
		try (WatchedTree linked = WatchedTree.open(link, (path) -> false, 1)) {
			Files.writeString(outside.resolve("another"), "");
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(linked::hasChanged);
		}
	}

	@Test
	void directories_aboveTheLimit_areLeftOutTheLowerOnesFirst() throws Exception {
		Set<Path> heard = ConcurrentHashMap.newKeySet();
		try (WatchedTree limited = WatchedTree.open(this.root, (path) -> !heard.add(path), 3)) {
			write("one/sub/file");
			Path last = write("two/last");
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> limited.hasChanged() && heard.contains(last));
			assertThat(heard).containsExactly(last);
			Shell.run("rm -r \"$1/two\"", this.root);
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
				limited.hasChanged();
				return heard.contains(this.root.resolve("two"));
			});
			Files.createDirectory(this.root.resolve("three"));
			Path file = this.root.resolve("three/file");
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
				write("three/file");
				limited.hasChanged();
				return heard.contains(file);
			});
		}
	}

	@Test
	void tree_afterItsClose_hasNoChanges() throws Exception {
		this.tree.close();
		write("file");
		assertThat(this.tree.hasChanged()).isFalse();
	}

	@Test
	void root_thatIsNoDirectory_isRefused() throws Exception {
		Path file = write("file");
		assertThatIOException().isThrownBy(() -> WatchedTree.open(file, (path) -> false, 1).close());
	}

	private Path write(String name) throws IOException {
		return Files.writeString(this.root.resolve(name), "");
	}

	private void awaitHearingOf(Path path) {
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			this.tree.hasChanged();
			return this.heardOf.contains(path);
		});
	}

}
