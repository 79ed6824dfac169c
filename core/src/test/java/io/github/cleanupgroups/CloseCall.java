package io.github.cleanupgroups;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call that closes a group, on a thread of its own.
 */
final class CloseCall {

	private static final long PATIENCE_SECONDS = 20;

	private final FutureTask<CloseReport> task;

	private final Thread thread;

	private CloseCall(FutureTask<CloseReport> task, Thread thread) {
		this.task = task;
		this.thread = thread;
	}

	/** Begins the call. */
	static CloseCall start(EngineInvariants engine, Callable<CloseReport> call) {
		FutureTask<CloseReport> task = new FutureTask<>(call);
		return new CloseCall(task, engine.start("closer", task::run));
	}

	/**
	 * Waits until the call waits for callbacks: the members are sealed, what is to be
	 * dropped is dropped, and who could be told has been.
	 */
	CloseCall awaitWaiting() {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (!(LockSupport.getBlocker(this.thread) instanceof GroupCloser)) {
			assertThat(this.task.isDone()).as("the close has returned without waiting").isFalse();
			assertThat(System.nanoTime() - deadline).as("the close has not come to wait in time").isNegative();
			Thread.onSpinWait();
		}
		return this;
	}

	boolean hasReturned() {
		return this.task.isDone();
	}

	Thread thread() {
		return this.thread;
	}

	/** What the call has returned; waits for it. */
	CloseReport report() throws Exception {
		return this.task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
	}

	/** What the call has thrown; waits for it. */
	Throwable failure() throws Exception {
		try {
			throw new AssertionError("the close has returned " + this.task.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

}
