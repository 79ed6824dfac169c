package io.github.cleanupgroups.sample;

import java.util.concurrent.CompletableFuture;

import io.github.cleanupgroups.spring.GroupedAsync;

import org.springframework.stereotype.Component;

/**
 * Hashes what was read, each chunk a member of the group {@code hash}.
 */
@Component
class FileHasher {

	@GroupedAsync("hash")
	CompletableFuture<FileContent> hash(FileContent content) {
		content.hash();
		return CompletableFuture.completedFuture(content);
	}

}
