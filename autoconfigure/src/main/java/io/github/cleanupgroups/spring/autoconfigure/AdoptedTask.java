package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * A task in an executor that is not ours: all that can be done to it is done where it
 * begins and ends.
 *
 * <pre>
 * QUEUED  -> RUNNING     the executor's thread
 * QUEUED  -> CANCELLED   whoever closes, or the submitter that was refused
 * RUNNING -> ENDED       the executor's thread
 * </pre>
 */
final class AdoptedTask {

	private enum State {

		QUEUED, RUNNING, CANCELLED, ENDED

	}

	private final AdoptedExecutor executor;

	private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

	/**
	 * Whether its submitter learns of a cancel: the task of a future that was made
	 * elsewhere has to run for that future to complete.
	 */
	private final boolean cancellable;

	/** What the submitter has got. Written by the submitter, read by whoever closes. */
	private volatile @Nullable Future<?> future;

	/** Written by the executor's thread, read by whoever closes. */
	private volatile @Nullable Thread runner;

	/** Whose task runs around this one. Used by the executor's thread only. */
	private @Nullable AdoptedExecutor around;

	AdoptedTask(AdoptedExecutor executor, Object task) {
		this.executor = executor;
		this.cancellable = !(task instanceof CompletableFuture.AsynchronousCompletionTask);
	}

	Runnable around(Runnable task) {
		return () -> {
			if (begin()) {
				try {
					task.run();
				}
				finally {
					end();
				}
			}
		};
	}

	Callable<?> around(Callable<?> task) {
		return () -> {
			if (!begin()) {
				throw cancellation();
			}
			try {
				return task.call();
			}
			finally {
				end();
			}
		};
	}

	/** Tells what its submitter has got, which may be after it was cancelled. */
	void returned(Future<?> returned) {
		this.future = returned;
		if (this.state.get() == State.CANCELLED) {
			complete(returned);
		}
	}

	private boolean begin() {
		if (!this.state.compareAndSet(State.QUEUED, State.RUNNING)) {
			return false;
		}
		this.runner = Thread.currentThread();
		this.around = this.executor.begun();
		return true;
	}

	private void end() {
		synchronized (this) {
			this.runner = null;
		}
		this.state.set(State.ENDED);
		this.executor.ended(this, this.around);
	}

	/** Keeps it from starting, if it has not. */
	boolean cancel() {
		return this.cancellable && this.state.compareAndSet(State.QUEUED, State.CANCELLED);
	}

	/** For whoever has cancelled it. May run code of those who wait for it. */
	void completeFuture() {
		Future<?> returned = this.future;
		if (returned != null) {
			complete(returned);
		}
	}

	boolean isQueued() {
		return this.state.get() == State.QUEUED;
	}

	/**
	 * Whether it ends the application, and so does not end before it.
	 * @param stops whether the thread that stops the context may be its own
	 */
	boolean waitsForTheEnd(boolean stops) {
		Thread thread = this.runner;
		return thread != null && ShutdownStack.waits(List.of(thread.getStackTrace()), stops);
	}

	private void complete(Future<?> returned) {
		if (returned instanceof CompletableFuture<?> completable) {
			completable.completeExceptionally(cancellation());
		}
		else {
			returned.cancel(false);
		}
	}

	private CancellationException cancellation() {
		return new CancellationException("task of " + this.executor + " was cancelled before it started");
	}

	synchronized void interrupt() {
		Thread thread = this.runner;
		if (thread != null) {
			thread.interrupt();
		}
	}

}
