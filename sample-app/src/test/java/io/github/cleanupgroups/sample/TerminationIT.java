package io.github.cleanupgroups.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A SIGTERM to the executable jar in the middle of a scan.
 */
@Timeout(600)
class TerminationIT {

	/**
	 * The deadline of the groups, and what the rest of the process may take on a busy
	 * machine.
	 */
	private static final Duration LIMIT = Duration.ofSeconds(25 + 20);

	private static final int SIGTERM = 128 + 15;

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	@Test
	void scan_interruptedBySigterm_isFinishedByTheNextProcess() throws Exception {
		Shell.run("for i in {1..5000}; do echo $i > \"$1/$i\"; done", this.directory);
		int errors = StrangeFiles.create(this.directory) + StrangeFiles.createForbidden(this.directory);
		List<EndlessFile> endless = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			endless.add(new EndlessFile(this.directory.resolve("endless" + i)));
		}
		String id;
		try (SampleProcess first = SampleProcess.start(this.tree.parent())) {
			id = first.client().start(this.directory);
			first.client().awaitFiles(id, 1_000);
			assertThat(first.terminate(LIMIT)).isEqualTo(SIGTERM);
			assertThatTheLogTellsHowEachGroupEnded(first.log());
		}
		EndlessFile last = endless.remove(0);
		for (EndlessFile each : endless) {
			each.end();
		}
		try (SampleProcess second = SampleProcess.start(this.tree.parent())) {
			InventoryClient client = second.client();
			JsonNode again = client.scan(id);
			assertThat(again.get("state").asString()).isEqualTo("RUNNING");
			assertThat(again.get("files").asLong()).as("nothing stored is lost").isGreaterThanOrEqualTo(1_000);
			last.end();
			JsonNode scan = client.await(id, ScanState.COMPLETED);
			assertThat(last.removeFrom(client.sha256sums(id))).as("no file missing, none twice")
				.isEqualTo(last.removeFrom(Shell.sha256sums(this.directory)));
			assertThat(scan.get("errors").asLong()).isEqualTo(errors);
			assertThat(second.terminate(LIMIT)).isEqualTo(SIGTERM);
		}
	}

	private static void assertThatTheLogTellsHowEachGroupEnded(String log) {
		String outcome = " \\d+ members?, \\d+ callbacks? ran, \\d+ cancelled, 0 still running";
		assertThat(log).doesNotContain(" ERROR ")
			.containsPattern(
					"(?s)'read' closed in \\d+ ms \\(cancel\\):" + outcome + ".*'hash' closed in \\d+ ms \\(await\\):"
							+ outcome + ".*'store' closed in \\d+ ms \\(await\\):" + outcome);
	}

}
