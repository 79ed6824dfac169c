package io.github.cleanupgroups.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The executable jar on a tree of thousands of files, beside {@code sha256sum}.
 */
@Timeout(600)
class InventoryIT {

	/**
	 * Six thousand files in three levels of directories, and one that does not fit into
	 * the memory of the process.
	 */
	private static final String MANY_FILES = """
			cd "$1"
			for i in {0..59}; do
				mkdir -p "part $((i % 6))/directory $i"
				for j in {0..99}; do echo "$((i * j))" > "part $((i % 6))/directory $i/file $j"; done
			done
			truncate -s 300M 'part 0/larger than the memory'
			""";

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	@Test
	void sha256sums_ofThousandsOfFiles_equalAndPassSha256sum() throws Exception {
		Shell.run(MANY_FILES, this.directory);
		int errors = StrangeFiles.create(this.directory) + StrangeFiles.createForbidden(this.directory);
		byte[] expected = Shell.sha256sums(this.directory);
		try (SampleProcess sample = SampleProcess.start(this.tree.parent())) {
			InventoryClient client = sample.client();
			String id = client.start(this.directory);
			JsonNode scan = client.await(id, ScanState.COMPLETED);
			byte[] listed = client.sha256sums(id);
			assertThat(listed).isEqualTo(expected);
			assertPassesCheck(listed);
			assertThat(scan.get("files").asLong()).isGreaterThan(6_000);
			assertThat(scan.get("errors").asLong()).isEqualTo(errors);
			List<String> reasons = InventoryClient.json(client.get("/scans/" + id + "/errors"))
				.valueStream()
				.map((error) -> error.get("reason").asString())
				.toList();
			assertThat(reasons).hasSize(errors).contains("File name too long");
			if (errors > 1) {
				assertThat(reasons).contains("permission denied");
			}
			assertThatItCanBeObserved(client);
		}
	}

	private void assertPassesCheck(byte[] lines) throws Exception {
		Path list = Files.write(this.tree.parent().resolve("sha256sums"), lines);
		String checked = new String(Shell.run("sha256sum --check --strict \"$1\"", list), StandardCharsets.ISO_8859_1);
		// Not String.lines(): a name may have a carriage return.
		assertThat(checked.split("\n")).hasSizeGreaterThan(6_000).allMatch((line) -> line.endsWith(": OK"));
	}

	private static void assertThatItCanBeObserved(InventoryClient client) throws Exception {
		List<String> groups = InventoryClient.json(client.get("/actuator/cleanupgroups"))
			.get("groups")
			.valueStream()
			.map((group) -> group.get("name").asString())
			.toList();
		assertThat(groups).containsExactlyInAnyOrder("read", "hash", "store");
		String meters = new String(client.get("/actuator/prometheus").body(), StandardCharsets.UTF_8);
		assertThat(meters).contains("cleanup_group_members{")
			.containsPattern("cleanup_group_callbacks_seconds_count\\{[^}]*group=\"hash\"[^}]*} [1-9]");
	}

}
