package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A clock that costs next to nothing to read while many read it: its <em>ticker</em>, a
 * thread, reads the real one each millisecond and leaves the reading for all.
 *
 * <h2>Overview</h2>
 *
 * Reading the real clock takes longer than all else that a short callback costs, and each
 * callback is stamped twice, when it is submitted and when it starts, and each member
 * object once, when it joins. So pools that go through one full batch after another, or
 * get many members in a moment, {@linkplain #ask() ask} for the ticker, and take these
 * stamps from here. A stamp is then as old as the last tick, which is a millisecond, or
 * as long as the machine keeps the ticker from running. While nobody asks there is no
 * ticker, and each reading is one of the real clock.
 *
 * <p>
 * What is read here says since when something waits or runs: never when something is due,
 * nor whether a time is over.
 *
 * <h3>States</h3>
 *
 * <pre>
 * exact   -> ticking  whoever asks first: it starts the ticker
 * ticking -> exact    the ticker, once nobody has asked for a hundred ticks; or whoever
 *                     could not start it
 * </pre>
 *
 * The ticker takes back the reading, then says that there is none, then looks whether
 * somebody has asked: so nobody who asked is left without.
 */
final class CoarseClock {

	private static final long TICK = Duration.ofMillis(1).toNanos();

	private static final int PATIENCE = 100;

	/** What {@link #reading} is while there is none. */
	private static final long NONE = 0;

	private final LongSupplier clock;

	private final ThreadFactory threads;

	/** Written by the ticker, read by anybody. */
	private volatile long reading = NONE;

	/** Written by who asks, and taken back by the ticker. */
	private volatile boolean asked;

	/** Whether there is a ticker; whoever makes it so starts it. */
	private final AtomicBoolean ticking = new AtomicBoolean();

	/** How many ticks nobody has asked for. The ticker alone. */
	private int quiet;

	/**
	 * A clock that is exact until somebody asks.
	 * @param clock the real one
	 * @param threads who makes the ticker's thread
	 */
	CoarseClock(LongSupplier clock, ThreadFactory threads) {
		this.clock = clock;
		this.threads = threads;
	}

	/** The time, as old as the last tick if there is a ticker. */
	long nanoTime() {
		long now = this.reading;
		return (now != NONE) ? now : this.clock.getAsLong();
	}

	/** Somebody reads all the time: there is a ticker from now on, for a while. */
	void ask() {
		if (!this.asked) {
			this.asked = true;
		}
		if (!this.ticking.get() && this.ticking.compareAndSet(false, true)) {
			try {
				this.threads.newThread(this::run).start();
			}
			catch (Throwable ex) {
				// Without a thread every reading is exact, which is dearer and as good.
				this.ticking.set(false);
			}
		}
	}

	private void run() {
		while (tick()) {
			LockSupport.parkNanos(this, TICK);
			// It is nobody's to interrupt, and would not park any more.
			boolean ignored = Thread.interrupted();
		}
	}

	/**
	 * What the ticker does each millisecond.
	 * @return false where it is to end
	 */
	boolean tick() {
		if (this.asked) {
			// Only if it has been seen: else it would take back one that came meanwhile.
			this.asked = false;
			this.quiet = 0;
		}
		else {
			this.quiet++;
		}
		if (this.quiet < PATIENCE) {
			long now = this.clock.getAsLong();
			this.reading = (now != NONE) ? now : NONE + 1;
			return true;
		}
		this.quiet = 0;
		this.reading = NONE;
		this.ticking.set(false);
		return this.asked && this.ticking.compareAndSet(false, true);
	}

}
