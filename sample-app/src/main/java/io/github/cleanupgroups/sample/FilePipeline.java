package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import org.springframework.stereotype.Component;

/**
 * Leads a file through the groups {@code read} and {@code hash}, chunk by chunk.
 */
@Component
final class FilePipeline {

	private final FileReader reader;

	private final FileHasher hasher;

	FilePipeline(FileReader reader, FileHasher hasher) {
		this.reader = reader;
		this.hasher = hasher;
	}

	/**
	 * Reads and hashes a file.
	 * @return completes with what there is to store of it: a file that cannot be read is
	 * a {@link FileError}; exceptionally if a group was closed before the end
	 */
	CompletableFuture<Finding> process(FoundFile file) {
		Passage passage = new Passage(file);
		passage.begin();
		return passage.finding;
	}

	/**
	 * One file in the pipeline. A loop of callbacks instead of a chain of futures: such a
	 * chain would grow with the file.
	 */
	private final class Passage {

		private final FoundFile file;

		private final FileContent content;

		private final CompletableFuture<Finding> finding = new CompletableFuture<>();

		private Passage(FoundFile file) {
			this.file = file;
			this.content = new FileContent(file);
		}

		private void begin() {
			take(() -> FilePipeline.this.reader.open(this.content), this::readNext);
		}

		private void readNext() {
			take(() -> FilePipeline.this.reader.next(this.content), this::hashNext);
		}

		private void hashNext() {
			take(() -> FilePipeline.this.hasher.hash(this.content), this::goOn);
		}

		private void goOn() {
			if (this.content.isAtEnd()) {
				this.finding.complete(this.content.result());
			}
			else {
				readNext();
			}
		}

		/**
		 * Takes a step and the next one after it. Whatever fails on the way ends the
		 * passage.
		 */
		private void take(Callable<CompletableFuture<FileContent>> step, Runnable next) {
			CompletableFuture<FileContent> unused = Refusals.toFailure(step).whenComplete((ignored, failure) -> {
				if (failure == null) {
					next.run();
				}
				else {
					fail(FutureFailure.cause(failure));
				}
			});
		}

		private void fail(Throwable failure) {
			this.content.close();
			if (failure instanceof IOException unreadable) {
				this.finding.complete(new FileError(this.file.name(), FailureReason.of(unreadable)));
			}
			else {
				this.finding.completeExceptionally(failure);
			}
		}

	}

}
