package io.github.cleanupgroups;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where callbacks of a test wait until it lets them go on, so that "is running" and "is
 * queued behind it" are states a test can hold for as long as it needs.
 */
final class Gate implements Callback {

	private static final int PATIENCE_SECONDS = 20;

	private final Semaphore arrived = new Semaphore(0);

	private final CountDownLatch opened = new CountDownLatch(1);

	/** Waits here until the gate is open. An interrupt ends the wait. */
	@Override
	public void run(CallbackInstance instance) throws InterruptedException {
		pass();
	}

	/** As {@link #run}, for what is no callback. */
	void pass() throws InterruptedException {
		this.arrived.release();
		this.opened.await();
	}

	/** As {@link #pass}, whatever interrupts come; they are not kept. */
	void passUninterruptibly() {
		this.arrived.release();
		while (this.opened.getCount() > 0) {
			try {
				this.opened.await();
			}
			catch (InterruptedException ex) {
				// The test is about something that does not react to interrupts.
			}
		}
	}

	/** Waits until one more thread has come. */
	void awaitArrival() throws Exception {
		awaitArrivals(1);
	}

	/** Waits until so many more threads have come. */
	void awaitArrivals(int threads) throws Exception {
		if (!this.arrived.tryAcquire(threads, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
			throw new TimeoutException("expected " + threads + " threads at the gate, but only "
					+ this.arrived.availablePermits() + " came");
		}
	}

	/** Lets go on who waits, and everybody who comes from now on. */
	void open() {
		this.opened.countDown();
	}

}
