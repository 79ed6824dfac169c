package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A pool of one thread that is never started: its worker runs where an actor says so, and
 * leaves when nothing is queued. So a race of a worker is one between two actors.
 */
final class HandDrivenPool {

	private final Queue<Runnable> workers = new ConcurrentLinkedQueue<>();

	final ThreadPool pool;

	final CleanupGroup group = CleanupGroup.create("group");

	HandDrivenPool() {
		this(TimeSource.SYSTEM);
	}

	HandDrivenPool(TimeSource time) {
		this.pool = ThreadPool.builder("pool")
			.maxThreads(1)
			.keepAlive(Duration.ZERO)
			.timeSource(time)
			.threadFactory(this::neverStarted)
			.timerThreads(HandDrivenPool::unstarted)
			.build();
	}

	CallbackEnvironment environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).build();
	}

	CallbackEnvironment environment(CleanupGroup of) {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(of).build();
	}

	private Thread neverStarted(Runnable worker) {
		this.workers.add(worker);
		return unstarted(worker);
	}

	/** A thread that nothing starts. */
	static Thread unstarted(Runnable task) {
		return new Thread(task) {
			@Override
			public void start() {
			}
		};
	}

	/** Does what the pool's thread would, until nothing is left to start. */
	void work() {
		for (Runnable worker = this.workers.poll(); worker != null; worker = this.workers.poll()) {
			worker.run();
		}
	}

	static CloseReport close(CleanupGroup group, CloseOptions options) {
		try {
			return group.close(options);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static CloseReport closeMembers(CleanupGroup group, CloseOptions options) {
		try {
			return group.closeMembers(options);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
