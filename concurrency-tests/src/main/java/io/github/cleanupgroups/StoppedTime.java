package io.github.cleanupgroups;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that only a test moves, and in which nobody waits.
 */
final class StoppedTime implements TimeSource {

	private final AtomicLong nanos = new AtomicLong();

	@Override
	public long nanoTime() {
		return this.nanos.get();
	}

	@Override
	public Instant instant() {
		return Instant.EPOCH.plusNanos(this.nanos.get());
	}

	@Override
	public void parkNanos(Object blocker, long parked) {
		throw new WouldWait();
	}

	void moveTo(long now) {
		this.nanos.set(now);
	}

	/** Thrown where somebody would park. */
	static final class WouldWait extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
