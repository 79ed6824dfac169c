package io.github.cleanupgroups.sample;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Scans over HTTP: a real server, real files, a real database.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(300)
class ScanHttpTests {

	@TempDir
	private static Path database;

	@RegisterExtension
	final TemporaryTree tree = new TemporaryTree();

	private final Path directory = this.tree.directory();

	private final InventoryClient client;

	ScanHttpTests(@LocalServerPort int port) {
		this.client = new InventoryClient(port);
	}

	@DynamicPropertySource
	static void settings(DynamicPropertyRegistry registry) {
		registry.add("inventory.database", () -> database);
	}

	@Test
	void scan_ofStrangeFiles_endsWithWhatSha256sumPrints() throws Exception {
		int errors = StrangeFiles.create(this.directory);
		byte[] expected = Shell.sha256sums(this.directory);
		String id = this.client.start(this.directory);
		JsonNode scan = this.client.await(id, ScanState.COMPLETED);
		assertThat(this.client.sha256sums(id)).isEqualTo(expected);
		assertThat(scan.get("files").asLong()).isEqualTo(lines(expected));
		assertThat(scan.get("bytes").asLong()).isEqualTo(bytes(this.directory));
		assertThat(scan.get("errors").asLong()).isEqualTo(errors);
		JsonNode listed = InventoryClient.json(this.client.get("/scans/" + id + "/errors"));
		assertThat(listed).hasSize(errors);
		assertThat(listed.get(0).get("path").asString()).startsWith(this.directory + "/strange/deep/");
		assertThat(listed.get(0).get("reason").asString()).isEqualTo("File name too long");
	}

	@Test
	void scan_whenAccepted_isDescribed() throws Exception {
		Instant before = Instant.now();
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		HttpResponse<byte[]> response = this.client.postScan(this.directory);
		JsonNode accepted = InventoryClient.json(response);
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(accepted.get("id").isString()).isTrue();
		assertThat(accepted.get("root").asString()).isEqualTo(this.directory.toString());
		assertThat(accepted.get("state").asString()).isEqualTo("RUNNING");
		String id = accepted.get("id").asString();
		assertThat(response.headers().firstValue("Location")).hasValue("/scans/" + id);
		JsonNode running = this.client.scan(id);
		assertThat(running.propertyNames()).containsExactly("id", "root", "state", "files", "bytes", "errors",
				"startedAt", "finishedAt");
		assertThat(running.get("finishedAt").isNull()).isTrue();
		endless.end();
		JsonNode completed = this.client.await(id, ScanState.COMPLETED);
		Instant startedAt = Instant.parse(completed.get("startedAt").asString());
		assertThat(startedAt).isBetween(before.minusSeconds(1), Instant.now());
		assertThat(Instant.parse(completed.get("finishedAt").asString())).isBetween(startedAt, Instant.now());
	}

