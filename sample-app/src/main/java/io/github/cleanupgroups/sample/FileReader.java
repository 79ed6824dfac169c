package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import io.github.cleanupgroups.Priority;
import io.github.cleanupgroups.spring.GroupedAsync;

import org.springframework.stereotype.Component;

/**
 * Reads files, each chunk a member of the group {@code read}.
 */
@Component
class FileReader {

	/** Opens a file and reads the first chunk. */
	@GroupedAsync("read")
	CompletableFuture<FileContent> begin(FileContent content) throws IOException {
		content.read();
		return CompletableFuture.completedFuture(content);
	}

	/**
	 * Reads the next chunk. It goes before files that are not open yet, so that few are
	 * open at a time.
	 */
	@GroupedAsync(value = "read", priority = Priority.HIGH)
	CompletableFuture<FileContent> next(FileContent content) throws IOException {
		content.read();
		return CompletableFuture.completedFuture(content);
	}

}
