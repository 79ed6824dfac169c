package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The executable jar in a process of its own, with little memory, and without privileges
 * where the tests have them.
 */
final class SampleProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	/** Whether it runs on the application context that was made when it was built. */
	private static final boolean AHEAD_OF_TIME = Boolean.getBoolean("sample.ahead-of-time");

	private static final Duration START = Duration.ofMinutes(3);

	private final Process process;

	private final Path log;

	private SampleProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts it.
	 * @param directory where it keeps its database and its log
	 */
	static SampleProcess start(Path directory, String... arguments) throws IOException {
		Path log = Files.createTempFile(directory, "inventory", ".log");
		List<String> command = new ArrayList<>(Shell.WITHOUT_PRIVILEGES);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m",
				"-Dspring.aot.enabled=" + AHEAD_OF_TIME, "-jar", System.getProperty("sample.jar"), "--server.port=0",
				"--inventory.database=" + directory.resolve("database")));
		command.addAll(List.of(arguments));
		// Not inherited: Surefire talks with its own process over its standard output.
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		return new SampleProcess(process, log);
	}

	/** Waits until it takes requests. */
	InventoryClient client() {
		String port = Awaitility.await().atMost(START).until(() -> {
			assertThat(this.process.isAlive()).as(this::log).isTrue();
			Matcher line = PORT.matcher(log());
			return line.find() ? line.group(1) : "";
		}, (found) -> !found.isEmpty());
		assertThat(log().contains("Starting AOT-processed SampleApplication")).as(this::log).isEqualTo(AHEAD_OF_TIME);
		return new InventoryClient(Integer.parseInt(port));
	}

	/**
	 * Sends a SIGTERM and waits until the process has ended.
	 * @return its exit code
	 */
	int terminate(Duration limit) throws InterruptedException {
		this.process.destroy();
		assertThat(this.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)).as(this::log).isTrue();
		return this.process.exitValue();
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
