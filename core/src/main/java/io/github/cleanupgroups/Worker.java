package io.github.cleanupgroups;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A thread of a pool, and what the dispatcher knows of it. The fields are guarded by the
 * pool's lock unless they say otherwise.
 *
 * <pre>
 * searching -> running    it took a callback
 * searching -> parked     it found none
 * searching, running -> standing by  another may be quick enough for both
 * standing by -> searching  it was woken for a callback
 * standing by -> running, searching or parked  it is needed, or no burst is under way
 * running   -> running    it took the next
 * running   -> searching  it found none, nobody else searches, and it had several since it was woken
 * running   -> parked     it found none otherwise
 * parked    -> searching  it was woken for a callback; before it parks it may yield once, and counts as parked then
 * searching, parked -> gone  its keep-alive is over, there are too many, or the pool is closed and empty
 * </pre>
 */
final class Worker extends CallbackThread implements Runnable {

	private static final VarHandle CURRENT = handleOfCurrent();

	static final int NO_TAKER = -1;

	private final Dispatcher dispatcher;

	/** Set before the thread starts. */
	@Nullable Thread thread;

	/**
	 * Whether it counts as looking for a callback: at most one does unless it was woken
	 * for one.
	 */
	boolean searching = true;

	/**
	 * Whether somebody took it out of the idle stack. Volatile: the worker reads it
	 * without the lock while parked.
	 */
	volatile boolean woken;

	/**
	 * Whether it has run a persistent callback and so stays for the pool's life (R25).
	 */
	boolean persistent;

	/** What it has run last and not booked. The worker alone. */
	@Nullable RunningCallback finished;

	/**
	 * How many callbacks it has had since it was woken, a batch counted as if it had had
	 * all of it. It wraps around in the end, which then costs one moment of search.
	 */
	int started;

	/**
	 * Whether it yields before it parks, and so needs no call of the kernel to go on. Of
	 * meaning while it is among the idle.
	 */
	boolean yielding;

	/**
	 * When it last found, standing by, that it was needed; 0 if it never has. The worker
	 * alone.
	 */
	long lastNeededNanos;

	/** When it last parked, or was about to. */
	long parkedNanos;

	/** From where it takes without the lock. Written under it, by the worker alone. */
	@Nullable Batch batch;

	/** Whether it met others at the lock, and what it took was worth waiting for. */
	boolean gathers;

	/** How many it has taken from there. The worker alone. */
	int taken;

	/**
	 * What it took last from there. Written by the worker ({@link #show}), read by who
	 * settles: the write of the next says that this one has ended.
	 */
	volatile @Nullable RunningCallback current;

	/**
	 * A record of its own that nobody knows any more: the next that it takes is written
	 * into it. The worker alone.
	 */
	private @Nullable RunningCallback spare;

	/**
	 * Its place among the takers of {@link Batches}, while there is something to book.
	 * Pool lock.
	 */
	int taker = NO_TAKER;

	Worker(Dispatcher dispatcher) {
		this.dispatcher = dispatcher;
	}

	@Override
	public void run() {
		enter();
		Thread self = Thread.currentThread();
		this.thread = self;
		try {
			ThreadState found = startsOn(self);
			while (runNext(self, found)) {
				// A local variable here would keep the last callback while it is parked.
			}
		}
		finally {
			leave();
		}
	}

	/**
	 * The pool counts on this thread: it goes on, whatever fails here.
	 * @return what callbacks find, to be restored after each; null where it does not tell
	 */
	private @Nullable ThreadState startsOn(Thread self) {
		try {
			FlightEvents.INSTANCE.threadStarted(this.dispatcher.name);
		}
		catch (Throwable ex) {
			this.dispatcher.workers().failed(this, ex);
		}
		try {
			return ThreadState.of(self);
		}
		catch (Throwable ex) {
			this.dispatcher.workers().failed(this, ex);
			return null;
		}
	}

	/** Makes and starts its thread. The factory is the user's: no lock is held. */
	void start(ThreadFactory factory) {
		Thread made = factory.newThread(this);
		if (made == null) {
			throw new IllegalStateException("the thread factory returned null");
		}
		this.thread = made;
		made.start();
	}

	void unpark() {
		LockSupport.unpark(this.thread);
	}

	/**
	 * Shows what it has taken. A release write, whose partner is {@link #lastTaken()} of
	 * who settles: that thread has counted what was taken and waits until it sees it, so
	 * nothing that this one reads next depends on the write being out already.
	 */
	void show(RunningCallback taken) {
		this.spare = null;
		CURRENT.setRelease(this, taken);
	}

	/** A record for what it may take; it is free to be had again until it is shown. */
	RunningCallback spareRecord() {
		RunningCallback found = this.spare;
		if (found == null) {
			found = new RunningCallback.Reused(Thread.currentThread());
			this.spare = found;
		}
		return found;
	}

	/**
	 * The record of what it has run before the one that it has shown now. Whoever settles
	 * may still hold it, but reads nothing of it except its number: clearing leaves that,
	 * and it is written again only by a later take, which the batch that was ended does
	 * not give.
	 */
	void reuse(RunningCallback before) {
		if (before.isReusable()) {
			before.clear();
			this.spare = before;
		}
	}

	private static VarHandle handleOfCurrent() {
		try {
			return MethodHandles.lookup().findVarHandle(Worker.class, "current", RunningCallback.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** From where it takes, as one of the takers. */
	Batch batch() {
		return Objects.requireNonNull(this.batch, "batch");
	}

	/** What it took last, as one of the takers. */
	RunningCallback lastTaken() {
		return Objects.requireNonNull(this.current, "current");
	}

	private boolean runNext(Thread self, @Nullable ThreadState found) {
		RunningCallback next;
		try {
			next = this.dispatcher.next(this);
		}
		catch (Throwable ex) {
			// The pool counts on this thread: it goes on.
			this.dispatcher.workers().failed(this, ex);
			return true;
		}
		if (next == null) {
			return false;
		}
		execute(next, self, found);
		return true;
	}

	private void execute(RunningCallback next, Thread self, @Nullable ThreadState found) {
		this.running = next;
		try {
			FlightEvents.INSTANCE.run(next);
			this.running = null;
			if (found != null) {
				found.restore(self);
			}
			if (next.continuation() == null) {
				next.tellListener();
			}
		}
		catch (Throwable ex) {
			this.dispatcher.uncaught(next.entry().memberName(), ex);
		}
		finally {
			// It is booked whatever happens: closes wait for it.
			this.running = null;
			this.finished = next;
		}
	}

}
