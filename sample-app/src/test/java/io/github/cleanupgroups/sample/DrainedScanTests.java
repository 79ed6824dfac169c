package io.github.cleanupgroups.sample;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.context.ConfigurableApplicationContext;

import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scans that are asked for while the application takes nothing new: what cannot begin is
 * not accepted, and what has begun is not lost.
 */
@Timeout(300)
class DrainedScanTests {

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	private ConfigurableApplicationContext context;

	private CleanupGroups groups;

	private InventoryClient client;

	@BeforeEach
	void start() throws Exception {
		Files.writeString(this.directory.resolve("file"), "content");
		this.context = SampleContext.start(this.tree.parent());
		this.groups = this.context.getBean(CleanupGroups.class);
		this.client = SampleContext.client(this.context);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void scan_whileAllGroupsAreDrained_isRefusedAndNothingIsRecorded() throws Exception {
		this.groups.drain();
		assertUnavailable(this.client.postScan(this.directory), "read");
		assertThat(this.client.postScan(this.directory.resolve("missing")).statusCode()).isEqualTo(400);
		assertThat(this.client.scans()).isEmpty();
		this.groups.resume();
		this.client.await(this.client.start(this.directory), ScanState.COMPLETED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "read", "hash", "store" })
	void scan_whileOneOfItsGroupsIsDrained_isRefusedAndNothingIsRecorded(String group) throws Exception {
		this.groups.get(group).refuse();
		assertUnavailable(this.client.postScan(this.directory), group);
		assertThat(this.client.scans()).isEmpty();
	}

	@Test
	void scan_whileItsGroupsArePaused_isAcceptedAndGoesOnWithThem() throws Exception {
		this.groups.get("read").pause();
		String id = this.client.start(this.directory);
		assertThat(this.client.scan(id).get("state").asString()).isEqualTo("RUNNING");
		this.groups.resume();
		this.client.await(id, ScanState.COMPLETED);
	}

	// As where a drain begins in the very moment.
	@Test
	void scan_refusedAtItsFirstStep_isRefusedAndLeftForTheNextStart() throws Exception {
		this.groups.pool("read").close();
		assertUnavailable(this.client.postScan(this.directory), "read");
		assertThat(this.client.scans().get(0).get("state").asString()).isEqualTo("INTERRUPTED");
		this.context.close();
		this.context = SampleContext.start(this.tree.parent());
		this.client = SampleContext.client(this.context);
		this.client.await("1", ScanState.COMPLETED);
		assertThat(this.client.scans()).hasSize(1);
	}

	@Test
	void scan_underWayWhenADrainBegins_endsAndGoesOnWhenItIsAskedForAgain() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		String id = this.client.start(this.directory);
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> this.client.readers("io") > 0);
		this.groups.drain();
		endless.end();
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> this.groups.isIdle());
		assertThat(this.client.scan(id).get("state").asString()).isIn("INTERRUPTED", "COMPLETED");
		assertUnavailable(this.client.postScan(this.directory), "read");
		this.groups.resume();
		this.client.await(this.client.start(this.directory), ScanState.COMPLETED);
	}

	private static void assertUnavailable(HttpResponse<byte[]> response, String group) {
		JsonNode problem = InventoryClient.json(response);
		assertThat(response.statusCode()).as(problem::toString).isEqualTo(503);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.headers().firstValue("Retry-After")).hasValue("30");
		assertThat(problem.get("status").asInt()).isEqualTo(503);
		assertThat(problem.get("detail").asString()).isEqualTo("No scan can begin: the group '" + group
				+ "' takes nothing new, because it is being drained or" + " closed. Ask again later.");
	}

}
