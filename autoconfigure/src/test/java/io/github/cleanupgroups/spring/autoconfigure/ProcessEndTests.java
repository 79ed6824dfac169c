package io.github.cleanupgroups.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ends of a real process: traps 6 and 12 of Spring's lifecycle.
 */
@Timeout(180)
class ProcessEndTests {

	@TempDir
	private Path directory;

	// Trap 12: Boot's hook closes one context after another.
	@Test
	void process_thatIsTerminated_endsByItselfOnceMembersOfAllContextsHaveEnded() throws Exception {
		Process process = start("term");
		awaitOutput(process, "ready");
		process.destroy();
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
		assertThat(output()).contains("first finished", "second finished")
			.containsPattern("Cleanup group 'audit' closed in .* 1 member, 1 callback ran, 0 cancelled");
	}

	// Trap 6: System.exit never returns to the member that calls it.
	@Test
	void process_endedByAMember_doesNotWaitForThatMember() throws Exception {
		Process process = start("exit");
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isEqualTo(7);
		assertThat(output()).contains("first finished", "second finished")
			.contains("but for the callback that ends the application");
	}

	private Process start(String scenario) throws IOException {
		return new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), EndingApplication.class.getName(), scenario)
			.redirectErrorStream(true)
			.redirectOutput(outputFile().toFile())
			.start();
	}

	private void awaitOutput(Process process, String text) throws IOException, InterruptedException {
		while (!output().contains(text)) {
			assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(output()).isFalse();
		}
	}

	private String output() throws IOException {
		return Files.exists(outputFile()) ? Files.readString(outputFile()) : "";
	}

	private Path outputFile() {
		return this.directory.resolve("output");
	}

}
