package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The engine's record of one execution of a callback while it runs. What the callback is
 * handed of it is an {@link InstanceHandle}.
 *
 * <p>
 * A record is used again by its worker ({@link #isReusable}, {@link #clear}), for one
 * execution after another; those that anybody else has come to know of are not.
 *
 * <p>
 * Fields without a note belong to the thread that runs the callback. An execution goes
 * through <em>started</em> (it is linked into its lane), <em>returned</em> (callback,
 * finalization callback and actions are through) and <em>finished</em> (it is unlinked);
 * one that continues in a {@link Continuation} is finished by the thread that completes
 * that.
 */
class RunningCallback {

	/** Bits of {@link #marks}. */
	private static final int LINKED = 1;

	private static final int RETURNED = 2;

	private static final int HOLDS_SLOT = 4;

	private static final int INTERRUPTING = 8;

	private static final int INTERRUPTED = 16;

	private static final int DISASSOCIATED = 32;

	private static final int SLOTLESS = 64;

	/** Written before it starts, and before it is shown to anybody. */
	private @Nullable Entry entry;

	/** The thread that it runs on, until it has returned. */
	private final Thread thread;

	/** Links of the lane's running callbacks. Pool lock. */
	@Nullable RunningCallback startedBefore;

	@Nullable RunningCallback startedAfter;

	/** What few executions have, null in most. See there for who makes it. */
	private @Nullable Seldom seldom;

	/**
	 * When it left the queue. Written under the pool's lock before the callback starts.
	 */
	private long startedNanos;

	/**
	 * How long it had been queued, in nanoseconds: to seven digits, which is what a
	 * duration is good for and takes half the room.
	 */
	private float queuedNanos;

	/**
	 * Its number among those that its worker took from one {@link Batch}, 0 where it was
	 * started under the lock. No batch has more than a short counts.
	 */
	private short number;

	/** What is true of it. Written under the pool's lock, all of it. */
	private byte marks;

	/** One that runs inside of another, on the same thread, if that is not null. */
	RunningCallback(Entry entry, Thread thread, @Nullable RunningCallback outer) {
		this.entry = entry;
		this.thread = thread;
		if (outer != null) {
			this.seldom = new Seldom(outer);
		}
	}

	/** One whose entry is taken from a batch. */
	RunningCallback(Thread thread) {
		this.thread = thread;
	}

	private Seldom seldom() {
		Seldom made = this.seldom;
		if (made == null) {
			made = new Seldom(null);
			this.seldom = made;
		}
		return made;
	}

	/** Says what was taken for it. */
	void taken(Entry what, int ordinal) {
		this.entry = what;
		this.number = (short) ordinal;
	}

	/**
	 * It leaves the queue. Before it is shown to anybody, or under the pool's lock.
	 * @param now the monotonic time
	 * @param queued how long it has been there, in nanoseconds
	 */
	void starts(long now, long queued) {
		this.startedNanos = now;
		this.queuedNanos = (float) Math.max(0, queued);
	}

	/**
	 * Whether nobody will look at it any more: it was never linked, and nothing has been
	 * noted that outlives it. An inner execution refers to it, but asks it only until it
	 * has itself returned, which comes before. For its worker, once that has
	 * {@linkplain Worker#show shown} another from the same batch: who links it ends the
	 * batch first, so the marks of one that has a successor are nobody else's.
	 */
	boolean isReusable() {
		return this.marks == 0 && this.seldom == null && entry().decoration() == null;
	}

	/** For its worker to use it again: what has run may be large. */
	void clear() {
		this.entry = null;
	}

	long startedNanos() {
		return this.startedNanos;
	}

	long queuedNanos() {
		return (long) this.queuedNanos;
	}

	/** The callback that this one runs inside of, on the same thread. */
	@Nullable RunningCallback outer() {
		return (this.seldom != null) ? this.seldom.outer : null;
	}

	/** What the callback is about, where its object does not say it all. */
	@Nullable Object activation() {
		return (this.seldom != null) ? this.seldom.activation : null;
	}

	/** Called under the pool's lock, before it starts. */
	void activatedBy(@Nullable Object what) {
		if (what != null) {
			seldom().activation = what;
		}
	}

	/**
	 * What goes on after the return, null in most. Its thread; once it has returned,
	 * under the pool's lock.
	 */
	@Nullable Continuation continuation() {
		return (this.seldom != null) ? this.seldom.continuation : null;
	}

	/** Called by the callback. */
	void goesOnAs(Continuation what) {
		seldom().continuation = what;
	}

	/**
	 * What the callback, its finalization callback and its actions threw; read after the
	 * return.
	 */
	@Nullable List<Throwable> failures() {
		return (this.seldom != null) ? this.seldom.failures : null;
	}

	private boolean is(int mark) {
		return (this.marks & mark) != 0;
	}

	private void mark(int mark, boolean is) {
		this.marks = (byte) (is ? (this.marks | mark) : (this.marks & ~mark));
	}

	/**
	 * One that was taken from a batch is linked only if somebody looks, or when it has
	 * ended and is booked. Pool lock.
	 */
	void setLinked(boolean linked) {
		mark(LINKED, linked);
	}

	/** Whether its thread is through with it. Pool lock. */
	boolean isReturned() {
		return is(RETURNED);
	}

	void setReturned() {
		mark(RETURNED, true);
	}

	/** Whether it holds one of the group's slots. Pool lock. */
	boolean holdsSlot() {
		return is(HOLDS_SLOT);
	}

	void setHoldsSlot(boolean holds) {
		mark(HOLDS_SLOT, holds);
	}

	/**
	 * It runs on a thread that is none of a pool's: the group's slots are not for it.
	 * Called before it starts.
	 */
	void setSlotless() {
		mark(SLOTLESS, true);
	}

	/** Whether an interrupt is on its way to the thread. Pool lock. */
	boolean isInterrupting() {
		return is(INTERRUPTING);
	}

	void interruptBegins() {
		mark(INTERRUPTING | INTERRUPTED, true);
	}

	void interruptEnded() {
		mark(INTERRUPTING, false);
	}

	/**
	 * Whether it was ever interrupted. Pool lock, and its thread when it is booked and
	 * after.
	 */
	boolean isInterrupted() {
		return is(INTERRUPTED);
	}

	/**
	 * How many of those around it were ever interrupted. No lock is held: they may be of
	 * other pools.
	 */
	int interruptedAround() {
		int count = 0;
		for (RunningCallback around = outer(); around != null; around = around.outer()) {
			count += around.lane().dispatcher.inspect(around::isInterrupted) ? 1 : 0;
		}
		return count;
	}

	/** Pool lock, and its thread, which alone makes it so. */
	boolean isDisassociated() {
		return is(DISASSOCIATED);
	}

	void setDisassociated() {
		mark(DISASSOCIATED, true);
	}

	Entry entry() {
		return Objects.requireNonNull(this.entry, "entry");
	}

	/** How many its worker had taken from the batch with this one. */
	int number() {
		return this.number;
	}

	/** Whether it runs on one of these threads, or has. */
	boolean isOnOneOf(Set<Thread> threads) {
		return threads.contains(this.thread);
	}

	/** The thread that is not through with it yet, null if none is. Pool lock. */
	@Nullable Thread threadOrNull() {
		return (is(LINKED) && !is(RETURNED)) ? this.thread : null;
	}

	/**
	 * Whether there is nothing to book about its end but that it has ended. Its thread,
	 * when it has run.
	 */
	boolean isPlain() {
		return this.seldom == null || (this.seldom.failures == null && this.seldom.continuation == null);
	}

	Lane lane() {
		return entry().lane();
	}

	/** Whether it is one of those that the group's limit is about. Pool lock. */
	boolean needsSlot() {
		return !is(SLOTLESS) && !sharesSlot();
	}

	/**
	 * Whether its thread can only go on with it or with a callback of the same members
	 * around it, which has the slot of both, or needs none.
	 */
	private boolean sharesSlot() {
		if (isReturned()) {
			return false;
		}
		for (RunningCallback around = outer(); around != null; around = around.outer()) {
			if (around.lane().generation == lane().generation) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Runs everything of this execution that is the user's. No lock is held; nothing
	 * escapes.
	 */
	void run() {
		ClassLoader loader = entry().environment.contextClassLoader();
		if (loader != null) {
			try {
				Thread.currentThread().setContextClassLoader(loader);
			}
			catch (Throwable ex) {
				// Some threads have none of their own.
				runNothing(ex);
				return;
			}
		}
		CallbackDecorator.Decoration decoration = entry().decoration();
		if (decoration == null) {
			runCallback();
		}
		else {
			new DecoratedExecution(this).run(decoration);
		}
	}

	/** All but the decoration. */
	void runCallback() {
		OwnedCallback owned = entry().owned();
		if (owned != null && entry().environment.finalization() == null) {
			runOwned(owned);
		}
		else {
			runWithInstance(owned);
		}
		report();
		if (continuation() == null && entry().decoration() != null) {
			// While its context is the thread's: what is recorded may refer to it.
			seldom().listenerTold = true;
			tellGroup();
		}
	}

	private void runOwned(OwnedCallback owned) {
		try {
			owned.run(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/** The instance is valid until all that is the user's has returned. */
	private void runWithInstance(@Nullable OwnedCallback owned) {
		InstanceHandle instance = new InstanceHandle(this, entry());
		try {
			try {
				if (owned != null) {
					owned.run(this);
				}
				else {
					entry().invoke(this, instance);
				}
			}
			catch (Throwable ex) {
				failed(ex);
			}
			FinalizationCallback finalization = entry().environment.finalization();
			if (finalization != null) {
				try {
					finalization.finished(instance);
				}
				catch (Throwable ex) {
					failed(ex);
				}
			}
			if (this.seldom != null && this.seldom.actions != null) {
				runActions(this.seldom.actions);
			}
		}
		finally {
			instance.end();
		}
	}

	/** The decoration threw once the callback had run. */
	void decorationFailed(Throwable failure) {
		failed(failure);
		lane().dispatcher.uncaught(entry().memberName(), failure);
	}

	/**
	 * The decoration does not let the callback run. Its future completes all the same.
	 */
	void runNothing(Throwable why) {
		OwnedCallback owned = (entry() instanceof OneOff oneOff) ? oneOff.owned() : null;
		if (owned != null && owned.retention(Retention.CLOSE_DECIDES) == Retention.ALWAYS) {
			failed(why);
			runCallback();
			return;
		}
		if (owned == null || !owned.failed(why)) {
			decorationFailed(why);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	boolean isOnThisThread() {
		return this.thread == Thread.currentThread();
	}

	void requireOwnThread() {
		if (!isOnThisThread()) {
			throw new IllegalStateException("'" + entry().memberName() + "' in " + lane().generation
					+ " can be run on its own thread only, while its decorator is");
		}
	}

	void whenEnded(Consumer<@Nullable Throwable> action) {
		Objects.requireNonNull(action, "action");
		Seldom own = seldom();
		own.ended = (own.ended != null) ? own.ended.andThen(action) : action;
	}

	/** Runs after the callback. Called by it. */
	void whenReturned(Runnable action) {
		Seldom own = seldom();
		if (own.actions == null) {
			own.actions = new ArrayList<>(2);
		}
		own.actions.add(action);
	}

	/** An action may register further ones: they run too. */
	@SuppressWarnings("ForLoopReplaceableByForEach")
	private void runActions(List<Runnable> registered) {
		for (int i = 0; i < registered.size(); i++) {
			try {
				registered.get(i).run();
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}
	}

	private void failed(Throwable failure) {
		Seldom own = seldom();
		if (own.failures == null) {
			own.failures = new ArrayList<>(1);
		}
		own.failures.add(failure);
	}

	private void report() {
		List<Throwable> thrown = failures();
		if (thrown != null) {
			thrown.forEach((failure) -> lane().dispatcher.uncaught(entry().memberName(), failure));
		}
	}

	/**
	 * Tells the group's listener, if there is one, and the decoration. Called once it has
	 * returned for good, without a lock.
	 */
	void tellListener() {
		Seldom own = this.seldom;
		if (own == null || !own.listenerTold) {
			tellGroup();
		}
		if (own != null && own.ended != null) {
			tellDecoration(own.ended);
		}
	}

	private void tellDecoration(Consumer<@Nullable Throwable> told) {
		CallbackThread.tell(lane().generation.group, () -> {
			try {
				told.accept(failure());
			}
			catch (Throwable ex) {
				lane().dispatcher.uncaught(entry().memberName(), ex);
			}
		});
	}

	private void tellGroup() {
		CleanupGroupListener listener = lane().generation.listener();
		CleanupGroup group = lane().generation.group;
		if (listener == null || group == null || !hearsCallbacks(listener)) {
			return;
		}
		CallbackThread current = CallbackThread.current();
		CallbackThread.Telling outer = current.beginTelling(group);
		try {
			listener.callbackRan(entry().memberKind(), entry().memberName(), queuedNanos(),
					lane().dispatcher.time.nanoTime() - this.startedNanos, failure());
		}
		catch (Throwable ex) {
			lane().dispatcher.uncaught("listener of " + lane().generation, ex);
		}
		finally {
			current.endTelling(outer);
		}
	}

	private boolean hearsCallbacks(CleanupGroupListener listener) {
		try {
			return listener.hearsCallbacks();
		}
		catch (Throwable ex) {
			lane().dispatcher.uncaught("listener of " + lane().generation, ex);
			return false;
		}
	}

	/**
	 * The first thing that went wrong, in this execution or in the future that it went on
	 * as.
	 */
	private @Nullable Throwable failure() {
		List<Throwable> thrown = failures();
		if (thrown != null) {
			return thrown.get(0);
		}
		Continuation wentOnAs = continuation();
		return (wentOnAs != null) ? wentOnAs.failure() : ownFailure();
	}

	private @Nullable Throwable ownFailure() {
		return (entry() instanceof OneOff oneOff && oneOff.callback instanceof TaskFuture<?> task) ? task.failure()
				: null;
	}

	/** Whether anything has gone wrong until now. Its thread, once it has returned. */
	boolean hasFailed() {
		return failures() != null || ownFailure() != null;
	}

	/**
	 * One that its worker uses again. Such records live long, so the collector may lay
	 * those of two workers side by side; each has to have cache lines of its own, for it
	 * is written at each callback. What lies between them is never read.
	 */
	@SuppressWarnings("UnusedVariable")
	static final class Reused extends RunningCallback {

		private long gap0;

		private long gap1;

		private long gap2;

		private long gap3;

		private long gap4;

		private long gap5;

		private long gap6;

		private long gap7;

		Reused(Thread thread) {
			super(thread);
		}

	}

	/**
	 * What few executions have. Made with the execution, under the pool's lock before the
	 * callback starts, or by the callback's thread while it runs: never by anybody else,
	 * so it is never made twice. Fields without a note belong to that thread.
	 */
	private static final class Seldom {

		/** The callback around this one. Read by any thread that holds the lock. */
		private final @Nullable RunningCallback outer;

		/** Written under the pool's lock before the callback starts. */
		private @Nullable Object activation;

		private @Nullable List<Runnable> actions;

		/** Set by the callback's thread; read under the pool's lock after the return. */
		private @Nullable Continuation continuation;

		/** Set by the callback's thread; read under the pool's lock after the return. */
		private @Nullable List<Throwable> failures;

		/** What the decoration wants to hear. */
		private @Nullable Consumer<@Nullable Throwable> ended;

		/** Whether the group's listener has been told, inside of the decoration. */
		private boolean listenerTold;

		Seldom(@Nullable RunningCallback outer) {
			this.outer = outer;
		}

	}

}
