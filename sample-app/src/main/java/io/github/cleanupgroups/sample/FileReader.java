package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Priority;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import org.springframework.stereotype.Component;

/**
 * Reads files: each open one is an I/O member of the group {@code read}.
 *
 * <p>
 * The operations themselves, which wait for the disk, run on the threads of the group's
 * pool but belong to no group: a close never waits for a disk that does not answer. What
 * they bring after that only lets go of the file.
 */
@Component
class FileReader {

	private static final String GROUP = "read";

	private final CallbackEnvironment members;

	private final ExecutorService threads;

	/**
	 * Operations and their ends go before files that are not open yet, so that few are
	 * open at a time.
	 */
	FileReader(CleanupGroups groups) {
		this.members = groups.environmentBuilder(GROUP)
			.priority(Priority.HIGH)
			.memberName("FileReader.read")
			.onCancel(ChunkReader::cancelled)
			.build();
		this.threads = CallbackEnvironment.builder()
			.pool(groups.pool(GROUP))
			.priority(Priority.HIGH)
			.memberName("FileReader.operation")
			.build()
			.asExecutorService();
	}

	/** Opens a file. */
	@GroupedAsync(GROUP)
	CompletableFuture<FileContent> open(FileContent content) throws IOException {
		content.open(this.members, this.threads);
		return CompletableFuture.completedFuture(content);
	}

	/** Reads the next chunk. */
	CompletableFuture<FileContent> next(FileContent content) {
		return content.read();
	}

}
