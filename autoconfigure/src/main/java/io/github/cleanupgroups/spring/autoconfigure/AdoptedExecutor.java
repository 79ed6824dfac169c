package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.AdoptedExecutorSnapshot;

/**
 * An executor of the application's that is closed with a group. It stays what it is and
 * where it is; this follows what goes through its bean, so that a close can wait for it,
 * cancel what has not begun and complete the futures of that, which the executor itself
 * would leave incomplete.
 */
final class AdoptedExecutor implements MethodInterceptor {

	private static final Log logger = LogFactory.getLog(AdoptedExecutor.class);

	/** Whose task runs on the current thread. */
	private static final ThreadLocal<@Nullable AdoptedExecutor> RUNNING = new ThreadLocal<>();

	private final String name;

	private final CleanupGroup group;

	/** How many threads it has at the moment. */
	private final IntSupplier threads;

	private final Object lock = new Object();

	/** What has not ended and was not cancelled. */
	private final Set<AdoptedTask> tasks = ConcurrentHashMap.newKeySet();

	/** How many of them have begun. */
	private final AtomicInteger running = new AtomicInteger();

	/** Null while it accepts. */
	@GuardedBy("lock")
	private @Nullable AdoptedClosing closing;

	@GuardedBy("lock")
	private boolean cancelling;

	private final AtomicLong ran = new AtomicLong();

	private final AtomicLong cancelled = new AtomicLong();

	/**
	 * An executor.
	 * @param name of its bean
	 * @param group with which it is closed
	 * @param threads how many threads it has at the moment; more than it can have where
	 * that is not known
	 */
	AdoptedExecutor(String name, CleanupGroup group, IntSupplier threads) {
		this.name = name;
		this.group = group;
		this.threads = threads;
	}

	/**
	 * A submission, or any other call. It does not matter of which executor: tasks are
	 * {@code Runnable} or {@code Callable} and come first.
	 */
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (arguments.length == 0) {
			return invocation.proceed();
		}
		if (invocation.getMethod().getName().equals("stop")) {
			return stop(invocation);
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

	/**
	 * Its own place in the lifecycle, which comes later: it must not wait there either
	 * for a task that waits for the shutdown.
	 */
	private static @Nullable Object proceedWithoutWaiting(MethodInvocation invocation, Runnable callback)
			throws Throwable {
		AtomicBoolean told = new AtomicBoolean();
		Runnable once = () -> {
			if (told.compareAndSet(false, true)) {
				callback.run();
			}
		};
		invocation.getArguments()[0] = once;
		Object returned = invocation.proceed();
		once.run();
		return returned;
	}

	/** What {@code SmartLifecycle.stop} is given is no task. */
	private @Nullable Object stop(MethodInvocation invocation) throws Throwable {
		AdoptedClosing present = closing();
		return (present != null && present.isForTheCloser()
				&& invocation.getArguments()[0] instanceof Runnable callback)
						? proceedWithoutWaiting(invocation, callback) : invocation.proceed();
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
			if (task.cancel()) {
				task.completeFuture();
			}
			forget(task);
			throw ex;
		}
	}

	/** As in a group: while a close awaits, what runs may still submit. */
	private void admit(AdoptedTask task) {
		if (RUNNING.get() != this && !this.group.isAccepting() && !this.group.isInside()) {
			// The same for both: a drain, and the moment before a close.
			throw new TaskRejectedException(this + " takes nothing new from outside while that group does not");
		}
		synchronized (this.lock) {
			if (this.closing != null && (this.cancelling || RUNNING.get() != this)) {
				throw new TaskRejectedException(this + " is closed");
			}
			this.tasks.add(task);
		}
	}

	/** While it is closed, a scheduled task is left out. */
	private void runScheduled(Runnable task) {
		AdoptedTask run = new AdoptedTask(this, task);
		synchronized (this.lock) {
			if (this.closing != null) {
				return;
			}
			this.tasks.add(run);
		}
		run.around(task).run();
	}

	/** Returns whose task runs around it, where the submitter runs it itself. */
	@Nullable AdoptedExecutor begun() {
		this.running.incrementAndGet();
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
		this.running.decrementAndGet();
		forget(task);
	}

