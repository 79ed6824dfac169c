package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.context.SmartLifecycle;

/**
 * The groups of one phase in the lifecycle of the context. Nothing may inject it: a
 * lifecycle on which others depend ends the wait for its phase too early.
 */
final class GroupsLifecycle implements SmartLifecycle {

	private final GroupShutdown shutdown;

	private final int phase;

	/** Written by the context's threads and the closing one, read by all. */
	private volatile boolean running;

	GroupsLifecycle(GroupShutdown shutdown, int phase) {
		this.shutdown = shutdown;
		this.phase = phase;
	}

	@Override
	public void start() {
		this.shutdown.open(this.phase);
		this.running = true;
	}

	/** Returns at once; the callback comes when all groups of the phase are closed. */
	@Override
	public void stop(Runnable callback) {
		this.shutdown.close(this.phase, () -> {
			this.running = false;
			callback.run();
		});
	}

	@Override
	public void stop() {
		CountDownLatch stopped = new CountDownLatch(1);
		stop(stopped::countDown);
		try {
			if (!stopped.await(this.shutdown.longestClose().toMillis(), TimeUnit.MILLISECONDS)) {
				this.running = false;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A pause of the context is not the end of what runs in it. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
