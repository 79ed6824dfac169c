package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.CountDownLatch;

/**
 * Keeps the threads of a pool busy so that what is submitted stays pending.
 */
final class Gate {

	private final CountDownLatch arrived;

	private final CountDownLatch opened = new CountDownLatch(1);

	Gate(int threads) {
		this.arrived = new CountDownLatch(threads);
	}

	/** What each thread of the pool is to run. */
	void hold() {
		this.arrived.countDown();
		try {
			this.opened.await();
		}
		catch (InterruptedException ex) {
			// The end of a pool: so it is to end.
			Thread.currentThread().interrupt();
		}
	}

	/** Waits until all threads are held. */
	void awaitHeld() throws InterruptedException {
		this.arrived.await();
	}

	void open() {
		this.opened.countDown();
	}

}