	private void forget(AdoptedTask task) {
		this.tasks.remove(task);
		tellIfIdle();
	}

	private void tellIfIdle() {
		AdoptedClosing told;
		synchronized (this.lock) {
			told = this.tasks.isEmpty() ? this.closing : null;
		}
		if (told != null) {
			told.end();
		}
	}

	/**
	 * Refuses what is new and closes what is there, on a thread of its own.
	 * @param steps when to do what
	 * @return what completes when nothing is left or the time is over
	 */
	CompletableFuture<AdoptedClose> close(ClosingSteps steps) {
		AdoptedClosing begun = new AdoptedClosing(this, steps);
		synchronized (this.lock) {
			this.closing = begun;
		}
		tellIfIdle();
		return begun.begin();
	}

	private @Nullable AdoptedClosing closing() {
		synchronized (this.lock) {
			return this.closing;
		}
	}

	/** What has not begun will not begin. May run code of those who wait for it. */
	void cancelPending() {
		synchronized (this.lock) {
			this.cancelling = true;
		}
		for (AdoptedTask each : this.tasks) {
			if (each.cancel()) {
				this.cancelled.incrementAndGet();
				complete(each);
				forget(each);
			}
		}
	}

	/** One that throws must not keep others from their end. */
	private void complete(AdoptedTask cancelledTask) {
		try {
			cancelledTask.completeFuture();
		}
		catch (Throwable ex) {
			logger.warn("Who waited for a cancelled task of " + this + " threw", ex);
		}
	}

	void interrupt() {
		this.tasks.forEach(AdoptedTask::interrupt);
	}

	long ran() {
		return this.ran.get();
	}

	long cancelled() {
		return this.cancelled.get();
	}

	int left() {
		return this.tasks.size();
	}

	boolean isIdle() {
		return this.tasks.isEmpty();
	}

	AdoptedExecutorSnapshot snapshot() {
		int all = this.tasks.size();
		int begun = Math.min(this.running.get(), all);
		return new AdoptedExecutorSnapshot(this.name, all - begun, begun);
	}

	/** Whether the current thread is inside one of its tasks. */
	boolean isInside() {
		return RUNNING.get() == this;
	}

	/**
	 * Ends a close that would wait for itself: where all that is left are tasks that wait
	 * for the very shutdown, and such as cannot start because those hold all threads.
	 * @param stops whether the thread that stops the context may be inside one of them
	 */
	void endIfItWaitsForItself(boolean stops) {
		AdoptedClosing present = closing();
		if (present != null && !present.isOver() && waitsForItself(stops)) {
			present.endButForTheCloser();
		}
	}

	private boolean waitsForItself(boolean stops) {
		int begun = this.running.get();
		if (begun == 0 || begun > ShutdownStack.MOST_STACKS) {
			return false;
		}
		int waiting = 0;
		boolean queued = false;
		for (AdoptedTask each : this.tasks) {
			if (each.isQueued()) {
				queued = true;
			}
			else if (each.waitsForTheEnd(stops)) {
				waiting++;
			}
			else {
				return false;
			}
		}
		return waiting > 0 && (!queued || waiting >= this.threads.getAsInt());
	}

	/** Takes the close back: the context has started again. */
	void accept() {
		AdoptedClosing former;
		synchronized (this.lock) {
			former = this.closing;
			this.closing = null;
			this.cancelling = false;
		}
		if (former != null) {
			// Its interrupt, if it is still to come, would be one of what runs now.
			former.end();
		}
	}

	/** Whether such a bean can be adopted. */
	static boolean isExecutor(Class<?> type) {
		return (Executor.class.isAssignableFrom(type) || TaskScheduler.class.isAssignableFrom(type))
				&& type != GroupTaskExecutor.class && type != GroupTaskScheduler.class;
	}

	String name() {
		return this.name;
	}

	String groupName() {
		return this.group.name();
	}

	@Override
	public String toString() {
		return "executor '" + this.name + "', which closes with cleanup group '" + this.group.name() + "',";
	}

}
