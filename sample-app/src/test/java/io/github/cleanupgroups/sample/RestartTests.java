package io.github.cleanupgroups.sample;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of scans when the service ends and starts again on the same database.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(300)
class RestartTests {

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	@Test
	void scan_interruptedByAClose_isRunningAfterTheNextStartAndCompletes() throws Exception {
		int errors = StrangeFiles.create(this.directory);
		Shell.run("for i in {1..2000}; do echo $i > \"$1/$i\"; done", this.directory);
		List<EndlessFile> endless = endlessFiles(20);
		String id;
		try (ConfigurableApplicationContext context = start()) {
			id = client(context).start(this.directory);
			client(context).awaitFiles(id, 500);
		}
		EndlessFile last = endAllButOne(endless);
		try (ConfigurableApplicationContext context = start()) {
			JsonNode again = client(context).scan(id);
			assertThat(again.get("state").asString()).isEqualTo("RUNNING");
			assertThat(again.get("finishedAt").isNull()).isTrue();
			assertThat(again.get("files").asLong()).isGreaterThanOrEqualTo(500);
			last.end();
			JsonNode completed = client(context).await(id, ScanState.COMPLETED);
			assertThat(last.removeFrom(client(context).sha256sums(id)))
				.isEqualTo(last.removeFrom(Shell.sha256sums(this.directory)));
			assertThat(completed.get("startedAt")).isEqualTo(again.get("startedAt"));
			assertThat(completed.get("errors").asLong()).as("found again, counted once").isEqualTo(errors);
		}
	}

	@Test
	void scan_thatWasKilled_isRunningAfterTheNextStart() throws Exception {
		Files.writeString(this.directory.resolve("file"), "content");
		long id;
		try (ConfigurableApplicationContext context = start()) {
			id = context.getBean(ScanStore.class).create(this.directory.toString()).id();
		}
		try (ConfigurableApplicationContext context = start()) {
			client(context).await(String.valueOf(id), ScanState.COMPLETED);
			assertThat(client(context).sha256sums(String.valueOf(id))).isEqualTo(Shell.sha256sums(this.directory));
		}
	}

	@Test
	void file_changedBetweenStoppingAndStarting_isReadAgain() throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "before");
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		String id;
		try (ConfigurableApplicationContext context = start()) {
			id = client(context).start(this.directory);
			client(context).awaitFiles(id, 1);
		}
		Files.writeString(file, "after that it is longer");
		endless.end();
		try (ConfigurableApplicationContext context = start()) {
			JsonNode scan = client(context).await(id, ScanState.COMPLETED);
			assertThat(client(context).sha256sums(id)).isEqualTo(Shell.sha256sums(this.directory));
			assertThat(scan.get("files").asLong()).isEqualTo(2);
			assertThat(scan.get("bytes").asLong()).isEqualTo(Files.size(file));
		}
	}

	@Test
	void scan_whoseRootIsGoneAtTheNextStart_hasFailed() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		String id;
		try (ConfigurableApplicationContext context = start()) {
			id = client(context).start(this.directory);
		}
		endless.end();
		StrangeFiles.delete(this.directory);
		try (ConfigurableApplicationContext context = start()) {
			JsonNode scan = client(context).scan(id);
			assertThat(scan.get("state").asString()).isEqualTo("FAILED");
			assertThat(scan.get("failure").asString())
				.isEqualTo("The root '" + this.directory + "' is no readable directory: no such file or directory.");
			assertThat(scan.get("finishedAt").isNull()).isFalse();
		}
	}

	@Test
	void rootSetting_ofADirectory_isScannedAtStart() throws Exception {
		Files.writeString(this.directory.resolve("file"), "content");
		try (ConfigurableApplicationContext context = start("--inventory.root=" + this.directory)) {
			JsonNode scan = InventoryClient.json(client(context).get("/scans")).get(0);
			assertThat(scan.get("root").asString()).isEqualTo(this.directory.toString());
			client(context).await(scan.get("id").asString(), ScanState.COMPLETED);
		}
	}

	@Test
	void rootSetting_ofAScanThatWasInterrupted_goesOnWithIt() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		String setting = "--inventory.root=" + this.directory;
		start(setting).close();
		endless.end();
		try (ConfigurableApplicationContext context = start(setting)) {
			JsonNode scans = InventoryClient.json(client(context).get("/scans"));
			assertThat(scans).hasSize(1);
			client(context).await(scans.get(0).get("id").asString(), ScanState.COMPLETED);
		}
	}

	@Test
	void rootSetting_ofNoDirectory_failsTheStartAndNamesTheKey(CapturedOutput output) {
		Path missing = this.directory.resolve("missing");
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> start("--inventory.root=" + missing).close());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("inventory.root")
			.contains("The root '" + missing + "' is no readable directory: no such file or directory.");
	}

	@Test
	void databaseSetting_ofNoDirectory_failsTheStartAndNamesTheKey(CapturedOutput output) throws Exception {
		Files.createFile(this.tree.parent().resolve("database"));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> start().close());
		assertThatTheDatabaseCannotBeOpened(output);
	}

	@Test
	void database_thatSomebodyElseUses_failsTheStartAndNamesTheKey(CapturedOutput output) throws Exception {
		start().close();
		Path file = this.tree.parent().resolve("database").resolve("inventory.mv.db");
		try (FileChannel inUse = FileChannel.open(file, StandardOpenOption.WRITE)) {
			inUse.lock();
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> start().close());
		}
		assertThatTheDatabaseCannotBeOpened(output);
		assertThat(output).contains("Database may be already in use");
	}

	private static void assertThatTheDatabaseCannotBeOpened(CapturedOutput output) {
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The database of the inventory cannot be opened: ")
			.contains("name another directory with 'inventory.database'.");
	}

	private List<EndlessFile> endlessFiles(int count) throws Exception {
		List<EndlessFile> files = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			files.add(new EndlessFile(this.directory.resolve("endless" + i)));
		}
		return files;
	}

	private static EndlessFile endAllButOne(List<EndlessFile> endless) throws Exception {
		for (EndlessFile each : endless.subList(1, endless.size())) {
			each.end();
		}
		return endless.get(0);
	}

	private ConfigurableApplicationContext start(String... arguments) {
		return SampleContext.start(this.tree.parent(), arguments);
	}

	private static InventoryClient client(ConfigurableApplicationContext context) {
		return SampleContext.client(context);
	}

}
