package io.github.cleanupgroups.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The findings of a scan that wait to be stored. One batch is being written at a time;
 * what comes in meanwhile is the next one. So the batches are as large as the database is
 * slow, up to {@link ScanRun#WINDOW}. Thread-safe.
 */
final class StoreQueue {

	private final long scan;

	private final ScanRecorder recorder;

	/** Guarded by this. */
	private List<Waiting> waiting = new ArrayList<>();

	/** Guarded by this. */
	private boolean writing;

	StoreQueue(long scan, ScanRecorder recorder) {
		this.scan = scan;
		this.recorder = recorder;
	}

	/**
	 * Has a finding stored.
	 * @return completes when it is, or with the reason why it is not
	 */
	CompletableFuture<Void> add(Finding finding) {
		Waiting added = new Waiting(finding, new CompletableFuture<>());
		enqueue(added);
		writeNext(false);
		return added.stored();
	}

	private synchronized void enqueue(Waiting added) {
		this.waiting.add(added);
	}

	private void writeNext(boolean afterAnother) {
		List<Waiting> batch = nextBatch(afterAnother);
		if (batch.isEmpty()) {
			return;
		}
		CompletableFuture<Void> unused = write(batch.stream().map(Waiting::finding).toList())
			.whenComplete((ignored, failure) -> {
				// The next one first: the database need not wait for what the others do.
				writeNext(true);
				batch.forEach((each) -> each.end(failure));
			});
	}

	private synchronized List<Waiting> nextBatch(boolean afterAnother) {
		if (this.writing && !afterAnother) {
			return List.of();
		}
		List<Waiting> batch = this.waiting;
		this.waiting = new ArrayList<>();
		this.writing = !batch.isEmpty();
		return batch;
	}

	private CompletableFuture<Void> write(List<Finding> findings) {
		return Refusals.toFailure(() -> this.recorder.store(this.scan, findings));
	}

	/**
	 * A finding and who waits for it.
	 *
	 * @param finding what is to be stored
	 * @param stored completed when it is
	 */
	private record Waiting(Finding finding, CompletableFuture<Void> stored) {

		private void end(@Nullable Throwable failure) {
			if (failure == null) {
				this.stored.complete(null);
			}
			else {
				this.stored.completeExceptionally(failure);
			}
		}

	}

}
