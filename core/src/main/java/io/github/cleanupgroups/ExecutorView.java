package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture.AsynchronousCompletionTask;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * An environment as an executor: {@link CallbackEnvironment#asExecutorService()}.
 */
final class ExecutorView extends AbstractExecutorService {

	private final CallbackEnvironment environment;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition terminated = this.lock.newCondition();

	/** Tasks that were accepted and have not ended. Guarded by the lock. */
	private long tasks;

	/** Written under the lock, read by anybody. */
	private volatile boolean shutdown;

	ExecutorView(CallbackEnvironment environment) {
		this.environment = environment;
	}

	@Override
	public void execute(Runnable command) {
		Objects.requireNonNull(command, "command");
		this.lock.lock();
		try {
			if (this.shutdown) {
				throw new RejectedExecutionException("an executor view of " + this.environment + " is shut down");
			}
			this.tasks++;
		}
		finally {
			this.lock.unlock();
		}
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

	@Override
	public void shutdown() {
		this.lock.lock();
		try {
			this.shutdown = true;
			signalIfTerminated();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public List<Runnable> shutdownNow() {
		shutdown();
		List<OneOff> queued = new ArrayList<>();
		for (Lane lane : this.environment.lanes()) {
			List<RunningCallback> running = new ArrayList<>();
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
			running.forEach(lane.dispatcher::interrupt);
		}
		List<Runnable> neverRun = new ArrayList<>();
		for (OneOff oneOff : queued) {
			Task task = ofThisView(oneOff);
			if (task != null && oneOff.lane().dispatcher.withdraw(oneOff) && task.drop()) {
				neverRun.add(task.command);
			}
		}
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

	private void ended() {
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
		public void run(CallbackInstance instance) {
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

		/**
		 * Somebody waits for the future behind an asynchronous completion task, and
		 * nothing but running it completes that future.
		 */
		@Override
		public Retention retention(Retention ofEnvironment) {
			return (this.command instanceof AsynchronousCompletionTask) ? Retention.ALWAYS : ofEnvironment;
		}

	}

}
