package io.github.cleanupgroups;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * How many callbacks of a group may run at once, on all its pools together. Thread-safe.
 *
 * <p>
 * Nobody waits here with a thread: a lane that gets no slot leaves its pool's ready rings
 * and stands in {@link #lanes} until a slot is free again.
 */
final class ConcurrencyLimit {

	/** Written by who changes the limit, read by anybody. */
	private volatile int maximum;

	private final AtomicInteger running = new AtomicInteger();

	private final Queue<Lane> lanes = new ConcurrentLinkedQueue<>();

	ConcurrencyLimit(int maximum) {
		this.maximum = maximum;
	}

	int maximum() {
		return this.maximum;
	}

	/**
	 * Changes it for who comes from now on; whoever calls it lets the
	 * {@linkplain #pollLane() lanes in line} try again.
	 */
	void maximum(int value) {
		this.maximum = value;
	}

	boolean tryAcquire() {
		int now = this.running.get();
		while (now < this.maximum) {
			if (this.running.compareAndSet(now, now + 1)) {
				return true;
			}
			now = this.running.get();
		}
		return false;
	}

	/**
	 * Takes a slot, or puts the lane in line for one.
	 * @return whether it has a slot; if not, {@link #pollLane()} will name the lane
	 */
	boolean tryAcquireOrEnlist(Lane lane) {
		if (tryAcquire()) {
			return true;
		}
		this.lanes.add(lane);
		// A slot that was given back before the lane stood in line would call nobody.
		return this.running.get() < this.maximum && this.lanes.remove(lane) && tryAcquireOrEnlist(lane);
	}

	/** Takes a slot that may not be there: for what runs already. */
	void acquire() {
		this.running.incrementAndGet();
	}

	/**
	 * Gives a slot back; whoever calls it lets the {@linkplain #pollLane() lanes in line}
	 * try again.
	 */
	void release() {
		this.running.decrementAndGet();
	}

	/** The next lane that stands in line, taken out of it. */
	@Nullable Lane pollLane() {
		return this.lanes.poll();
	}

}
