package io.github.cleanupgroups.sample;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lines as the real {@code sha256sum} prints and reads them.
 */
@Timeout(60)
class Sha256sumLineTests {

	private static final String SHA256_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

	@TempDir
	private Path directory;

	@Test
	void line_ofEveryByteInAName_isThatOfSha256sum() throws Exception {
		ByteArrayOutputStream lines = new ByteArrayOutputStream();
		for (int b = 1; b < 256; b++) {
			if (b != '/') {
				RawPath path = child(b);
				Files.createFile(path.toPath());
				Sha256sumLine.write(lines, SHA256_OF_NOTHING, path);
			}
		}
		assertThat(lines.toByteArray()).isEqualTo(Shell.sha256sums(this.directory));
	}

	@Test
	void line_ofANameThatNeedsEscapes_isReadBySha256sum() throws Exception {
		RawPath path = child('\n');
		Files.createFile(path.toPath());
		Path list = this.directory.resolve("list");
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		Sha256sumLine.write(line, SHA256_OF_NOTHING, path);
		Files.write(list, line.toByteArray());
		assertThat(Shell.run("sha256sum --check --strict \"$1\"", list)).asString().endsWith(": OK\n");
	}

	/** A name with that byte in the middle. */
	private RawPath child(int b) {
		ByteArrayOutputStream path = new ByteArrayOutputStream();
		path.writeBytes(RawPath.of(this.directory).bytes());
		path.write('/');
		path.write('x');
		path.write(b);
		path.write('y');
		return RawPath.ofBytes(path.toByteArray());
	}

}
