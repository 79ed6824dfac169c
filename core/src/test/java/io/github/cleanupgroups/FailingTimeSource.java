package io.github.cleanupgroups;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Time that some threads cannot read or wait for when a test says so: how the engine's
 * own code comes to throw in the middle of its work, as it does where memory is short.
 */
final class FailingTimeSource implements TimeSource {

	static final String MESSAGE = "no memory, on purpose";

	private final TimeSource time;

	/** What the names of the threads begin with. */
	private final String threads;

	private final AtomicInteger readsToFail = new AtomicInteger();

	private final AtomicInteger parksToFail = new AtomicInteger();

	FailingTimeSource(TimeSource time, String threads) {
		this.time = time;
		this.threads = threads;
	}

	/** The next time that such a thread reads fails. */
	void failNextRead() {
		this.readsToFail.incrementAndGet();
	}

	/** The next time that such a thread parks fails. */
	void failNextPark() {
		this.parksToFail.incrementAndGet();
	}

	private void failIfNext(AtomicInteger left) {
		if (left.get() > 0 && Thread.currentThread().getName().startsWith(this.threads)) {
			left.decrementAndGet();
			throw new OutOfMemoryError(MESSAGE);
		}
	}

	@Override
	public long nanoTime() {
		failIfNext(this.readsToFail);
		return this.time.nanoTime();
	}

	@Override
	public Instant instant() {
		return this.time.instant();
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		failIfNext(this.parksToFail);
		this.time.parkNanos(blocker, nanos);
	}

}