	@Test
	void scan_thatGoesOn_showsWhatIsStoredSoFar() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("zzz"));
		Shell.run("for i in {1..700}; do echo $i > \"$1/$i\"; done", this.directory);
		String id = this.client.start(this.directory);
		JsonNode running = this.client.awaitFiles(id, 700);
		assertThat(running.get("files").asLong()).isEqualTo(700);
		byte[] soFar = this.client.sha256sums(id);
		endless.end();
		this.client.await(id, ScanState.COMPLETED);
		byte[] all = this.client.sha256sums(id);
		assertThat(lines(soFar)).isEqualTo(700);
		assertThat(lines(all)).isEqualTo(701);
		assertThat(new String(all, StandardCharsets.UTF_8)).startsWith(new String(soFar, StandardCharsets.UTF_8));
	}

	@Test
	void scan_ofARootThatIsBeingScanned_isAConflict() throws Exception {
		EndlessFile endless = new EndlessFile(this.directory.resolve("endless"));
		Path link = Files.createSymbolicLink(this.tree.parent().resolve("link"), this.directory);
		String id = this.client.start(this.directory);
		for (Object root : List.of(this.directory, this.directory + "/", link)) {
			HttpResponse<byte[]> response = this.client.postScan(root);
			assertProblem(response, 409, "Scan " + id + " is scanning '" + this.directory + "'.");
			assertThat(InventoryClient.json(response).get("scan").asString()).isEqualTo(id);
		}
		endless.end();
		this.client.await(id, ScanState.COMPLETED);
		String next = this.client.start(this.directory);
		assertThat(next).isNotEqualTo(id);
		this.client.await(next, ScanState.COMPLETED);
	}

	@Test
	void scan_ofAnEmptyDirectory_completesWithNothing() throws Exception {
		String id = this.client.start(this.directory);
		JsonNode scan = this.client.await(id, ScanState.COMPLETED);
		assertThat(scan.get("files").asLong()).isZero();
		assertThat(scan.get("errors").asLong()).isZero();
		assertThat(this.client.sha256sums(id)).isEmpty();
	}

	@Test
	void scan_ofATreeWithTheDatabaseInIt_leavesThatOut() throws Exception {
		Path other = Files.writeString(database.resolve("inventory.db.txt"), "content");
		Path elsewhere = Files.writeString(Files.createDirectory(database.resolve("sub")).resolve("inventory.mv.db"),
				"content");
		assertThat(database.resolve("inventory.mv.db")).exists();
		String id = this.client.start(database);
		this.client.await(id, ScanState.COMPLETED);
		assertThat(this.client.sha256sums(id)).isEqualTo(Shell.output("sha256sum \"$1\" \"$2\"", other, elsewhere));
	}

	@Test
	void scans_ofManyRootsAtOnce_allComplete() throws Exception {
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			Path root = Files.createDirectory(this.directory.resolve("root" + i));
			Shell.run("for i in {1..60}; do echo $i > \"$1/$i\"; done", root);
		}
		for (int i = 0; i < 40; i++) {
			ids.add(this.client.start(this.directory.resolve("root" + i)));
		}
		for (String id : ids) {
			assertThat(this.client.await(id, ScanState.COMPLETED).get("files").asLong()).isEqualTo(60);
		}
	}

	@Test
	void root_thatIsNoReadableDirectory_isABadRequest() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		Path missing = this.directory.resolve("missing");
		assertProblem(this.client.postScan(missing), 400,
				"The root '" + missing + "' is no readable directory: no such file or directory.");
		assertProblem(this.client.postScan(file), 400,
				"The root '" + file + "' is no readable directory: not a directory.");
		assertProblem(this.client.postScan("/a\0b"), 400, "The root '/a\0b' is no path.");
		assertProblem(this.client.postScan(" "), 400, "No root is given: name a directory.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "[]", "null", "\"/tmp\"", "{}", "{\"root\":null}", "{\"root\":\"\"}",
			"{\"root\":[\"/tmp\"]}", "{\"root\":{}}" })
	void body_thatIsNoScanRequest_isABadRequest(String body) throws Exception {
		HttpResponse<byte[]> response = this.client.post("/scans", body);
		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(InventoryClient.json(response).get("detail").asString()).isNotBlank();
	}

	@ParameterizedTest
	@ValueSource(strings = { "999999", "0", "-1", "abc", "99999999999999999999", "1.5" })
	void id_ofNoScan_isNotFound(String id) throws Exception {
		for (String path : List.of("", "/sha256sums", "/errors")) {
			assertProblem(this.client.get("/scans/" + id + path), 404, "There is no scan '" + id + "'.");
		}
	}

	@Test
	void duplicates_ofAllScans_areListedLargestFirst() throws Exception {
		Path one = Files.createDirectory(this.directory.resolve("one"));
		Path two = Files.createDirectory(this.directory.resolve("two"));
		Files.writeString(one.resolve("small"), "x".repeat(10_001));
		Files.writeString(two.resolve("small too"), "x".repeat(10_001));
		Files.writeString(one.resolve("large"), "y".repeat(20_002));
		Files.writeString(one.resolve("large b"), "y".repeat(20_002));
		Files.writeString(two.resolve("large a"), "y".repeat(20_002));
		Files.writeString(two.resolve("single"), "z".repeat(30_003));
		for (Path root : List.of(one, two, one)) {
			this.client.await(this.client.start(root), ScanState.COMPLETED);
		}
		JsonNode all = InventoryClient.json(this.client.get("/duplicates"));
		List<Long> sizes = all.valueStream().map((each) -> each.get("bytes").asLong()).toList();
		assertThat(sizes).isSortedAccordingTo((left, right) -> Long.compare(right, left)).doesNotContain(30_003L);
		assertThat(paths(all, 20_002)).containsExactly(one + "/large", one + "/large b", two + "/large a");
		assertThat(paths(all, 10_001)).containsExactly(one + "/small", two + "/small too");
	}

	@Test
	void scans_whenListed_comeNewestFirst() throws Exception {
		String older = this.client.start(this.directory);
		this.client.await(older, ScanState.COMPLETED);
		String newer = this.client.start(this.directory);
		this.client.await(newer, ScanState.COMPLETED);
		List<String> ids = InventoryClient.json(this.client.get("/scans"))
			.valueStream()
			.map((scan) -> scan.get("id").asString())
			.toList();
		assertThat(ids).startsWith(newer, older);
	}

	private static List<String> paths(JsonNode duplicates, long bytes) {
		return duplicates.valueStream()
			.filter((each) -> each.get("bytes").asLong() == bytes)
			.flatMap((each) -> each.get("paths").valueStream())
			.map(JsonNode::asString)
			.toList();
	}

	private static void assertProblem(HttpResponse<byte[]> response, int status, String detail) {
		JsonNode problem = InventoryClient.json(response);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(problem.get("status").asInt()).isEqualTo(status);
		assertThat(problem.get("detail").asString()).isEqualTo(detail);
	}

	private static long lines(byte[] text) {
		return new String(text, StandardCharsets.ISO_8859_1).chars().filter((c) -> c == '\n').count();
	}

	private static long bytes(Path directory) throws Exception {
		String sizes = new String(Shell.run("find \"$1\" -type f -not -path '*/00000*' -printf '%s\\n'", directory),
				StandardCharsets.US_ASCII);
		return sizes.lines().mapToLong(Long::parseLong).sum();
	}

}
