package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Time that stands still until a test moves it.
 *
 * <p>
 * {@link #parkNanos} parks for real, until somebody unparks the thread or the time is
 * moved past its deadline. A thread for which the time has moved since it first read it
 * after its last park does not park at all: it would wait for a deadline that it took
 * from an old reading.
 *
 * <p>
 * The monotonic time overflows half a second after the start: an arbitrary origin is what
 * {@link System#nanoTime()} promises, and code that compares its values instead of their
 * differences is to fail.
 */
final class ManualTimeSource implements TimeSource {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** How soon it is seen that a thread sleeps in earnest: nobody tells. */
	private static final long LOOK_MILLIS = 1;

	private final Object monitor = new Object();

	private final List<Parked> parked = new ArrayList<>();

	private final Map<String, Integer> wakeUps = new HashMap<>();

	/** What each thread has read first since it was about to park. */
	private final ThreadLocal<Long> firstRead = new ThreadLocal<>();

	private long nanos = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(500);

	private Instant instant = Instant.parse("2026-01-01T00:00:00Z");

	@Override
	public long nanoTime() {
		synchronized (this.monitor) {
			if (this.firstRead.get() == null) {
				this.firstRead.set(this.nanos);
			}
			return this.nanos;
		}
	}

	@Override
	public Instant instant() {
		synchronized (this.monitor) {
			return this.instant;
		}
	}

	@Override
	public void parkNanos(Object blocker, long nanos) {
		Parked entry;
		synchronized (this.monitor) {
			Long read = this.firstRead.get();
			this.firstRead.remove();
			if (nanos <= 0) {
				return;
			}
			if (read != null && read != this.nanos) {
				// Any reading may have gone into the deadline. Once: who does not read
				// the time before it parks again does not need it.
				return;
			}
			entry = new Parked(Thread.currentThread(), this.nanos, nanos);
			this.parked.add(entry);
			this.monitor.notifyAll();
		}
		try {
			LockSupport.park(blocker);
		}
		finally {
			synchronized (this.monitor) {
				this.parked.remove(entry);
				this.wakeUps.merge(entry.thread.getName(), 1, Integer::sum);
				this.monitor.notifyAll();
			}
		}
	}

	/**
	 * Moves both clocks and wakes who waits for a moment that is past now.
	 * @param duration how far; not negative
	 */
	void advance(Duration duration) {
		synchronized (this.monitor) {
			this.nanos += duration.toNanos();
			this.instant = this.instant.plus(duration);
			for (Parked entry : this.parked) {
				if (this.nanos - entry.since >= entry.nanos) {
					LockSupport.unpark(entry.thread);
				}
			}
		}
	}

	/**
	 * Sets the wall clock alone, as an administrator does; everybody who waits is woken.
	 * @param instant the new time
	 */
	void setInstant(Instant instant) {
		synchronized (this.monitor) {
			this.instant = instant;
			this.parked.forEach((entry) -> LockSupport.unpark(entry.thread));
		}
	}

	/**
	 * Sets the wall clock alone; nobody hears of it, as in life.
	 * @param instant the new time
	 */
	void setInstantSilently(Instant instant) {
		synchronized (this.monitor) {
			this.instant = instant;
		}
	}

	/**
	 * Waits until a thread is in {@link #parkNanos} for just so long.
	 * @param thread its name
	 * @param left how much of its time there is left
	 */
	void awaitAsleep(String thread, Duration left) {
		awaitParked((entry) -> entry.isOf(thread) && left(entry) == left.toNanos(),
				thread + " should sleep for " + left);
	}

	/**
	 * Waits until a thread is in {@link #parkNanos} and its time has not come.
	 * @param thread its name
	 */
	void awaitAsleep(String thread) {
		awaitParked((entry) -> entry.isOf(thread) && left(entry) > 0, thread + " should sleep");
	}

	private long left(Parked entry) {
		return entry.nanos - (this.nanos - entry.since);
	}

	private void awaitParked(Predicate<Parked> wanted, String complaint) {
		await(() -> this.parked.stream().anyMatch((entry) -> entry.isAsleep() && wanted.test(entry)), complaint);
	}

	/** How often a thread of this name has come out of {@link #parkNanos}. */
	int wakeUps(String thread) {
		synchronized (this.monitor) {
			return this.wakeUps.getOrDefault(thread, 0);
		}
	}

	/**
	 * Waits until at least so many threads are in {@link #parkNanos}.
	 * @param threads how many
	 */
	void awaitParked(int threads) {
		await(() -> this.parked.size() >= threads, "expected " + threads + " threads waiting for time");
	}

	private void await(BooleanSupplier condition, String complaint) {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		synchronized (this.monitor) {
			while (!condition.getAsBoolean()) {
				long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
				if (left <= 0) {
					throw new AssertionError(complaint + ", but there are " + this.parked);
				}
				try {
					this.monitor.wait(LOOK_MILLIS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
					throw new AssertionError("interrupted: " + complaint, ex);
				}
			}
		}
	}

	/** How many threads are in {@link #parkNanos} now. */
	int parkedThreads() {
		synchronized (this.monitor) {
			return this.parked.size();
		}
	}

	private static final class Parked {

		private final Thread thread;

		private final long since;

		private final long nanos;

		Parked(Thread thread, long since, long nanos) {
			this.thread = thread;
			this.since = since;
			this.nanos = nanos;
		}

		boolean isOf(String threadName) {
			return this.thread.getName().equals(threadName);
		}

		/** One that was called just before it parked goes on at once, and comes again. */
		boolean isAsleep() {
			return this.thread.getState() == Thread.State.WAITING;
		}

		@Override
		public String toString() {
			return this.thread.getName() + " for " + Duration.ofNanos(this.nanos);
		}

	}

}
