package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The groups of one phase in the lifecycle of the context.
 */
final class GroupsLifecycle extends InternalLifecycle {

	private final GroupShutdown shutdown;

	GroupsLifecycle(GroupShutdown shutdown, int phase) {
		super(phase);
		this.shutdown = shutdown;
	}

	@Override
	public void start() {
		this.shutdown.open(getPhase());
		running(true);
	}

	/** Returns at once; the callback comes when all groups of the phase are closed. */
	@Override
	public void stop(Runnable callback) {
		this.shutdown.close(getPhase(), () -> {
			running(false);
			callback.run();
		});
	}

	@Override
	public void stop() {
		CountDownLatch stopped = new CountDownLatch(1);
		stop(stopped::countDown);
		try {
			if (!stopped.await(this.shutdown.longestClose().toMillis(), TimeUnit.MILLISECONDS)) {
				running(false);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
