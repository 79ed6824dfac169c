package io.github.cleanupgroups.sample;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Walks through real directories, beside {@code find}.
 */
@Timeout(60)
class TreeWalkTests {

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	@Test
	void walk_throughStrangeFiles_findsWhatFindFinds() throws Exception {
		int errors = StrangeFiles.create(this.directory);
		List<Found> found = walk(this.directory.toString(), 3);
		assertThat(found).filteredOn(FileError.class::isInstance).hasSize(errors);
		assertThat(names(found)).isEqualTo(found(this.directory.toString()));
	}

	@Test
	void walk_throughADirectoryThatIsTooDeep_findsAnErrorThere() throws Exception {
		StrangeFiles.create(this.directory);
		assertThat(walk(this.directory.toString(), 100)).filteredOn(FileError.class::isInstance)
			.singleElement()
			.satisfies((error) -> {
				assertThat(error.name().bytes()).hasSizeGreaterThan(4000);
				assertThat(((FileError) error).reason()).isEqualTo("File name too long");
			});
	}

	@Test
	void root_thatIsALink_isFollowedAndKeepsItsName() throws Exception {
		Files.createFile(this.directory.resolve("file"));
		Path link = Files.createSymbolicLink(this.tree.parent().resolve("link"), this.directory);
		assertThat(walk(link.toString(), 10)).singleElement()
			.satisfies((found) -> assertThat(found.name().toText()).isEqualTo(link + "/file"));
	}

	@Test
	void root_writtenWithSuperfluousSlashes_isKeptAsGiven() throws Exception {
		Files.createDirectory(this.directory.resolve("sub"));
		Files.createFile(this.directory.resolve("sub/file"));
		for (String root : List.of(this.directory + "/", this.directory + "//", this.directory + "/.",
				this.directory + "/sub/..", "/" + this.directory)) {
			assertThat(names(walk(root, 10))).as(root).isEqualTo(found(root));
		}
	}

	@Test
	void root_thatIsRelative_isMadeAbsolute() throws Exception {
		Path workingDirectory = Path.of("").toAbsolutePath();
		String relative = workingDirectory.relativize(this.directory).toString();
		Files.createFile(this.directory.resolve("file"));
		assertThat(walk(relative, 10)).singleElement()
			.satisfies((found) -> assertThat(found.name().toText()).isEqualTo(this.directory + "/file"));
	}

	@Test
	void step_whateverThereIs_looksAtNoMoreThanItsLimit() throws Exception {
		for (int i = 0; i < 10; i++) {
			Files.createFile(this.directory.resolve("file" + i));
		}
		try (TreeWalk walk = new TreeWalk(ScanRoot.of(this.directory.toString()))) {
			assertThat(walk.next(4)).hasSize(4);
			assertThat(walk.isDone()).isFalse();
			assertThat(walk.next(100)).hasSize(6);
			assertThat(walk.isDone()).isTrue();
		}
	}

	@Test
	void file_thatVanishesDuringTheWalk_isLeftOutOrAnError() throws Exception {
		for (int i = 0; i < 10; i++) {
			Files.createFile(this.directory.resolve("file" + i));
		}
		try (TreeWalk walk = new TreeWalk(ScanRoot.of(this.directory.toString()))) {
			List<Found> first = walk.next(1);
			Shell.run("rm \"$1\"/file*", this.directory);
			List<Found> rest = walk.next(100);
			assertThat(first).hasSize(1);
			assertThat(rest).allSatisfy((found) -> assertThat(found).isInstanceOfSatisfying(FileError.class,
					(error) -> assertThat(error.reason()).isEqualTo("no such file or directory")));
			assertThat(walk.isDone()).isTrue();
		}
	}

	@Test
	void root_thatIsNoReadableDirectory_isRefusedWithItsName() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		Path link = Files.createSymbolicLink(this.directory.resolve("dangling"), Path.of("nowhere"));
		assertRefused(file.toString(), "'" + file + "' is no readable directory: not a directory.");
		assertRefused(link.toString(), "'" + link + "' is no readable directory: no such file or directory.");
		assertRefused("/no/such/directory",
				"'/no/such/directory' is no readable directory: no such file or directory.");
		assertRefused("/a\0b", "is no path");
		assertRefused("/\ud800", "is no path");
		assertRefused("", "No root is given");
	}

	private static void assertRefused(String root, String message) {
		assertThatExceptionOfType(UnreadableRootException.class).isThrownBy(() -> ScanRoot.of(root))
			.withMessageContaining(message);
	}

	private static List<Found> walk(String root, int limit) throws Exception {
		List<Found> found = new ArrayList<>();
		try (TreeWalk walk = new TreeWalk(ScanRoot.of(root))) {
			while (!walk.isDone()) {
				found.addAll(walk.next(limit));
			}
		}
		return found;
	}

	private static byte[] names(List<Found> found) {
		ByteArrayOutputStream names = new ByteArrayOutputStream();
		found.stream().filter(FoundFile.class::isInstance).map(Found::name).sorted().forEach((name) -> {
			names.writeBytes(name.bytes());
			names.write(0);
		});
		return names.toByteArray();
	}

	/** What {@code find} finds, without what is too deep for everybody. */
	private static byte[] found(String root) throws Exception {
		return Shell.run("find -H \"$1\" -type f -not -path '*/00000*' -print0 | sort -z", root);
	}

}
