package io.github.cleanupgroups;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Where a worker stands by as long as another that takes one-offs from a {@link Batch} is
 * quick. Two that take one-offs of a few nanoseconds from one batch are slower together
 * than one of them: at each they have the counter, and what lies beside it, to fetch from
 * the other's processor. The one that stands by leaves its own processor to submitters.
 * Of a work object there is nothing beside the counter, and two are not slower.
 *
 * <p>
 * It takes nothing with it: what is laid out stays there for everybody. It is needed as
 * soon as a callback takes longer, blocks, or loses its processor, for then the count of
 * what was taken rises no longer as fast. It looks for that each time that its park is
 * over, on Linux after a tenth of a millisecond; where timers are coarser, after a
 * millisecond or more. So what comes after many quick callbacks and is not quick may have
 * one worker alone for so long. Where no batch is open it can be woken for whatever
 * becomes ready.
 *
 * <p>
 * A part of {@link Workers}; at most one worker of a pool stands by.
 */
final class Standby {

	/**
	 * Whoever takes longer for a callback, with all that goes with it, is not quick. Two
	 * that fetch the counter from each other need 50 for each, or more where their
	 * processors are far apart; one alone needs 25.
	 */
	private static final long QUICK_NANOS = 75;

	/** How long it looks: for some tens of callbacks, if they are quick. */
	private static final long LOOK_NANOS = 1_000;

	/**
	 * How long it asks to be parked before it looks again. The kernel adds as much.
	 * Shorter, and the looks would cost submitters more than some per cent of a
	 * processor.
	 */
	private static final long PARK_NANOS = 50_000;

	/**
	 * So many looks that say nothing, because a batch is over or none is open: then no
	 * burst is under way any more. Laying out takes two or three.
	 */
	private static final int LOOKS_IN_VAIN = 20;

	/**
	 * For so long a worker that was needed takes without having looked: where callbacks
	 * take about {@link #QUICK_NANOS}, it would look as long as it works.
	 */
	private static final long EXEMPT_NANOS = 10_000;

	private final Batches batches;

	private final TimeSource time;

	private final boolean enabled;

	/**
	 * Who stands by. Written under the pool's lock; that worker reads it without, to see
	 * that it was woken.
	 */
	private volatile @Nullable Worker worker;

	/**
	 * @param spins whether its workers have a processor each, to spin on or to leave; and
	 * only by the machine's clock can one tell who is quick
	 */
	@SuppressWarnings("ReferenceEquality") // there is one of it
	Standby(Batches batches, TimeSource time, boolean spins) {
		this.batches = batches;
		this.time = time;
		this.enabled = spins && time == TimeSource.SYSTEM;
	}

	/** Whether nobody stands by. Pool lock. */
	boolean isEmpty() {
		return this.worker == null;
	}

	/** Whether a worker is to look before it takes. Pool lock. */
	boolean isDue(Worker candidate, long now) {
		// Whichever way the clock began: nobody was needed yet where this is 0.
		boolean exempt = Math.abs(now - candidate.lastNeededNanos) < EXEMPT_NANOS;
		return this.enabled && this.worker == null && !exempt && this.batches.isTakenByOne();
	}

	/** Pool lock. */
	void enter(Worker entering) {
		this.worker = entering;
	}

	/** It stands by no longer, if it did and was not woken. Pool lock. */
	@SuppressWarnings("ReferenceEquality") // a worker is itself
	void leave(Worker leaving) {
		if (this.worker == leaving) {
			this.worker = null;
		}
	}

	/** Takes who stands by, for the caller to unpark. Pool lock. */
	Worker wake() {
		Worker woken = Objects.requireNonNull(this.worker, "nobody stands by");
		this.worker = null;
		return woken;
	}

	/**
	 * Returns once the worker is needed, or was woken, or no burst is under way any more.
	 * No lock is held.
	 */
	@SuppressWarnings("ReferenceEquality") // a worker is itself
	void untilNeeded(Worker self) {
		int inVain = 0;
		while (this.worker == self && inVain < LOOKS_IN_VAIN) {
			Batch batch = this.batches.takeable();
			boolean quick = isTakenQuickly(batch);
			if (quick) {
				inVain = 0;
				this.time.parkNanos(this, PARK_NANOS);
				// It would turn the next park into a busy loop.
				boolean ignored = Thread.interrupted();
			}
			else if (batch != null && batch.hasMore()) {
				self.lastNeededNanos = this.time.nanoTime();
				return;
			}
			else {
				inVain++;
			}
		}
	}

	/** Looks for a moment; false where there is nothing to take, or no longer. */
	private boolean isTakenQuickly(@Nullable Batch batch) {
		int taken = (batch != null) ? batch.takenByNow() : 0;
		long since = this.time.nanoTime();
		long nanos;
		do {
			Thread.onSpinWait();
			nanos = this.time.nanoTime() - since;
		}
		while (nanos < LOOK_NANOS);
		return batch != null && batch.isOfOneOffs() && nanos < (batch.takenByNow() - taken) * QUICK_NANOS
				&& batch.hasMore();
	}

}
