package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long submissions take until they start: from the moment before each to the moment
 * that its callback reads first. The submitter waits parked, so it takes no core from
 * whoever runs the callback, and how late it wakes is not in the figure.
 */
final class StartDelays {

	/** So long that the threads have parked. */
	static final Duration PAUSE = Duration.ofNanos(500_000);

	private static final long WARMUP_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

	private final Thread submitter = Thread.currentThread();

	private final long pauseNanos;

	/** When the callback began, 0 while it has not. Written by it. */
	private volatile long begun;

	/** The pause before each submission may be zero. */
	StartDelays(Duration pause) {
		this.pauseNanos = pause.toNanos();
	}

	/** What the callback does: on any thread, once a submission. */
	void begin() {
		long now = System.nanoTime();
		this.begun = (now != 0) ? now : 1;
		LockSupport.unpark(this.submitter);
	}

	/**
	 * Submits so often, after the pause if there is one, in the thread that made this;
	 * prints the median and the 99th percentile in nanoseconds. Before that it submits
	 * for a while without pauses, so that all of it is compiled, and some with.
	 */
	void print(int samples, Runnable submission) {
		long begin = System.nanoTime();
		while (System.nanoTime() - begin < WARMUP_NANOS) {
			long ignored = delay(submission);
		}
		for (int i = 0; i < samples / 10; i++) {
			pause();
			long ignored = delay(submission);
		}
		long[] delays = new long[samples];
		for (int i = 0; i < samples; i++) {
			pause();
			delays[i] = delay(submission);
		}
		Arrays.sort(delays);
		System.out.println(Run.P50 + "=" + delays[samples / 2]);
		System.out.println(Run.P99 + "=" + delays[(int) (samples * 0.99)]);
		System.out.flush();
	}

	/**
	 * Parks until it is over: the callback's unpark may have come before its submitter
	 * parked for it, and ends the next park at once.
	 */
	private void pause() {
		long begin = System.nanoTime();
		long left = this.pauseNanos;
		while (left > 0) {
			LockSupport.parkNanos(this, left);
			left = this.pauseNanos - (System.nanoTime() - begin);
		}
	}

	private long delay(Runnable submission) {
		this.begun = 0;
		long before = System.nanoTime();
		submission.run();
		while (this.begun == 0) {
			LockSupport.park(this);
		}
		return this.begun - before;
	}

}
