package io.github.cleanupgroups;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * The future of a one-off, and the callback that completes it.
 *
 * @param <T> what it completes with
 */
abstract sealed class TaskFuture<T> extends CompletableFuture<T> implements OwnedCallback {

	/** Set by the worker before it calls the task, read by whoever cancels. */
	private volatile @Nullable RunningCallback running;

	@Override
	public final void run(CallbackInstance instance) {
		RunningCallback mine = (RunningCallback) instance;
		this.running = mine;
		if (isDone()) {
			return;
		}
		try {
			call(mine);
		}
		catch (Throwable ex) {
			completeExceptionally(ex);
		}
	}

	/** Calls the task and sees to it that this future completes. */
	abstract void call(RunningCallback mine) throws Exception;

	@Override
	public final void dropped(MemberCancelledException cancellation) {
		completeExceptionally(cancellation);
	}

	@Override
	public final boolean isAbandoned() {
		return isDone();
	}

	/** As it says, and interrupts the task if it runs and the caller allows. */
	@Override
	public final boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		RunningCallback now = this.running;
		if (cancelled && mayInterruptIfRunning && now != null) {
			now.lane().dispatcher.interrupt(now);
		}
		return cancelled;
	}

	/** What it completed with, if that was an exception. */
	final @Nullable Throwable failure() {
		if (!isCompletedExceptionally()) {
			return null;
		}
		try {
			join();
			return null;
		}
		catch (CompletionException ex) {
			return (ex.getCause() != null) ? ex.getCause() : ex;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	/** Stages made from this one are ordinary futures: they have no task of their own. */
	@Override
	public final <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

	/** Completes with what the task returns. */
	static final class OfValue<T> extends TaskFuture<T> {

		private final Callable<T> task;

		OfValue(Callable<T> task) {
			this.task = task;
		}

		@Override
		void call(RunningCallback mine) throws Exception {
			complete(this.task.call());
		}

	}

	/**
	 * Completes as the stage does that the task returns; until then the execution goes
	 * on.
	 */
	static final class OfStage<T> extends TaskFuture<T> {

		private final Callable<? extends CompletionStage<T>> task;

		OfStage(Callable<? extends CompletionStage<T>> task) {
			this.task = task;
		}

		@Override
		void call(RunningCallback mine) throws Exception {
			CompletionStage<T> stage = this.task.call();
			if (stage == null) {
				throw new NullPointerException("'" + mine.entry().memberName() + "' returned no stage");
			}
			Continuation continuation = new Continuation(stage);
			mine.continuation = continuation;
			stage.whenComplete((value, failure) -> {
				if (failure != null) {
					continuation.failedWith(failure);
					completeExceptionally(failure);
				}
				else {
					complete(value);
				}
				mine.lane().dispatcher.continuationCompleted(mine, continuation);
			});
		}

	}

}
