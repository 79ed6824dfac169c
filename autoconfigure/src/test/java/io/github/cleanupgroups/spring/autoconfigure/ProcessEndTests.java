package io.github.cleanupgroups.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.github.cleanupgroups.spring.application.EndingWebApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ends of a real process: traps 6 and 12 of Spring's lifecycle.
 */
@Timeout(180)
class ProcessEndTests {

	/** 128 and the number of the signal. */
	private static final int SIGTERM = 143;

	@TempDir
	private Path directory;

	// Trap 12: Boot's hook closes one context after another.
	@Test
	void process_thatIsTerminated_endsByItselfOnceMembersOfAllContextsHaveEnded() throws Exception {
		Process process = start("term");
		awaitOutput(process, "ready");
		process.destroy();
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isEqualTo(SIGTERM);
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

	// An operator, or a supervisor, that asks twice.
	@Test
	void process_thatIsTerminatedTwice_endsOnceItsMemberHas() throws Exception {
		Process process = start("twice");
		awaitOutput(process, "ready");
		process.destroy();
		awaitOutput(process, "hears of the first signal");
		process.destroy();
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isEqualTo(SIGTERM);
		assertThat(output()).contains("first finished")
			.containsPattern("Cleanup group 'audit' closed in .* 1 member, 1 callback ran, 0 cancelled")
			.containsPattern("Cleanup group 'mail' closed in")
			.doesNotContain("WARN");
	}

	// Trap 6: what cannot start because the member holds its slot or thread cannot be
	// awaited.
	@Test
	void process_endedByMembersThatHoldSlotAndThreads_endsAndCancelsWhatIsQueued() throws Exception {
		Process process = start("full");
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).isEqualTo(9);
		assertThat(output()).containsPattern("mail queued: .*MemberCancelledException")
			.containsPattern("limited queued: .*MemberCancelledException")
			.containsPattern("audit queued: .*MemberCancelledException")
			.containsPattern("Cleanup group 'mail' closed in .*1 cancelled, 1 still running, but for the callback")
			.containsPattern("Cleanup group 'limited' closed in .*1 cancelled, 1 still running, but for the callback")
			.containsPattern("Cleanup group 'audit' closed in .*1 cancelled, 0 still running");
	}

	@Test
	void process_endedByAMemberThatClosesTheContextFirst_hasItsExitCode() throws Exception {
		Process process = start("spring-exit");
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).isEqualTo(5);
		assertThat(output()).containsPattern("Cleanup group 'mail' closed in .*but for the callback")
			.containsPattern("Cleanup group 'audit' closed in");
	}

	// Trap 6, for what is no member.
	@Test
	void process_endedByATaskOfAnAdoptedExecutor_doesNotWaitForThatTask() throws Exception {
		Process process = start("adopted");
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).isEqualTo(11);
		assertThat(output()).contains("member finished")
			.containsPattern("legacy queued: .*CancellationException")
			.containsPattern("Executor 'legacy' of cleanup group 'mail' closed in .*1 cancelled, 1 still running, "
					+ "but for the task that ends the application")
			.containsPattern("Cleanup group 'audit' closed in")
			.doesNotContain("was not closed in time");
	}

	// Actuator closes the context on a thread of its own: nobody is waited for who waits.
	@Test
	void process_endedThroughTheShutdownEndpoint_endsByItselfOnceItsMembersHave() throws Exception {
		Process process = start(EndingWebApplication.class);
		awaitOutput(process, "port=");
		Matcher port = Pattern.compile("port=(\\d+)\\s").matcher(output());
		assertThat(port.find()).isTrue();
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + "/actuator/shutdown"))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(output()).isTrue();
		assertThat(process.exitValue()).isZero();
		assertThat(output()).contains("web finished")
			.containsPattern(
					"Cleanup group 'mail' closed in .* 1 member, 1 callback ran, 0 cancelled, 0 still running");
	}

	private Process start(String scenario) throws IOException {
		return start(EndingApplication.class, scenario);
	}

	private Process start(Class<?> application, String... scenario) throws IOException {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), application.getName()));
		command.addAll(List.of(scenario));
		return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(outputFile().toFile()).start();
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
