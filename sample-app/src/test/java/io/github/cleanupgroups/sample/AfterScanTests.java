package io.github.cleanupgroups.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes after scans, whose ends are wait members.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(300)
class AfterScanTests {

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	private final Path said = this.tree.parent().resolve("said");

	@BeforeEach
	void writeFile() throws Exception {
		Files.writeString(this.directory.resolve("file"), "content");
	}

	@Test
	void command_afterACompletedScan_isRunWithItsIdAndRoot(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.after-scan-command="
				+ "printf '%s, %s' \"$INVENTORY_SCAN_ID\" \"$INVENTORY_SCAN_ROOT\" > '" + this.said + "'")) {
			awaitOutput(output, "The command after scan 1 \\(process \\d+\\) has ended");
			assertThat(this.said).hasContent("1, " + this.directory);
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.until(() -> SampleContext.client(context).readers("wait") == 0);
		}
	}

	@Test
	void command_ofSeveralWords_isRunWithoutAShell(CapturedOutput output) {
		startUntil(output, "The command after scan 1 .* has ended", "--inventory.after-scan-command[0]=touch",
				"--inventory.after-scan-command[1]=" + this.said + " $HOME");
		assertThat(this.tree.parent().resolve("said $HOME")).exists();
	}

	@Test
	void command_thatFails_isWarnedOf(CapturedOutput output) {
		startUntil(output, "WARN .*The command after scan 1 .* has failed with exit code 3",
				"--inventory.after-scan-command=cat; exit 3");
	}

	@Test
	void command_thatTakesTooLong_isEnded(CapturedOutput output) {
		String said = startUntil(output, "The command after scan 1 \\(process (\\d+)\\) takes too long and is ended",
				"--inventory.after-scan-timeout=1ms", "--inventory.after-scan-command=exec tail -f /dev/null");
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> ProcessHandle.of(Long.parseLong(said)).filter(ProcessHandle::isAlive).isEmpty());
	}

	@Test
	void command_underWayAtTheEnd_isLeftAlone(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext context = start(
				"--inventory.after-scan-command=" + Shell.endlessScript(this.said));
		ProcessHandle process = awaitProcess();
		try {
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.until(() -> SampleContext.client(context).readers("wait") == 1);
			context.close();
			assertThat(output)
				.containsPattern("INFO .*The command after scan 1 \\(process " + process.pid() + "\\) is left alone");
			assertThat(process.isAlive()).isTrue();
		}
		finally {
			context.close();
			process.destroy();
			process.onExit().get(60, TimeUnit.SECONDS);
		}
	}

	@Test
	void command_afterAScanThatFailedOrWasInterrupted_isNotRun() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		start("--inventory.after-scan-command=touch '" + this.said + "'").close();
		endless.end();
		assertThat(this.said).doesNotExist();
	}

	private ProcessHandle awaitProcess() throws Exception {
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(this.said));
		return ProcessHandle.of(Long.parseLong(Files.readString(this.said).strip())).orElseThrow();
	}

	private static void awaitOutput(CapturedOutput output, String pattern) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.untilAsserted(() -> assertThat(output).containsPattern(pattern));
	}

	/** Starts it until something is said. Returns what the first group of that is. */
	private String startUntil(CapturedOutput output, String pattern, String... settings) {
		ConfigurableApplicationContext context = start(settings);
		try {
			awaitOutput(output, pattern);
		}
		finally {
			context.close();
		}
		Matcher said = Pattern.compile(pattern).matcher(output);
		assertThat(said.find()).isTrue();
		return (said.groupCount() > 0) ? said.group(1) : said.group();
	}

	private ConfigurableApplicationContext start(String... settings) {
		String[] all = Arrays.copyOf(settings, settings.length + 1);
		all[settings.length] = "--inventory.root=" + this.directory;
		return SampleContext.start(this.tree.parent(), all);
	}

}
