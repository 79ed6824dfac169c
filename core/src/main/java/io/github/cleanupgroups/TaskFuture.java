package io.github.cleanupgroups;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The future of a one-off, and the callback that completes it.
 *
 * @param <T> what it completes with
 */
abstract sealed class TaskFuture<T> extends CompletableFuture<T> implements OwnedCallback {

	/** Set before it is submitted. */
	private @Nullable OneOff oneOff;

	final void submittedAs(OneOff entry) {
		this.oneOff = entry;
	}

	@Override
	public final void run(RunningCallback mine) {
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

	/** The execution, where it goes on as a stage: of these there may be any number. */
	@Nullable RunningCallback goingOn() {
		return null;
	}

	/** Calls the task and sees to it that this future completes. */
	abstract void call(RunningCallback mine) throws Exception;

	@Override
	public final void dropped(MemberCancelledException cancellation) {
		completeExceptionally(cancellation);
	}

	@Override
	public final boolean failed(Throwable why) {
		completeExceptionally(why);
		return true;
	}

	/**
	 * As it says; keeps the task from starting, and interrupts it if it runs and the
	 * caller allows. What it goes on as is cancelled then too.
	 */
	@Override
	public final boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		OneOff entry = this.oneOff;
		if (cancelled && entry != null) {
			Dispatcher dispatcher = entry.lane().dispatcher;
			if (!dispatcher.withdraw(entry) && mayInterruptIfRunning) {
				RunningCallback known = goingOn();
				if (known != null) {
					dispatcher.executions().interrupt(known);
				}
				else {
					dispatcher.executions().interruptOf(entry);
				}
			}
		}
		return cancelled;
	}

	@Override
	public final T get() throws InterruptedException, ExecutionException {
		try {
			return super.get();
		}
		catch (CancellationException ex) {
			throw unwrapped(ex);
		}
	}

	@Override
	public final T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		try {
			return super.get(timeout, unit);
		}
		catch (CancellationException ex) {
			throw unwrapped(ex);
		}
	}

	@Override
	public final T join() {
		try {
			return super.join();
		}
		catch (CancellationException ex) {
			throw unwrapped(ex);
		}
	}

	@Override
	public final T getNow(T valueIfAbsent) {
		try {
			return super.getNow(valueIfAbsent);
		}
		catch (CancellationException ex) {
			throw unwrapped(ex);
		}
	}

	/** Later JDKs wrap what a cancelled future completed with into a plain exception. */
	private static CancellationException unwrapped(CancellationException thrown) {
		return (thrown.getCause() instanceof MemberCancelledException cancelled) ? cancelled : thrown;
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

		/** Forgotten once it is called: whoever keeps the future need not keep it. */
		private @Nullable Callable<T> task;

		OfValue(Callable<T> task) {
			this.task = task;
		}

		@Override
		void call(RunningCallback mine) throws Exception {
			Callable<T> called = Objects.requireNonNull(this.task);
			this.task = null;
			complete(called.call());
		}

	}

	/**
	 * Completes as the stage does that the task returns; until then the execution goes
	 * on.
	 */
	static final class OfStage<T> extends TaskFuture<T> {

		/** Forgotten once it is called. */
		private @Nullable Callable<? extends CompletionStage<T>> task;

		/** Set by the worker, read by whoever cancels. */
		private volatile @Nullable RunningCallback goingOn;

		OfStage(Callable<? extends CompletionStage<T>> task) {
			this.task = task;
		}

		@Override
		void call(RunningCallback mine) throws Exception {
			Callable<? extends CompletionStage<T>> called = Objects.requireNonNull(this.task);
			this.task = null;
			CompletionStage<T> stage = called.call();
			if (stage == null) {
				throw new NullPointerException("'" + mine.entry().memberName() + "' returned no stage");
			}
			if (isComplete(stage)) {
				complete(stage.toCompletableFuture().join());
				return;
			}
			// Taken now: a stage whose whenComplete throws may call back later, when the
			// record is another's. It is not looked at then, for the stage counts as not
			// returned.
			Dispatcher dispatcher = mine.lane().dispatcher;
			Continuation goesOn = new Continuation(stage, mine.lane().generation.group);
			stage.whenComplete((value, failure) -> {
				try {
					if (failure != null) {
						goesOn.failedWith(failure);
						goesOn.tell(() -> completeExceptionally(failure));
					}
					else {
						goesOn.tell(() -> complete(value));
					}
				}
				finally {
					dispatcher.continuationCompleted(mine, goesOn);
				}
			});
			mine.goesOnAs(goesOn);
			// Its record is not used again from here on.
			this.goingOn = mine;
		}

		@Override
		@Nullable RunningCallback goingOn() {
			return this.goingOn;
		}

		/** Subclasses may not say: the JDK's own stages without a future do not. */
		private static boolean isComplete(CompletionStage<?> stage) {
			return stage.getClass() == CompletableFuture.class && stage.toCompletableFuture().isDone()
					&& !stage.toCompletableFuture().isCompletedExceptionally();
		}

	}

}
