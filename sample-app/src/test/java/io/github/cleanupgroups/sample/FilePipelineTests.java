package io.github.cleanupgroups.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Files that are no longer what the walk saw when their turn comes.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(120)
class FilePipelineTests {

	@TempDir
	private static Path database;

	@TempDir
	private Path directory;

	private final FilePipeline pipeline;

	FilePipelineTests(@Autowired FilePipeline pipeline) {
		this.pipeline = pipeline;
	}

	@DynamicPropertySource
	static void settings(DynamicPropertyRegistry registry) {
		registry.add("inventory.database", () -> database);
	}

	@Test
	void file_thatHasVanished_isAnError() throws Exception {
		FoundFile found = write("file", "content");
		Files.delete(found.path());
		assertThat(process(found)).isEqualTo(new FileError(found.name(), "no such file or directory"));
	}

	@Test
	void file_thatHasBecomeADirectory_isAnError() throws Exception {
		FoundFile found = write("file", "content");
		Files.delete(found.path());
		Files.createDirectory(found.path());
		assertThat(process(found)).isEqualTo(new FileError(found.name(), "Is a directory"));
	}

	@Test
	void file_thatFailsToBeRead_isAnError() throws Exception {
		Path memory = Path.of("/proc/self/mem");
		FoundFile found = new FoundFile(RawPath.of(memory), memory, new FileStamp(0, 0));
		assertThat(process(found)).isEqualTo(new FileError(found.name(), "Input/output error"));
	}

	@Test
	void file_thatWasReadOrFailed_isClosed() throws Exception {
		Path memory = Path.of("/proc/self/mem");
		process(new FoundFile(RawPath.of(memory), memory, new FileStamp(0, 0)));
		FoundFile found = write("file", "content ".repeat(50_000));
		process(found);
		// By the callback that was the last one, right after it.
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> OpenFiles.count(memory, found.path()) == 0);
	}

	@Test
	void file_thatHasBecomeALink_isAnErrorAndNotFollowed() throws Exception {
		FoundFile found = write("file", "content");
		Files.delete(found.path());
		Files.createSymbolicLink(found.path(), write("target", "secret").path());
		assertThat(process(found)).isInstanceOf(FileError.class);
	}

	@Test
	void file_thatHasGrownOrShrunk_isHashedAsItIs() throws Exception {
		for (String now : new String[] { "", "a", "content and a lot more ".repeat(50_000) }) {
			FoundFile found = write("file", "content");
			Files.writeString(found.path(), now);
			assertThat(process(found)).isInstanceOfSatisfying(HashedFile.class, (file) -> {
				assertThat(file.stamp().bytes()).isEqualTo(now.length());
				assertThat(file.sha256()).isEqualTo(sha256(now));
			});
		}
	}

	private Finding process(FoundFile found) throws Exception {
		return this.pipeline.process(found).get(60, TimeUnit.SECONDS);
	}

	private FoundFile write(String name, String content) throws Exception {
		Path path = Files.writeString(this.directory.resolve(name), content);
		return new FoundFile(RawPath.of(path), path,
				FileStamp.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
	}

	private static String sha256(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new AssertionError(ex);
		}
	}

}
