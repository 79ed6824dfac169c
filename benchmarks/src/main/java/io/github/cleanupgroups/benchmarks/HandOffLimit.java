package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The least that handing a few tasks to a parked thread and waiting for them takes on
 * this machine: a queue, one thread that parks, and a submitter that parks until the last
 * has run. Nothing is counted, closed or reported. Each yields once before it parks, for
 * the other may be on its processor.
 */
final class HandOffLimit {

	private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger left = new AtomicInteger();

	private final Thread worker;

	/** Whether the worker parks, or is about to. Written by both. */
	private volatile boolean idle;

	private volatile boolean stopped;

	HandOffLimit() {
		this.worker = new Thread(this::work, "hand-off-limit");
		this.worker.setDaemon(true);
		this.worker.start();
	}

	// Yielding is half of what is measured here.
	@SuppressWarnings("ThreadPriorityCheck")
	void use(int tasks) {
		Thread submitter = Thread.currentThread();
		this.left.set(tasks);
		for (int i = 0; i < tasks; i++) {
			this.queue.add(() -> {
				if (this.left.decrementAndGet() == 0) {
					LockSupport.unpark(submitter);
				}
			});
			if (this.idle) {
				this.idle = false;
				LockSupport.unpark(this.worker);
			}
		}
		Thread.yield();
		while (this.left.get() > 0) {
			LockSupport.park(this);
		}
	}

	@SuppressWarnings("ThreadPriorityCheck")
	private void work() {
		while (!this.stopped) {
			runQueued();
			Thread.yield();
			if (this.queue.isEmpty()) {
				this.idle = true;
				while (this.idle && this.queue.isEmpty() && !this.stopped) {
					LockSupport.park(this);
				}
				this.idle = false;
			}
		}
	}

	private void runQueued() {
		for (Runnable task = this.queue.poll(); task != null; task = this.queue.poll()) {
			task.run();
		}
	}

	void stop() {
		this.stopped = true;
		LockSupport.unpark(this.worker);
	}

}
