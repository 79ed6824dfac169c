package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.CompletableFuture.AsynchronousCompletionTask;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * An environment as an executor: {@link CallbackEnvironment#asExecutorService()}.
 */
final class ExecutorView extends AbstractExecutorService implements ScheduledExecutorService {

	/** How far due times may lie ahead, so that their differences do not overflow. */
	private static final long FARTHEST = Long.MAX_VALUE / 4;

	private final CallbackEnvironment environment;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition terminated = this.lock.newCondition();

	/** Tasks that were accepted and have not ended. Guarded by the lock. */
	private long tasks;

	/** Written under the lock, read by anybody. */
	private volatile boolean shutdown;

	/**
	 * Whether what is armed is not to run either. Written under the lock, before
	 * {@link #shutdown}; read by anybody.
	 */
	private volatile boolean stopped;

	ExecutorView(CallbackEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void execute(Runnable command) {
		Objects.requireNonNull(command, "command");
		accept();
		boolean accepted = false;
		try {
			this.environment.submit(null, new Task(command));
			accepted = true;
		}
		finally {
			if (!accepted) {
				ended();
			}
		}
	}

	private void accept() {
		boolean accepted;
		this.lock.lock();
		try {
			accepted = !this.shutdown;
			this.tasks += accepted ? 1 : 0;
		}
		finally {
			this.lock.unlock();
		}
		if (!accepted) {
			// The message counts the members: other locks, which this one never holds.
			throw new RejectedExecutionException("an executor view of " + this.environment + " is shut down: '"
					+ this.environment.memberName(MemberKind.CALLBACK) + "' is refused");
		}
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		Objects.requireNonNull(command, "command");
		return scheduled(new ScheduledTask<>(this, decoration(), Executors.callable(command), due(delay, unit), 0));
	}

	@Override
	public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
		Objects.requireNonNull(callable, "callable");
		return scheduled(new ScheduledTask<>(this, decoration(), callable, due(delay, unit), 0));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
		Objects.requireNonNull(command, "command");
		return scheduled(new ScheduledTask<>(this, decoration(), Executors.callable(command), due(initialDelay, unit),
				periodNanos(period, unit, "period")));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
		Objects.requireNonNull(command, "command");
		return scheduled(new ScheduledTask<>(this, decoration(), Executors.callable(command), due(initialDelay, unit),
				-periodNanos(delay, unit, "delay")));
	}

	private static long periodNanos(long period, TimeUnit unit, String what) {
		Objects.requireNonNull(unit, "unit");
		if (period <= 0) {
			throw new IllegalArgumentException(what + " must be positive, but is " + period);
		}
		return Math.min(unit.toNanos(period), FARTHEST);
	}

	/** A past due time is now, as the JDK has it. */
	private long due(long delay, TimeUnit unit) {
		Objects.requireNonNull(unit, "unit");
		return now() + Math.max(0, Math.min(unit.toNanos(delay), FARTHEST));
	}

	private <F extends ScheduledTask<?>> F scheduled(F task) {
		accept();
		boolean armed = false;
		try {
			task.arm();
			armed = true;
		}
		finally {
			if (!armed) {
				ended();
			}
		}
		if (this.shutdown && (this.stopped || task.isPeriodic())) {
			// It came in between, and has not seen this task.
			cancelArmed(task);
		}
		return task;
	}

	private CallbackDecorator.@Nullable Decoration decoration() {
		return this.environment.decoration(MemberKind.CALLBACK);
	}

	long now() {
		return this.environment.dispatcher().time.nanoTime();
	}

	void arm(ScheduledTask<?>.OwnAlarm alarm, long dueNanos) {
		Admission.arm(this.environment, alarm, dueNanos);
	}

	boolean disarm(ScheduledTask<?>.OwnAlarm alarm) {
		return this.environment.dispatcher().armed().disarm(alarm);
	}

	/**
	 * The next round of a periodic task, which counts as one task from its first to its
	 * last.
	 */
	void armAgain(ScheduledTask<?> task) {
		if (this.shutdown) {
			task.cancel(false);
			return;
		}
		this.lock.lock();
		try {
			this.tasks++;
		}
		finally {
			this.lock.unlock();
		}
		try {
			task.arm();
		}
		catch (RejectedExecutionException ex) {
			task.cancel(false);
			ended();
			return;
		}
		if (this.shutdown || task.isCancelled()) {
			// It came in between: cancelling once more disarms what was armed since.
			cancelArmed(task);
		}
	}

	private void cancelArmed(ScheduledTask<?> task) {
		if (disarm(task.alarm())) {
			task.cancel(false);
			ended();
		}
	}

	/** A task's time has come. */
	void enterExpired(ScheduledTask<?> task, ScheduledTask<?>.OwnAlarm alarm) {
		Lane lane = Objects.requireNonNull(alarm.lane);
		if (!Admission.expire(this.environment.oneOff(null, new Task(task), task.decoration()), lane)) {
			alarm.disarmedByClose();
		}
	}

	/** Refuses what is new. Delayed tasks still run, periodic ones are cancelled. */
	@Override
	public void shutdown() {
		refuseTasks(false);
		armed().stream().filter((alarm) -> alarm.task().isPeriodic()).forEach((alarm) -> alarm.task().cancel(false));
	}

	private void refuseTasks(boolean stop) {
		this.lock.lock();
		try {
			this.stopped = this.stopped || stop;
			this.shutdown = true;
			signalIfTerminated();
		}
		finally {
			this.lock.unlock();
		}
	}

	private List<ScheduledTask<?>.OwnAlarm> armed() {
		List<ScheduledTask<?>.OwnAlarm> alarms = new ArrayList<>();
		for (Lane lane : this.environment.lanes()) {
			lane.dispatcher.inspect(lane, (inspected) -> {
				for (TaskAlarm armed = inspected.firstArmed(); armed != null; armed = armed.nextArmed) {
					if (armed instanceof ScheduledTask<?>.OwnAlarm alarm && alarm.view() == this) {
						alarms.add(alarm);
					}
				}
			});
		}
		return alarms;
	}

	/**
	 * Refuses what is new, interrupts what runs, and gives back what has not started,
	 * cancelled. What only running completes, somebody waits for: it stays queued.
	 */
	@Override
	public List<Runnable> shutdownNow() {
		refuseTasks(true);
		List<Runnable> neverRun = new ArrayList<>();
		for (ScheduledTask<?>.OwnAlarm alarm : armed()) {
			if (alarm.task().cancel(false)) {
				neverRun.add(alarm.task());
			}
		}
		List<OneOff> queued = new ArrayList<>();
		List<RunningCallback> running = new ArrayList<>();
		for (Lane lane : this.environment.lanes()) {
			lane.dispatcher.inspect(lane, (inspected) -> {
				inspected.forEachQueued((entry) -> {
					if (entry instanceof OneOff oneOff && ofThisView(entry) != null) {
						queued.add(oneOff);
					}
				});
				inspected.forEachRunning((execution) -> {
					if (ofThisView(execution.entry()) != null) {
						running.add(execution);
					}
				});
			});
		}
		// First these: an interrupted thread would take the next of them.
		for (OneOff oneOff : queued) {
			Task task = ofThisView(oneOff);
			if (task != null && !task.isCompletedByRunningOnly() && oneOff.lane().dispatcher.withdraw(oneOff)
					&& task.drop()) {
				neverRun.add(task.command);
			}
		}
		running.forEach((execution) -> execution.lane().dispatcher.executions().interrupt(execution));
		return neverRun;
	}

	private @Nullable Task ofThisView(Entry entry) {
		return (entry instanceof OneOff oneOff && oneOff.callback instanceof Task task && task.view() == this) ? task
				: null;
	}

	@Override
	public boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public boolean isTerminated() {
		this.lock.lock();
		try {
			return this.shutdown && this.tasks == 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		Objects.requireNonNull(unit, "unit");
		if (CallbackThread.isInside((entry) -> ofThisView(entry) != null)) {
			throw new IllegalStateException(
					"an executor view of " + this.environment + " cannot be waited for from one of its own tasks");
		}
		long nanos = unit.toNanos(timeout);
		this.lock.lockInterruptibly();
		try {
			while (!this.shutdown || this.tasks > 0) {
				if (nanos <= 0) {
					return false;
				}
				nanos = this.terminated.awaitNanos(nanos);
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	void ended() {
		this.lock.lock();
		try {
			this.tasks--;
			signalIfTerminated();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void signalIfTerminated() {
		if (this.shutdown && this.tasks == 0) {
			this.terminated.signalAll();
		}
	}

	/** A command on its way through the pool: it runs, or is dropped, once. */
	private final class Task implements OwnedCallback {

		private final Runnable command;

		private final AtomicBoolean taken = new AtomicBoolean();

		Task(Runnable command) {
			this.command = command;
		}

		ExecutorView view() {
			return ExecutorView.this;
		}

		@Override
		public void run(RunningCallback execution) {
			if (!this.taken.compareAndSet(false, true)) {
				return;
			}
			try {
				this.command.run();
			}
			finally {
				ended();
			}
		}

		@Override
		public void dropped(MemberCancelledException cancellation) {
			drop();
		}

		/**
		 * Nobody but itself can say why: whoever waits for it hears that it is cancelled.
		 */
		@Override
		public boolean failed(Throwable why) {
			drop();
			return false;
		}

		boolean drop() {
			if (!this.taken.compareAndSet(false, true)) {
				return false;
			}
			try {
				if (this.command instanceof Future<?> future) {
					future.cancel(false);
				}
			}
			finally {
				ended();
			}
			return true;
		}

		@Override
		public Retention retention(Retention ofEnvironment) {
			return isCompletedByRunningOnly() ? Retention.ALWAYS : ofEnvironment;
		}

		/**
		 * Somebody waits for a future that the command does not give away: that of
		 * {@code CompletableFuture.supplyAsync}, or the one inside what an
		 * {@link ExecutorCompletionService} submits, {@code invokeAny} with it.
		 * Cancelling the command would report it as done and leave it undone.
		 */
		boolean isCompletedByRunningOnly() {
			return this.command instanceof AsynchronousCompletionTask
					|| this.command.getClass().getEnclosingClass() == ExecutorCompletionService.class;
		}

	}

}
