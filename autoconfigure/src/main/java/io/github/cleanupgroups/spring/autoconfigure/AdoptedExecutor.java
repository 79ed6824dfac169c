package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

import io.github.cleanupgroups.CloseMode;

/**
 * An executor of the application's that is closed with a group. It stays what it is and
 * where it is; this follows what goes through its bean, so that a close can wait for it,
 * cancel what has not begun and complete the futures of that, which the executor itself
 * would leave incomplete.
 */
final class AdoptedExecutor implements MethodInterceptor {

	private static final Duration LONGEST = Duration.ofDays(36_500);

	/** Whose task runs on the current thread. */
	private static final ThreadLocal<@Nullable AdoptedExecutor> RUNNING = new ThreadLocal<>();

	private final String name;

	private final String group;

	private final Object lock = new Object();

	/** What has not ended and was not cancelled. */
	private final Set<AdoptedTask> tasks = ConcurrentHashMap.newKeySet();

	/** Runs of scheduled tasks that have begun. Guarded by the lock. */
	@GuardedBy("lock")
	private int scheduledRuns;

	/** Null while it accepts; else what completes once nothing is left. */
	@GuardedBy("lock")
	private @Nullable CompletableFuture<Void> idle;

	@GuardedBy("lock")
	private boolean cancelling;

	private final AtomicLong ran = new AtomicLong();

	private final AtomicLong cancelled = new AtomicLong();

	AdoptedExecutor(String name, String group) {
		this.name = name;
		this.group = group;
	}

	/**
	 * A submission, or any other call. It does not matter of which executor: tasks are
	 * {@code Runnable} or {@code Callable} and come first.
	 */
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (arguments.length == 0 || invocation.getMethod().getName().equals("stop")) {
			// SmartLifecycle.stop(Runnable) is told when it is over: no task.
			return invocation.proceed();
		}
		boolean scheduled = invocation.getMethod().getName().startsWith("schedule");
		if (arguments[0] instanceof Runnable task && scheduled) {
			arguments[0] = (Runnable) () -> runScheduled(task);
			return invocation.proceed();
		}
		Object submitted = arguments[0];
		return (!scheduled && (submitted instanceof Runnable || submitted instanceof Callable))
				? submit(invocation, submitted) : invocation.proceed();
	}

	private @Nullable Object submit(MethodInvocation invocation, Object submitted) throws Throwable {
		AdoptedTask task = new AdoptedTask(this, submitted);
		invocation.getArguments()[0] = (submitted instanceof Callable<?> callable) ? task.around(callable)
				: task.around((Runnable) submitted);
		admit(task);
		try {
			Object returned = invocation.proceed();
			if (returned instanceof Future<?> future) {
				task.returned(future);
			}
			return returned;
		}
		catch (Throwable ex) {
			task.cancel();
			forget(task);
			throw ex;
		}
	}

	/** As in a group: while a close awaits, what runs may still submit. */
	private void admit(AdoptedTask task) {
		synchronized (this.lock) {
			if (this.idle != null && (this.cancelling || RUNNING.get() != this)) {
				throw new TaskRejectedException(this + " is closed");
			}
			this.tasks.add(task);
		}
	}

	/** While it is closed, a scheduled task is left out. */
	private void runScheduled(Runnable task) {
		synchronized (this.lock) {
			if (this.idle != null) {
				return;
			}
			this.scheduledRuns++;
		}
		try {
			task.run();
		}
		finally {
			synchronized (this.lock) {
				this.scheduledRuns--;
			}
			this.ran.incrementAndGet();
			tellIfIdle();
		}
	}

	/** Returns whose task runs around it, where the submitter runs it itself. */
	@Nullable AdoptedExecutor begun() {
		AdoptedExecutor around = RUNNING.get();
		RUNNING.set(this);
		return around;
	}

	void ended(AdoptedTask task, @Nullable AdoptedExecutor around) {
		if (around != null) {
			RUNNING.set(around);
		}
		else {
			RUNNING.remove();
		}
		this.ran.incrementAndGet();
		forget(task);
	}

	private void forget(AdoptedTask task) {
		this.tasks.remove(task);
		tellIfIdle();
	}

	private void tellIfIdle() {
		CompletableFuture<Void> told;
		synchronized (this.lock) {
			told = (this.tasks.isEmpty() && this.scheduledRuns == 0) ? this.idle : null;
		}
		if (told != null) {
			told.complete(null);
		}
	}

	/**
	 * Refuses what is new and closes what is there.
	 * @param steps when to do what
	 * @return what completes when nothing is left or the time is over
	 */
	CompletableFuture<AdoptedClose> close(ClosingSteps steps) {
		long begin = System.nanoTime();
		long ranBefore = this.ran.get();
		long cancelledBefore = this.cancelled.get();
		CompletableFuture<Void> over = new CompletableFuture<>();
		synchronized (this.lock) {
			this.idle = over;
		}
		if (steps.mode() == CloseMode.CANCEL) {
			cancelPending();
		}
		else {
			after(steps.grace()).execute(() -> ifClosing(over, this::cancelPending));
		}
		if (steps.interruptAfter() != null) {
			after(steps.interruptAfter())
				.execute(() -> ifClosing(over, () -> this.tasks.forEach(AdoptedTask::interrupt)));
		}
		tellIfIdle();
		return over.copy().completeOnTimeout(null, nanos(steps.limit()), TimeUnit.NANOSECONDS).thenApply((nothing) -> {
			cancelPending();
			return new AdoptedClose(this.name, this.group, Duration.ofNanos(System.nanoTime() - begin),
					this.ran.get() - ranBefore, this.cancelled.get() - cancelledBefore, left());
		});
	}

	private static void ifClosing(CompletableFuture<Void> over, Runnable action) {
		if (!over.isDone()) {
			action.run();
		}
	}

	private static Executor after(Duration delay) {
		return CompletableFuture.delayedExecutor(nanos(delay), TimeUnit.NANOSECONDS);
	}

	private static long nanos(Duration duration) {
		return ShutdownDeadline.shorter(duration, LONGEST).toNanos();
	}

	private void cancelPending() {
		synchronized (this.lock) {
			this.cancelling = true;
		}
		for (AdoptedTask each : this.tasks) {
			if (each.cancel()) {
				this.cancelled.incrementAndGet();
				forget(each);
			}
		}
	}

	private int left() {
		synchronized (this.lock) {
			return this.scheduledRuns + this.tasks.size();
		}
	}

	/** Takes the close back: the context has started again. */
	void accept() {
		CompletableFuture<Void> over;
		synchronized (this.lock) {
			over = this.idle;
			this.idle = null;
			this.cancelling = false;
		}
		if (over != null) {
			// Its interrupt, if it is still to come, would be one of what runs now.
			over.complete(null);
		}
	}

	/** Whether such a bean can be adopted. */
	static boolean isExecutor(Class<?> type) {
		return (Executor.class.isAssignableFrom(type) || TaskScheduler.class.isAssignableFrom(type))
				&& type != GroupTaskExecutor.class && type != GroupTaskScheduler.class;
	}

	@Override
	public String toString() {
		return "executor '" + this.name + "', which closes with cleanup group '" + this.group + "',";
	}

}
