package io.github.cleanupgroups.sample;

import java.io.IOException;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Files of the same content over HTTP, written to the response as they come from the
 * database.
 */
@RestController
final class DuplicatesController {

	private final Duplicates duplicates;

	private final JsonMapper json;

	DuplicatesController(Duplicates duplicates, JsonMapper json) {
		this.duplicates = duplicates;
		this.json = json;
	}

	@GetMapping("/duplicates")
	void duplicates(HttpServletResponse response) throws IOException {
		response.setContentType(MediaType.APPLICATION_JSON_VALUE);
		try (JsonGenerator out = this.json.createGenerator(response.getOutputStream())) {
			DuplicatesWriter writer = new DuplicatesWriter(out);
			out.writeStartArray();
			this.duplicates.forEach(writer);
			writer.endContent();
			out.writeEndArray();
		}
	}

	/**
	 * Puts the files of one content into one object.
	 */
	private static final class DuplicatesWriter implements Duplicates.Visitor {

		private final JsonGenerator out;

		private @Nullable String content;

		private DuplicatesWriter(JsonGenerator out) {
			this.out = out;
		}

		@Override
		public void visit(String sha256, long bytes, RawPath path) {
			if (!sha256.equals(this.content)) {
				endContent();
				this.content = sha256;
				this.out.writeStartObject();
				this.out.writeStringProperty("sha256", sha256);
				this.out.writeNumberProperty("bytes", bytes);
				this.out.writeArrayPropertyStart("paths");
			}
			this.out.writeString(path.toText());
		}

		private void endContent() {
			if (this.content != null) {
				this.out.writeEndArray();
				this.out.writeEndObject();
			}
		}

	}

}
