package io.github.cleanupgroups.sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Drives scans: walk a little, lead what was found through reading, hashing and storing,
 * walk on when there is room again. Nothing here holds a thread; whoever finishes
 * something sees to what comes next.
 *
 * <pre>
 *   step of the walk ----&gt; open ----&gt; read chunk &lt;---&gt; hash chunk ----&gt; batch
 *       (read)            (read)       (read)          (hash)        (store)
 * </pre>
 *
 * A group that is closed refuses or cancels what belongs to it. Each refusal and each
 * cancellation comes back here as the failure of a file or a step and stops the run,
 * which is over when the last of its files has come to an end. So a run ends by itself
 * while the groups close, one after the other.
 */
@Component
final class ScanRunner {

	private final TreeWalker walker;

	private final FilePipeline pipeline;

	private final ScanRecorder recorder;

	/** How many runs share the window. Written and read by whoever drives one. */
	private final AtomicInteger runs = new AtomicInteger();

	ScanRunner(TreeWalker walker, FilePipeline pipeline, ScanRecorder recorder) {
		this.walker = walker;
		this.pipeline = pipeline;
		this.recorder = recorder;
	}

	/**
	 * Starts a run.
	 * @param run what to run
	 * @param whenOver called once, by whoever finishes the last of it
	 */
	void start(ScanRun run, Consumer<ScanRun> whenOver) {
		this.runs.incrementAndGet();
		new Drive(run, whenOver, new StoreQueue(run.scan().id(), this.recorder)).goOn();
	}

	private int share() {
		return Math.max(1, ScanRun.WINDOW / Math.max(1, this.runs.get()));
	}

	/** One run, and what is needed to drive it. */
	private final class Drive {

		private final ScanRun run;

		private final Consumer<ScanRun> whenOver;

		private final StoreQueue queue;

		private Drive(ScanRun run, Consumer<ScanRun> whenOver, StoreQueue queue) {
			this.run = run;
			this.whenOver = whenOver;
			this.queue = queue;
		}

		private void goOn() {
			int room = this.run.beginStep(share());
			if (room > 0) {
				step(room);
			}
			else if (this.run.end()) {
				ScanRunner.this.runs.decrementAndGet();
				this.whenOver.accept(this.run);
			}
		}

		private void step(int room) {
			CompletableFuture<List<Found>> unused = Refusals
				.toFailure(() -> ScanRunner.this.walker.step(this.run.walk(), room))
				.thenCompose(this::withoutStored)
				.whenComplete(this::stepEnded);
		}

		private CompletableFuture<List<Found>> withoutStored(List<Found> found) {
			return (!this.run.isResumed() || found.isEmpty()) ? CompletableFuture.completedFuture(found)
					: ScanRunner.this.recorder.withoutStored(this.run.scan().id(), found);
		}

		private void stepEnded(@Nullable List<Found> found, @Nullable Throwable failure) {
			if (failure != null) {
				this.run.stop(failure);
			}
			List<Found> toDo = (found != null) ? found : List.of();
			this.run.endStep(toDo.size());
			toDo.forEach(this::process);
			goOn();
		}

		private void process(Found found) {
			CompletableFuture<Void> unused = finding(found).thenCompose(this.queue::add)
				.whenComplete((ignored, failure) -> {
					if (failure != null) {
						this.run.stop(failure);
					}
					this.run.leave();
					goOn();
				});
		}

		private CompletableFuture<Finding> finding(Found found) {
			if (found instanceof FoundFile file) {
				return ScanRunner.this.pipeline.process(file);
			}
			return CompletableFuture.completedFuture((FileError) found);
		}

	}

}
