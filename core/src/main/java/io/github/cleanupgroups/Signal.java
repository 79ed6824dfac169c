package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Wait} waits for: in place of the handles of the original. Get one from
 * the factory methods; they differ in what becomes of it when it is consumed.
 *
 * <table>
 * <caption>The kinds of signals</caption>
 * <tr>
 * <th>kind</th>
 * <th>present</th>
 * <th>consuming it</th>
 * </tr>
 * <tr>
 * <td>{@link #semaphore(int)}</td>
 * <td>while it has permits</td>
 * <td>takes one</td>
 * </tr>
 * <tr>
 * <td>{@link #event()}</td>
 * <td>once signalled</td>
 * <td>ends it</td>
 * </tr>
 * <tr>
 * <td>{@link #latch()}</td>
 * <td>once signalled, for good</td>
 * <td>changes nothing</td>
 * </tr>
 * <tr>
 * <td>{@link #of(CompletionStage)}, {@link #of(ProcessHandle)}</td>
 * <td>once the stage has completed, the process has ended</td>
 * <td>changes nothing</td>
 * </tr>
 * </table>
 *
 * <p>
 * Any number of waits, of any pools and groups, may wait for one signal: those set first
 * are served first (R74). A thread-owned lock cannot be waited for, for no callback could
 * own it (R77, F24). There is nothing to close: whoever waits for a signal holds it.
 *
 * <p>
 * Thread-safe. What a thread did before it signalled happens-before the callback that the
 * signal starts.
 *
 * @since 0.1.0
 */
public abstract sealed class Signal {

	/**
	 * Guards what is present and who waits. The lock of a pool may be taken under it,
	 * never the other way round.
	 */
	final ReentrantLock lock = new ReentrantLock();

	/**
	 * What waits, in the order in which it was set; the links are the armings' own.
	 * Guarded by the lock.
	 */
	private @Nullable Arming first;

	/** Guarded by the lock. */
	private @Nullable Arming last;

	private Signal() {
	}

	/**
	 * A signal with permits, of which each wait takes one.
	 * @param initialPermits how many there are to begin with; zero or more
	 * @return a new signal
	 * @throws IllegalArgumentException if there are fewer than none
	 */
	public static Signal semaphore(int initialPermits) {
		if (initialPermits < 0) {
			throw new IllegalArgumentException("initialPermits must not be negative, but is " + initialPermits);
		}
		return new Permits(initialPermits, Long.MAX_VALUE);
	}

	/**
	 * A signal that one wait consumes (an auto-reset event). Signalling it twice without
	 * a wait is the same as once.
	 * @return a new signal, not present
	 */
	public static Signal event() {
		return new Permits(0, 1);
	}

	/**
	 * A signal that stays (a manual-reset event that nobody resets).
	 * @return a new signal, not present
	 */
	public static Signal latch() {
		return new Latch(null);
	}

	/**
	 * The completion of a stage, also one that fails.
	 * @param stage whose completion is waited for
	 * @return a new signal
	 */
	public static Signal of(CompletionStage<?> stage) {
		Objects.requireNonNull(stage, "stage");
		return completionOf(stage, "a completion stage");
	}

	/**
	 * The end of a process.
	 * @param process whose end is waited for; not this one
	 * @return a new signal
	 * @throws IllegalStateException if it is the current process
	 */
	public static Signal of(ProcessHandle process) {
		Objects.requireNonNull(process, "process");
		return completionOf(process.onExit(), "process " + process.pid());
	}

	private static Signal completionOf(CompletionStage<?> stage, String description) {
		Latch latch = new Latch(description);
		stage.whenComplete((value, failure) -> latch.add(1));
		return latch;
	}

	/**
	 * As {@code signal(1)}.
	 * @throws UnsupportedOperationException if the signal is that of a stage or process
	 */
	public void signal() {
		signal(1);
	}

	/**
	 * Makes it present. A semaphore has so many more permits; for an event or a latch the
	 * number makes no difference. The callbacks of waits that it is enough for are queued
	 * when this method returns.
	 * @param permits 1 or more
	 * @throws IllegalArgumentException if there is not at least one
	 * @throws UnsupportedOperationException if the signal is that of a stage or process
	 */
	public void signal(int permits) {
		Arguments.requirePositive(permits, "permits");
		requireOwn();
		add(permits);
	}

	/**
	 * Consumes it without waiting, as a wait would.
	 * @return whether it was present
	 */
	public boolean tryConsume() {
		this.lock.lock();
		try {
			return consume();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Refuses where it is not for the program to signal. */
	void requireOwn() {
	}

	/** Guarded by the lock. */
	abstract boolean isPresent();

	/** Returns false where it is not present. Guarded by the lock. */
	abstract boolean consume();

	/** Guarded by the lock. */
	abstract void increase(long permits);

	/** An activation that had consumed it was dropped. No lock is held. */
	final void giveBack() {
		add(1);
	}

	final void add(long permits) {
		List<Runnable> unlocked = new ArrayList<>(0);
		this.lock.lock();
		try {
			increase(permits);
			while (this.first != null && isPresent()) {
				Arming arming = this.first;
				unlink(arming);
				if (arming.wait.lane().dispatcher.armed().signalled(arming, unlocked)) {
					consume();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		Aftermath.runAll(unlocked);
	}

	/** Arms a wait with this signal, or activates it at once. */
	final Admitted arm(Arming arming, boolean inside) {
		List<Runnable> unlocked = new ArrayList<>(0);
		Admitted outcome;
		this.lock.lock();
		try {
			outcome = arming.wait.lane().dispatcher.armed().set(arming, isPresent(), inside, unlocked);
			if (outcome == Admitted.ENTERED) {
				if (isPresent()) {
					consume();
				}
				else {
					// Also where its time is over by now: it is forgotten right after.
					link(arming);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		Aftermath.runAll(unlocked);
		return outcome;
	}

	/** Takes an arming off the list that is armed no longer. No lock is held. */
	final void forget(Arming arming) {
		this.lock.lock();
		try {
			if (arming.linked) {
				unlink(arming);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Guarded by the lock. */
	private void link(Arming arming) {
		arming.linked = true;
		arming.previous = this.last;
		if (this.last == null) {
			this.first = arming;
		}
		else {
			this.last.next = arming;
		}
		this.last = arming;
	}

	/** Guarded by the lock. */
	private void unlink(Arming arming) {
		Arming before = arming.previous;
		Arming after = arming.next;
		if (before == null) {
			this.first = after;
		}
		else {
			before.next = after;
		}
		if (after == null) {
			this.last = before;
		}
		else {
			after.previous = before;
		}
		arming.previous = null;
		arming.next = null;
		arming.linked = false;
	}

	/** A semaphore; with a maximum of one, an event. */
	private static final class Permits extends Signal {

		private final long maximum;

		/** Guarded by the lock. */
		private long permits;

		Permits(long permits, long maximum) {
			this.permits = permits;
			this.maximum = maximum;
		}

		@Override
		boolean isPresent() {
			return this.permits > 0;
		}

		@Override
		boolean consume() {
			if (this.permits == 0) {
				return false;
			}
			this.permits--;
			return true;
		}

		@Override
		void increase(long more) {
			this.permits = (more < this.maximum - this.permits) ? this.permits + more : this.maximum;
		}

		@Override
		public String toString() {
			return ((this.maximum == 1) ? "event" : "semaphore") + " signal";
		}

	}

	/** Present for good, once it is. */
	private static final class Latch extends Signal {

		/** Whose end it is, null where the program signals it. */
		private final @Nullable String endOf;

		/** Guarded by the lock. */
		private boolean present;

		Latch(@Nullable String endOf) {
			this.endOf = endOf;
		}

		@Override
		void requireOwn() {
			if (this.endOf != null) {
				throw new UnsupportedOperationException(
						"the end of " + this.endOf + " is its own signal: it cannot be signalled by the program");
			}
		}

		@Override
		boolean isPresent() {
			return this.present;
		}

		@Override
		boolean consume() {
			return this.present;
		}

		@Override
		void increase(long permits) {
			this.present = true;
		}

		@Override
		public String toString() {
			return (this.endOf != null) ? "end of " + this.endOf : "latch signal";
		}

	}

}
