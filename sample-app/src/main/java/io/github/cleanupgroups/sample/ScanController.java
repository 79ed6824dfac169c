package io.github.cleanupgroups.sample;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Scans over HTTP: asking for one, watching it, reading its results. Listings are written
 * to the response as they come from the database.
 */
@RestController
@RequestMapping("/scans")
final class ScanController {

	private static final int LATEST = 100;

	private final ScanService scans;

	private final Findings findings;

	private final JsonMapper json;

	ScanController(ScanService scans, Findings findings, JsonMapper json) {
		this.scans = scans;
		this.findings = findings;
		this.json = json;
	}

	@PostMapping
	ResponseEntity<Scan> start(@RequestBody ScanRequest request) {
		Scan scan = this.scans.start((request.root() != null) ? request.root() : "");
		return ResponseEntity.accepted().location(URI.create("/scans/" + scan.id())).body(scan);
	}

	@GetMapping
	List<Scan> latest() {
		return this.scans.latest(LATEST);
	}

	@GetMapping("/{id}")
	Scan scan(@PathVariable String id) {
		return this.scans.get(id);
	}

	@GetMapping("/{id}/sha256sums")
	void sha256sums(@PathVariable String id, HttpServletResponse response) throws IOException {
		Scan scan = this.scans.get(id);
		response.setContentType("text/plain;charset=UTF-8");
		try (OutputStream out = new BufferedOutputStream(response.getOutputStream())) {
			this.findings.forEachFile(scan.id(), (path, sha256) -> Sha256sumLine.write(out, sha256, path));
		}
	}

	@GetMapping("/{id}/errors")
	void errors(@PathVariable String id, HttpServletResponse response) throws IOException {
		Scan scan = this.scans.get(id);
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		try (JsonGenerator out = this.json.createGenerator(response.getOutputStream())) {
			out.writeStartArray();
			this.findings.forEachError(scan.id(), (path, reason) -> {
				out.writeStartObject();
				out.writeStringProperty("path", path.toText());
				out.writeStringProperty("reason", reason);
				out.writeEndObject();
			});
			out.writeEndArray();
		}
	}

	/**
	 * What to scan.
	 *
	 * @param root the directory
	 */
	record ScanRequest(@Nullable String root) {

	}

}
