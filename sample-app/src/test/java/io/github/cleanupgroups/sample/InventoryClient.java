package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody who talks to an inventory over HTTP.
 */
final class InventoryClient {

	private static final Duration LONG = Duration.ofMinutes(3);

	private static final JsonMapper JSON = new JsonMapper();

	private final HttpClient http = HttpClient.newHttpClient();

	private final String address;

	InventoryClient(int port) {
		this.address = "http://127.0.0.1:" + port;
	}

	HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(URI.create(this.address + path)).build());
	}

	HttpResponse<byte[]> post(String path, String body) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(URI.create(this.address + path))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build());
	}

	private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
		return this.http.send(request, HttpResponse.BodyHandlers.ofByteArray());
	}

	HttpResponse<byte[]> postScan(Object root) throws IOException, InterruptedException {
		return post("/scans", JSON.writeValueAsString(Map.of("root", root.toString())));
	}

	/** Starts a scan that is accepted, and says its id. */
	String start(Path root) throws IOException, InterruptedException {
		HttpResponse<byte[]> response = postScan(root);
		assertThat(response.statusCode()).as(() -> json(response).toString()).isEqualTo(202);
		return json(response).get("id").asString();
	}

	JsonNode scan(String id) throws IOException, InterruptedException {
		HttpResponse<byte[]> response = get("/scans/" + id);
		assertThat(response.statusCode()).isEqualTo(200);
		return json(response);
	}

	/** Waits until a scan has come that far, and not into another state for good. */
	JsonNode await(String id, ScanState state) {
		return Awaitility.await().atMost(LONG).until(() -> scan(id), (scan) -> {
			assertThat(scan.get("state").asString()).isIn("RUNNING", state.name());
			return state.name().equals(scan.get("state").asString());
		});
	}

	/** Waits until a scan that goes on has stored so many files. */
	JsonNode awaitFiles(String id, long files) {
		return Awaitility.await().atMost(LONG).until(() -> scan(id), (scan) -> {
			assertThat(scan.get("state").asString()).isEqualTo("RUNNING");
			return scan.get("files").asLong() >= files;
		});
	}

	byte[] sha256sums(String id) throws IOException, InterruptedException {
		HttpResponse<byte[]> response = get("/scans/" + id + "/sha256sums");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/plain"));
		return response.body();
	}

	/** Newest first. */
	JsonNode scans() throws IOException, InterruptedException {
		return json(get("/scans"));
	}

	void awaitScans(int count) {
		Awaitility.await().atMost(LONG).until(() -> scans().size() == count);
	}

	/**
	 * Waits until a completed scan newer than another one has found just what is there.
	 */
	void awaitNewerScan(String than, Path root) {
		Awaitility.await().atMost(LONG).untilAsserted(() -> {
			JsonNode newest = scans().get(0);
			assertThat(newest.get("id").asLong()).isGreaterThan(Long.parseLong(than));
			assertThat(newest.get("state").asString()).isEqualTo(ScanState.COMPLETED.name());
			assertThat(sha256sums(newest.get("id").asString())).isEqualTo(Shell.sha256sums(root));
		});
	}

	/** How many members of a kind the group {@code read} has. */
	int readers(String kind) throws IOException, InterruptedException {
		return json(get("/actuator/cleanupgroups/read")).get("members").path(kind).asInt();
	}

	/** Waits until the timers of the group {@code read} have expired so often again. */
	void awaitTimers(int more) throws IOException, InterruptedException {
		double before = timers();
		Awaitility.await().atMost(LONG).until(() -> timers() >= before + more);
	}

	private double timers() throws IOException, InterruptedException {
		String meters = new String(get("/actuator/prometheus").body(), StandardCharsets.UTF_8);
		return meters.lines()
			.filter((line) -> line.startsWith("cleanup_group_callbacks_seconds_count{")
					&& line.contains("group=\"read\"") && line.contains("kind=\"timer\""))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
			.sum();
	}

	static JsonNode json(HttpResponse<byte[]> response) {
		return JSON.readTree(response.body());
	}

}
