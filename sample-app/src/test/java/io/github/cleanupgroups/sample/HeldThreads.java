package io.github.cleanupgroups.sample;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A disk that answers when the test says so. Used by the thread of the test.
 */
final class HeldThreads extends AbstractExecutorService {

	private final Queue<Runnable> held = new ArrayDeque<>();

	private boolean shutdown;

	@Override
	public void execute(Runnable command) {
		if (this.shutdown) {
			throw new RejectedExecutionException("shut down");
		}
		this.held.add(command);
	}

	/** The disk answers. */
	void runAll() {
		for (Runnable next = this.held.poll(); next != null; next = this.held.poll()) {
			next.run();
		}
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
	}

	@Override
	public List<Runnable> shutdownNow() {
		shutdown();
		return List.copyOf(this.held);
	}

	@Override
	public boolean isShutdown() {
		return this.shutdown;
	}

	@Override
	public boolean isTerminated() {
		return this.shutdown && this.held.isEmpty();
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return isTerminated();
	}

}
