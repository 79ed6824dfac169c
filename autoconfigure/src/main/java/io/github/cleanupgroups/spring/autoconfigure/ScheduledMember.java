package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ErrorHandler;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Timer;

/**
 * A scheduled task: a timer of the group, or one after the other where the context is
 * stopped and started again. It ends when it is cancelled, has no next run, fails for
 * good, or when its timer is closed by anything else than a stop of the context.
 */
// A scheduled task has no other result than null; what depends on a release is told here.
@SuppressWarnings({ "NullAway", "FutureReturnValueIgnored" })
final class ScheduledMember extends CompletableFuture<Object> implements ScheduledFuture<Object> {

	private final GroupTaskScheduler scheduler;

	private final CallbackEnvironment environment;

	private final Runnable task;

	private final TaskTiming timing;

	private final ErrorHandler errorHandler;

	private final Object lock = new Object();

	/** Null before the start. */
	@GuardedBy("lock")
	private @Nullable Timer timer;

	/** Whether the next timer is to be made once the last one is released. */
	@GuardedBy("lock")
	private boolean resuming;

	/** The thread that runs the task now. */
	@GuardedBy("lock")
	private @Nullable Thread runner;

	ScheduledMember(GroupTaskScheduler scheduler, CallbackEnvironment environment, Runnable task, TaskTiming timing,
			ErrorHandler errorHandler) {
		this.scheduler = scheduler;
		this.environment = environment;
		this.task = task;
		this.timing = timing;
		this.errorHandler = errorHandler;
	}

	/** Makes a timer and sets it. */
	void start() {
		Timer made = this.environment.newTimer((instance) -> run());
		synchronized (this.lock) {
			this.timer = made;
			this.resuming = false;
		}
		try {
			this.timing.set(made);
		}
		catch (RejectedExecutionException ex) {
			made.close();
			throw ex;
		}
		made.released().whenComplete((nothing, failure) -> released(made));
	}

	/** A timer is closed, and its last run is over. */
	private void released(Timer closed) {
		synchronized (this.lock) {
			if (closed != this.timer || this.resuming) {
				return;
			}
		}
		if (!this.scheduler.isSuspended() && !isDone()) {
			super.cancel(false);
			this.scheduler.ended(this);
		}
	}

	/**
	 * The context has started again: goes on where the stop has closed the timer, as soon
	 * as what ran then has ended.
	 */
	void resume() {
		Timer former;
		synchronized (this.lock) {
			former = this.timer;
			if (former == null || !former.isClosed() || this.resuming) {
				return;
			}
			this.resuming = true;
		}
		former.released().whenComplete((nothing, failure) -> startAgain());
	}

	private void startAgain() {
		if (isDone()) {
			return;
		}
		try {
			start();
		}
		catch (RejectedExecutionException ex) {
			completeExceptionally(ex);
			this.scheduler.ended(this);
		}
	}

	void repeatNoMore() {
		Timer present = timer();
		if (this.timing.repeats() && present != null) {
			present.unset();
		}
	}

	private @Nullable Timer timer() {
		synchronized (this.lock) {
			return this.timer;
		}
	}

	private void run() throws Exception {
		if (isDone()) {
			return;
		}
		this.timing.started();
		Throwable failure = runTask();
		if (failure != null) {
			handle(failure);
		}
		goOn();
		if (failure != null) {
			throw HandledFailure.mark(failure);
		}
	}

	private @Nullable Throwable runTask() {
		synchronized (this.lock) {
			this.runner = Thread.currentThread();
		}
		try {
			this.task.run();
			return null;
		}
		catch (UndeclaredThrowableException ex) {
			return ex.getUndeclaredThrowable();
		}
		catch (Throwable ex) {
			return ex;
		}
		finally {
			synchronized (this.lock) {
				this.runner = null;
			}
		}
	}

	/** What the handler throws in its turn ends the task. */
	private void handle(Throwable failure) throws Exception {
		try {
			this.errorHandler.handleError(failure);
		}
		catch (Throwable ex) {
			end();
			completeExceptionally(ex);
			throw HandledFailure.mark(ex);
		}
	}

	private void goOn() {
		if (isDone()) {
			return;
		}
		Timer present = timer();
		if (this.timing.repeats() && this.scheduler.isEnding()) {
			return;
		}
		try {
			if (present != null && !this.timing.setAgain(present)) {
				end();
				complete(null);
			}
		}
		catch (RejectedExecutionException ex) {
			// The group is being closed: the release of the timer tells what comes of it.
		}
	}

	private void end() {
		Timer present = timer();
		if (present != null) {
			present.unset();
			present.close();
		}
		this.scheduler.ended(this);
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			end();
			synchronized (this.lock) {
				if (mayInterruptIfRunning && this.runner != null) {
					this.runner.interrupt();
				}
			}
		}
		return cancelled;
	}

	@Override
	public long getDelay(TimeUnit unit) {
		return unit.convert(Duration.between(Instant.now(this.scheduler.getClock()), this.timing.due()));
	}

	@Override
	public int compareTo(Delayed other) {
		return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
	}

}
