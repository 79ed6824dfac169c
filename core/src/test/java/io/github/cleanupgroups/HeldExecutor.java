package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a file channel runs its operations on in a test: each stays under way until the
 * test lets it happen, on its own thread.
 */
final class HeldExecutor extends AbstractExecutorService {

	private final LinkedBlockingQueue<Runnable> held = new LinkedBlockingQueue<>();

	private volatile boolean shutdown;

	@Override
	public void execute(Runnable task) {
		this.held.add(task);
	}

	/** How many operations are under way. */
	int size() {
		return this.held.size();
	}

	/**
	 * Lets all operations happen, and those that they lead to; what one throws, this
	 * does.
	 */
	void runAll() {
		for (Runnable task = this.held.poll(); task != null; task = this.held.poll()) {
			task.run();
		}
	}

	@Override
	public void shutdown() {
		this.shutdown = true;
	}

	@Override
	public List<Runnable> shutdownNow() {
		shutdown();
		List<Runnable> rest = new ArrayList<>();
		this.held.drainTo(rest);
		return rest;
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
