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

	private final AtomicInteger readsToPass = new AtomicInteger();

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

	/** As {@link #failNextRead}, once so many have passed. */
	void failReadAfter(int others) {
		this.readsToPass.set(others);
		failNextRead();
	}

	/** The next time that such a thread parks fails. */
	void failNextPark() {
		this.parksToFail.incrementAndGet();
	}

	/** Whether all has failed that was to. */
	boolean hasFailed() {
		return this.readsToFail.get() == 0 && this.parksToFail.get() == 0;
	}

	private boolean isOneOfThem() {
		return Thread.currentThread().getName().startsWith(this.threads);
	}

	private void failIfNext(AtomicInteger left) {
		if (left.get() > 0 && isOneOfThem()) {
			left.decrementAndGet();
			throw new OutOfMemoryError(MESSAGE);
		}
	}

	@Override
	public long nanoTime() {
		if (this.readsToPass.get() > 0 && isOneOfThem()) {
			this.readsToPass.decrementAndGet();
		}
		else {
			failIfNext(this.readsToFail);
		}
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
