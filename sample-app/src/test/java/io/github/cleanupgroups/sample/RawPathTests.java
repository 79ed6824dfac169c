package io.github.cleanupgroups.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Paths are bytes.
 */
@Timeout(60)
class RawPathTests {

	@TempDir
	private Path directory;

	@Test
	void path_ofEveryByteThatANameMayHave_givesTheSameBytesBack() throws Exception {
		byte[] all = new byte[254];
		int length = 0;
		for (int b = 1; b < 256; b++) {
			if (b != '/') {
				all[length++] = (byte) b;
			}
		}
		RawPath given = child(all);
		Files.createFile(given.toPath());
		try (Stream<Path> listed = Files.list(this.directory)) {
			assertThat(listed.map(RawPath::of)).containsExactly(given);
		}
	}

	@Test
	void path_ofADirectory_hasNoSlashAtTheEnd() {
		assertThat(RawPath.of(this.directory).bytes())
			.isEqualTo(this.directory.toString().getBytes(StandardCharsets.UTF_8));
		assertThat(RawPath.of(Path.of("/")).bytes()).containsExactly('/');
	}

	@Test
	void order_ofPaths_isThatOfTheirBytes() throws Exception {
		StrangeFiles.create(this.directory);
		byte[] sorted = Shell.run("find \"$1\" -type f -print0 | sort -z", this.directory);
		List<RawPath> expected = split(sorted);
		List<RawPath> paths = new ArrayList<>(expected);
		Collections.reverse(paths);
		Collections.sort(paths);
		assertThat(paths).isEqualTo(expected);
		StrangeFiles.delete(this.directory.resolve("strange"));
	}

	@Test
	void text_ofBytesThatAreNone_isTheUri() {
		assertThat(RawPath.ofBytes(new byte[] { '/', 'a', (byte) 0xFF }).toText()).isEqualTo("file:///a%FF");
		assertThat(RawPath.ofText("/\u00e4 b").toText()).isEqualTo("/\u00e4 b");
	}

	@Test
	void path_ofALoneSurrogateOrANullByte_isRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RawPath.ofText("/\ud800"));
		assertThatIllegalArgumentException().isThrownBy(() -> RawPath.ofText("/a\0b").toPath());
	}

	private RawPath child(byte[] name) {
		byte[] parent = RawPath.of(this.directory).bytes();
		byte[] path = new byte[parent.length + 1 + name.length];
		System.arraycopy(parent, 0, path, 0, parent.length);
		path[parent.length] = '/';
		System.arraycopy(name, 0, path, parent.length + 1, name.length);
		return RawPath.ofBytes(path);
	}

	private static List<RawPath> split(byte[] paths) {
		List<RawPath> split = new ArrayList<>();
		int start = 0;
		for (int i = 0; i < paths.length; i++) {
			if (paths[i] == 0) {
				byte[] path = new byte[i - start];
				System.arraycopy(paths, start, path, 0, path.length);
				split.add(RawPath.ofBytes(path));
				start = i + 1;
			}
		}
		return split;
	}

}
