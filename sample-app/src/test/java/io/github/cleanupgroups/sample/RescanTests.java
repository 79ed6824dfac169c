package io.github.cleanupgroups.sample;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Scans that begin by themselves: on a timer member, and by a wait member when the tree
 * has changed.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(600)
class RescanTests {

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	@BeforeEach
	void writeFile() throws Exception {
		Files.writeString(this.directory.resolve("file"), "content");
	}

	@Test
	void rescanInterval_whenItHasPassed_startsTheNextScan() throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.rescan-interval=200ms")) {
			InventoryClient client = SampleContext.client(context);
			client.awaitNewerScan("2", this.directory);
			assertThat(client.readers("timer")).isEqualTo(1);
			Files.writeString(this.directory.resolve("more"), "of it");
			client.awaitNewerScan("3", this.directory);
		}
	}

	@Test
	void rescanInterval_whileAScanIsRunning_startsNoOther() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		try (ConfigurableApplicationContext context = start("--inventory.rescan-interval=50ms")) {
			InventoryClient client = SampleContext.client(context);
			client.awaitTimers(5);
			assertThat(client.scans()).hasSize(1);
			endless.end();
			client.awaitNewerScan("1", this.directory);
		}
	}

	@Test
	void rescanInterval_whileTheGroupIsDrained_startsNothing() throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.rescan-interval=50ms")) {
			InventoryClient client = SampleContext.client(context);
			client.awaitNewerScan("1", this.directory);
			context.getBean(CleanupGroups.class).get("read").refuse();
			client.awaitTimers(2);
			String newest = client.scans().get(0).get("id").asString();
			client.awaitTimers(5);
			assertThat(client.scans().get(0).get("id").asString()).isEqualTo(newest);
		}
	}

	@Test
	void rescanInterval_withTheRootGoneForAWhile_goesOnAfterwards(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.rescan-interval=50ms")) {
			InventoryClient client = SampleContext.client(context);
			client.awaitNewerScan("1", this.directory);
			StrangeFiles.delete(this.directory);
			client.awaitTimers(2);
			assertThat(output).contains("There is nothing to scan at present: The root '" + this.directory + "'");
			String newest = client.scans().get(0).get("id").asString();
			Files.createDirectory(this.directory);
			Files.writeString(this.directory.resolve("other"), "content");
			client.awaitNewerScan(newest, this.directory);
		}
	}

	@Test
	void rescanInterval_ofNothing_failsTheStartAndNamesTheKey(CapturedOutput output) {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> start("--inventory.rescan-interval=0s").close());
		assertThat(output).contains("APPLICATION FAILED TO START").contains("inventory.rescan-interval");
	}

	@Test
	void watch_ofATreeThatChanges_startsTheNextScan() throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.watch=true")) {
			InventoryClient client = SampleContext.client(context);
			client.await("1", ScanState.COMPLETED);
			assertThat(client.readers("timer")).isEqualTo(1);
			assertThat(client.readers("wait")).isEqualTo(1);
			Shell.run("mkdir -p \"$1/a/b\"; echo 1 > \"$1/a/b/one\"", this.directory);
			client.awaitNewerScan("1", this.directory);
			String second = client.scans().get(0).get("id").asString();
			Shell.run("mv \"$1/a\" \"$1/c\"; echo 2 > \"$1/c/b/two\"; rm \"$1/file\"", this.directory);
			client.awaitNewerScan(second, this.directory);
		}
	}

	@Test
	void change_whileAScanIsRunning_isFoundByTheNext() throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.watch=true")) {
			InventoryClient client = SampleContext.client(context);
			client.await("1", ScanState.COMPLETED);
			CleanupGroup hash = context.getBean(CleanupGroups.class).get("hash");
			hash.pause();
			Files.writeString(this.directory.resolve("early"), "content");
			client.awaitScans(2);
			Files.writeString(this.directory.resolve("late"), "content");
			client.awaitTimers(5);
			assertThat(client.scans()).hasSize(2);
			hash.resume();
			client.awaitNewerScan("2", this.directory);
		}
	}

	@Test
	void watch_ofATreeWithTheDatabaseInIt_doesNotStartScansForEver() throws Exception {
		Path own = this.tree.parent().resolve("database");
		Files.createDirectory(own);
		try (ConfigurableApplicationContext context = SampleContext.start(this.tree.parent(), "--inventory.watch=true",
				"--inventory.root=" + this.tree.parent())) {
			InventoryClient client = SampleContext.client(context);
			client.await("1", ScanState.COMPLETED);
			client.awaitTimers(6);
			assertThat(client.scans()).hasSize(1);
		}
	}

	@Test
	void watch_afterAStopAndAStart_goesOn() throws Exception {
		try (ConfigurableApplicationContext context = start("--inventory.watch=true")) {
			SampleContext.client(context).await("1", ScanState.COMPLETED);
			context.stop();
			context.start();
			InventoryClient client = SampleContext.client(context);
			client.await("2", ScanState.COMPLETED);
			assertThat(client.readers("wait")).isEqualTo(1);
			Files.writeString(this.directory.resolve("late"), "content");
			client.awaitNewerScan("2", this.directory);
		}
	}

	private ConfigurableApplicationContext start(String setting) {
		return SampleContext.start(this.tree.parent(), setting, "--inventory.root=" + this.directory);
	}

}
