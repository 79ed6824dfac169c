package io.github.cleanupgroups.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The I/O members of a scan, seen from outside and at the end of the service.
 */
@Timeout(300)
class ReadingTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	@TempDir
	private Path temporary;

	@Test
	void files_beingRead_areIoMembersUntilTheyAreDone() throws Exception {
		Path directory = Files.createDirectory(this.temporary.resolve("tree"));
		EndlessFile endless = new EndlessFile(directory.resolve("endless"));
		try (ConfigurableApplicationContext context = SampleContext.start(this.temporary)) {
			InventoryClient client = SampleContext.client(context);
			String id = client.start(directory);
			Awaitility.await().atMost(LONG).until(() -> client.readers("io") == 1);
			JsonNode members = InventoryClient.json(client.get("/actuator/cleanupgroups/read")).get("memberList");
			assertThat(members.valueStream().map((each) -> each.get("name").asString())).contains("FileReader.read");
			endless.end();
			client.await(id, ScanState.COMPLETED);
			Awaitility.await().atMost(LONG).until(() -> client.readers("io") == 0);
		}
	}

	@Test
	void files_beingReadAtTheEnd_areClosed() throws Exception {
		Path directory = Files.createDirectory(this.temporary.resolve("tree"));
		List<Path> files = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			Path file = directory.resolve("endless" + i);
			EndlessFile unused = new EndlessFile(file);
			files.add(file);
		}
		Path[] all = files.toArray(new Path[0]);
		try (ConfigurableApplicationContext context = SampleContext.start(this.temporary)) {
			SampleContext.client(context).start(directory);
			Awaitility.await().atMost(LONG).until(() -> OpenFiles.count(all) == 20);
		}
		// By whoever ends the last operation of each, perhaps a moment later.
		Awaitility.await().atMost(LONG).until(() -> OpenFiles.count(all) == 0);
	}

}
