package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * What is armed in a pool, and the one thread that lets it expire, which exists while
 * something is armed. Guarded by the pool's lock, but for {@link #run()}.
 */
final class AlarmClock implements Runnable {

	/**
	 * What it slept for may have been disarmed since: then the thread looks again after
	 * this time and ends.
	 */
	private static final long LONGEST_SLEEP = Duration.ofMinutes(1).toNanos();

	private final Dispatcher dispatcher;

	private final AlarmHeap heap = new AlarmHeap();

	/** The thread, null where there is none. */
	private @Nullable Thread thread;

	AlarmClock(Dispatcher dispatcher) {
		this.dispatcher = dispatcher;
	}

	/**
	 * Arms.
	 * @return what the caller does once it has released the lock, so that the thread
	 * knows; null where it need not
	 */
	@Nullable Runnable arm(Alarm alarm, Lane lane, long dueNanos) {
		alarm.lane = lane;
		alarm.dueNanos = dueNanos;
		this.heap.add(alarm);
		lane.linkArmed(alarm);
		Thread sleeper = this.thread;
		if (sleeper == null) {
			this.thread = new Thread(this, this.dispatcher.name + "-timer");
			return this.thread::start;
		}
		return (alarm.heapIndex == 0) ? () -> LockSupport.unpark(sleeper) : null;
	}

	/** Returns false where it was not armed. */
	boolean disarm(Alarm alarm) {
		if (alarm.heapIndex < 0 || alarm.lane == null) {
			return false;
		}
		this.heap.remove(alarm);
		alarm.lane.unlinkArmed(alarm);
		return true;
	}

	/** Disarms all of a lane. */
	List<Alarm> disarmAll(Lane lane) {
		List<Alarm> disarmed = new ArrayList<>();
		for (Alarm armed = lane.firstArmed(); armed != null; armed = lane.firstArmed()) {
			disarm(armed);
			disarmed.add(armed);
		}
		return disarmed;
	}

	/** Disarms all of the pool. */
	List<Alarm> disarmAll() {
		List<Alarm> disarmed = new ArrayList<>();
		for (Alarm armed = this.heap.first(); armed != null; armed = this.heap.first()) {
			disarm(armed);
			disarmed.add(armed);
		}
		if (this.thread != null) {
			// Nothing is left to sleep for: its thread would outlive the pool.
			LockSupport.unpark(this.thread);
		}
		return disarmed;
	}

	@Override
	public void run() {
		List<Alarm> expired = new ArrayList<>();
		for (long nanos = this.dispatcher.takeExpired(expired); nanos >= 0; nanos = this.dispatcher
			.takeExpired(expired)) {
			if (nanos > 0) {
				this.dispatcher.time.parkNanos(this, nanos);
			}
			expired.forEach(this::expire);
			expired.clear();
		}
	}

	/** Whatever goes wrong with one, the others are still to expire. */
	private void expire(Alarm alarm) {
		try {
			alarm.expired();
		}
		catch (Throwable ex) {
			this.dispatcher.uncaught("timer of pool " + this.dispatcher.name, ex);
		}
	}

	/**
	 * For the thread: disarms what has expired.
	 * @return how long it may sleep then; negative where nothing is left and it is to end
	 */
	long takeExpired(List<Alarm> expired) {
		long now = this.dispatcher.time.nanoTime();
		Alarm first = this.heap.first();
		while (first != null && first.dueNanos - now <= 0) {
			disarm(first);
			expired.add(first);
			first = this.heap.first();
		}
		if (!expired.isEmpty()) {
			return 0;
		}
		if (first == null) {
			this.thread = null;
			return -1;
		}
		return Math.min(LONGEST_SLEEP, first.dueNanos - now);
	}

}
