package io.github.cleanupgroups.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The executable jar with members of every kind, and a SIGTERM to it in the middle of a
 * scan.
 */
@Timeout(600)
class EveryKindIT {

	/** The deadline of the groups, and what a busy machine may take. */
	private static final Duration LIMIT = Duration.ofSeconds(25 + 20);

	private static final int SIGTERM = 128 + 15;

	@TempDir
	private Path temporary;

	@Test
	void members_ofEveryKind_endWithTheirGroupOnSigterm() throws Exception {
		Path tree = Files.createDirectory(this.temporary.resolve("tree"));
		Path other = Files.createDirectory(this.temporary.resolve("other"));
		Shell.run("for i in {1..500}; do echo $i > \"$1/$i\"; done", tree);
		EndlessFile endless = new EndlessFile(tree.resolve("endless"));
		Path pid = this.temporary.resolve("pid");
		try (SampleProcess first = SampleProcess.start(this.temporary, "--inventory.root=" + tree,
				"--inventory.rescan-interval=1h", "--inventory.watch=true",
				"--inventory.after-scan-command=" + Shell.endlessScript(pid))) {
			InventoryClient client = first.client();
			client.awaitFiles("1", 500);
			client.await(client.start(other), ScanState.COMPLETED);
			Awaitility.await().atMost(LIMIT).until(() -> Files.exists(pid));
			ProcessHandle command = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
			try {
				Awaitility.await().atMost(LIMIT).until(() -> client.readers("wait") == 2);
				assertThat(client.readers("timer")).isEqualTo(2);
				assertThat(client.readers("io")).isEqualTo(1);
				assertThat(first.terminate(LIMIT)).isEqualTo(SIGTERM);
				assertThat(command.isAlive()).isTrue();
				assertThat(first.log()).contains("is left alone").doesNotContain(" ERROR ").doesNotContain(" WARN ");
			}
			finally {
				command.destroy();
				command.onExit().get(60, TimeUnit.SECONDS);
			}
		}
		endless.end();
		try (SampleProcess second = SampleProcess.start(this.temporary, "--inventory.root=" + tree)) {
			InventoryClient client = second.client();
			client.await("1", ScanState.COMPLETED);
			assertThat(endless.removeFrom(client.sha256sums("1"))).as("no file missing, none twice")
				.isEqualTo(endless.removeFrom(Shell.sha256sums(tree)));
			assertThat(second.terminate(LIMIT)).isEqualTo(SIGTERM);
		}
	}

}
