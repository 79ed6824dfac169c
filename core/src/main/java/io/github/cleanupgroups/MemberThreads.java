package io.github.cleanupgroups;

import java.lang.ref.ReferenceQueue;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The threads of members' own that belong to lanes of a pool: from their making to where
 * they begin. {@link UnbegunThread} has their states until then; from then on what they
 * run is a running callback like all others.
 *
 * <p>
 * A part of its {@link Dispatcher}: it takes the pool's lock, which guards what it knows.
 * Methods that say so are called under it. Of the dispatcher it needs
 * {@link Dispatcher#refusal(Lane, boolean)} before a thread is listed or begins,
 * {@link Dispatcher#link} for what begins, {@link Dispatcher#book} and
 * {@link Dispatcher#settled} for what is withdrawn, {@link Dispatcher#inspect} to look at
 * them, {@link Dispatcher#ungrouped}, and {@link Dispatcher#uncaught}.
 */
final class MemberThreads {

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	/** Guarded by the lock. */
	private final UnbegunThreads unbegun = new UnbegunThreads();

	MemberThreads(Dispatcher dispatcher, PoolLock lock) {
		this.dispatcher = dispatcher;
		this.lock = lock;
	}

	// ---- Until they begin ----

	/** Lets a thread be made: once it is started, closes of the lane wait for it. */
	Admitted list(UnbegunThread thread, boolean inside) {
		this.lock.lockUnsettled();
		try {
			Admitted refusal = this.dispatcher.refusal(thread.lane, inside);
			if (refusal != null) {
				return refusal;
			}
			this.unbegun.add(thread);
			return Admitted.ENTERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** There is no thread after all, or it is not to begin as what it was made for. */
	void withdraw(UnbegunThread thread) {
		this.dispatcher.book(() -> this.unbegun.remove(thread) ? this.dispatcher.settled(thread.lane, null) : null);
	}

	/**
	 * As {@link #withdraw}, for who closes the lane, and looks by itself what that leads
	 * to. May be called under a group's lock.
	 */
	void withdrawForClose(UnbegunThread thread) {
		this.dispatcher.locked(() -> this.unbegun.remove(thread));
	}

	/** Those made for a lane that have not begun. */
	List<UnbegunThread> unbegun(Lane lane) {
		return (lane.unbegun > 0) ? this.dispatcher.inspect(() -> this.unbegun.of(lane)) : List.of();
	}

	/** One of them. */
	@Nullable UnbegunThread firstUnbegun(Lane lane) {
		return (lane.unbegun > 0) ? this.dispatcher.inspect(() -> this.unbegun.first(lane)) : null;
	}

	/** One made for any lane that has not begun. Pool lock. */
	@Nullable UnbegunThread firstUnbegunOfPool() {
		return this.unbegun.first();
	}

	/** Pool lock. */
	boolean anyUnbegun() {
		return !this.unbegun.isEmpty();
	}

	/** Where those show up that nobody has any more. */
	ReferenceQueue<MemberThread> forgotten() {
		return this.unbegun.forgotten();
	}

	/**
	 * Interrupts what was started for a lane and has not begun. It stays interrupted: its
	 * thread runs nothing else.
	 * @return these
	 */
	Set<Thread> interruptUnbegun(Lane lane) {
		// By identity: a thread may say that it equals another.
		Set<Thread> interrupted = Collections.newSetFromMap(new IdentityHashMap<>());
		for (UnbegunThread each : unbegun(lane)) {
			Thread thread = each.startedThread();
			if (thread != null) {
				interrupted.add(thread);
				try {
					thread.interrupt();
				}
				catch (Throwable ex) {
					// The thread's doing: others are to be interrupted, too.
					this.dispatcher.uncaught(lane.generation.toString(), ex);
				}
			}
		}
		return interrupted;
	}

	// ---- Once they begin ----

	/**
	 * An execution on the current thread begins, which was made for a lane.
	 * @return false where it was withdrawn
	 */
	boolean beginListed(RunningCallback execution, UnbegunThread thread) {
		return begin(execution, thread.lane,
				() -> this.unbegun.remove(thread) ? null : Admitted.SEALED) == Admitted.ENTERED;
	}

	/** One begins on a thread that was withdrawn, if the lane takes it. */
	Admitted beginUnlisted(RunningCallback execution, Lane lane, boolean inside) {
		return begin(execution, lane, () -> this.dispatcher.refusal(lane, inside));
	}

	/** One begins that no group takes, even where the pool is closed. */
	void beginUngrouped(RunningCallback execution) {
		begin(execution, this.dispatcher.ungrouped, () -> null);
	}

	/** What may fail comes before it counts as begun. */
	private Admitted begin(RunningCallback execution, Lane lane, Refusal refusal) {
		OneOff oneOff = (OneOff) execution.entry();
		long now = this.dispatcher.time.nanoTime();
		// For whoever runs it: to make one may fail. Code of a listener's that heard of a
		// refusal may have left the one there was.
		CallbackThread ignored = CallbackThread.current();
		this.lock.lockUnsettled();
		try {
			Admitted refused = refusal.now();
			if (refused != null) {
				return refused;
			}
			lane.startUnqueued(oneOff);
			execution.starts(now, now - oneOff.queuedNanos());
			this.dispatcher.link(execution, lane);
		}
		finally {
			this.lock.unlock();
		}
		return Admitted.ENTERED;
	}

	/** Why something does not begin. Asked under the pool's lock. */
	private interface Refusal {

		@Nullable Admitted now();

	}

}
