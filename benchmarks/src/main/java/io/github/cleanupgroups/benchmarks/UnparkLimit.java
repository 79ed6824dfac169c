package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * The least that it takes to wake a parked thread: one that runs what it was handed last,
 * and parks. No queue, no lock. {@code threads} of them are woken by turns.
 */
final class UnparkLimit implements Executor {

	private final Parking[] threads;

	private int next;

	UnparkLimit(int threads) {
		this.threads = new Parking[threads];
		for (int i = 0; i < threads; i++) {
			this.threads[i] = new Parking("unpark-limit-" + i);
			this.threads[i].start();
		}
	}

	@Override
	public void execute(Runnable task) {
		Parking thread = this.threads[this.next];
		this.next = (this.next + 1) % this.threads.length;
		thread.task = task;
		LockSupport.unpark(thread);
	}

	private static final class Parking extends Thread {

		/** Written by who submits and by this thread. */
		private volatile @Nullable Runnable task;

		Parking(String name) {
			super(name);
			setDaemon(true);
		}

		@Override
		public void run() {
			for (;;) {
				Runnable taken = this.task;
				if (taken != null) {
					this.task = null;
					taken.run();
				}
				else {
					LockSupport.park(this);
				}
			}
		}

	}

}
