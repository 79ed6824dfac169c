package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool: how many there are, who of them parks, and who is woken or
 * started for what is ready.
 *
 * <p>
 * At most one worker searches of its own accord: it looks for work some microseconds long
 * before it parks. One that was woken for a single callback does not, for its pool is
 * next to idle. A submission wakes or starts a worker only if none searches, and a worker
 * that was searching and has found something wakes the next if there is more. So a burst
 * costs few wake-ups, and something ready is never left with nobody coming for it.
 *
 * <p>
 * Of the idle the one is woken that parked last. So the others reach the end of their
 * keep-alive although single callbacks keep coming, what it needs is still in a
 * processor's cache, and one that has not parked yet, but yields, needs no call of the
 * kernel. To wake by turns, as {@code ThreadPoolExecutor} does, is no faster where a pool
 * has been idle. Where the last has parked a moment ago, and no thread is surplus, the
 * one before it is woken instead: the processor of the last is about to halt, and is slow
 * to come back. Nobody promises that each has its turn: one of the minimum may stay
 * parked while another runs whatever comes one at a time.
 *
 * <p>
 * Where callbacks take some nanoseconds a second worker is in the way of the first. It
 * stands by then: see {@link Standby}.
 *
 * <p>
 * A part of its {@link Dispatcher}: all fields are guarded by the pool's lock. Methods
 * that say so are called under it; the others take it themselves, and call the user's
 * thread factory without it. Of the dispatcher it needs {@link Dispatcher#isClosedNow()}
 * and {@link Dispatcher#uncaught}.
 */
final class Workers {

	private static final Duration LONGEST_KEEP_ALIVE = Duration.ofNanos(Long.MAX_VALUE / 2);

	private static final int SPINS = 64;

	private static final int GATHERING = 100;

	/**
	 * Whoever parks again so soon yields first, and whoever has parked so short ago is
	 * passed over where another can be woken.
	 */
	private static final long SOON_NANOS = 20_000;

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	private final ReadyRings ready;

	private final Batches batches;

	private final Standby standby;

	private final TimeSource time;

	private final ThreadFactory threadFactory;

	private final long keepAliveNanos;

	/**
	 * Not on virtual threads: spinning would keep a carrier from its other threads,
	 * yielding goes behind all of them, and a parked one has no processor that halts.
	 */
	private final boolean spins;

	// From here on: guarded by the lock.

	/** Workers that are parked, or yield before they park: the last first. */
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	private int minThreads;

	private int maxThreads;

	/** Workers that exist or are being started. */
	private int threads;

	/** Workers that run a callback. */
	private int active;

	/** Workers that count as looking for one. */
	private int searching;

	Workers(Dispatcher dispatcher, PoolLock lock, ReadyRings ready, Batches batches, ThreadPool.Builder builder,
			ThreadFactory threadFactory, boolean spins) {
		this.dispatcher = dispatcher;
		this.lock = lock;
		this.ready = ready;
		this.batches = batches;
		this.time = builder.timeSource();
		this.standby = new Standby(batches, this.time, spins);
		this.threadFactory = threadFactory;
		this.keepAliveNanos = (builder.keepAlive().compareTo(LONGEST_KEEP_ALIVE) < 0) ? builder.keepAlive().toNanos()
				: LONGEST_KEEP_ALIVE.toNanos();
		this.spins = spins;
		this.minThreads = builder.minThreads();
		this.maxThreads = builder.maxThreads();
	}

	/** How long a thread is kept that has nothing to do. */
	long keepAliveNanos() {
		return this.keepAliveNanos;
	}

	// ---- How many there are ----

	/** Starts the threads that are always there (R7). */
	void startMinimum() {
		for (;;) {
			Worker worker;
			this.lock.lock();
			try {
				if (this.dispatcher.isClosedNow() || this.threads >= this.minThreads) {
					return;
				}
				worker = newWorker();
			}
			finally {
				this.lock.unlock();
			}
			if (!wakeOrStart(worker)) {
				return;
			}
		}
	}

	void resize(int min, int max) {
		List<Worker> surplus = List.of();
		Worker wake;
		this.lock.lock();
		try {
			this.minThreads = min;
			this.maxThreads = max;
			// Every idle worker looks again whether it stays.
			surplus = parked();
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		surplus.forEach(Worker::unpark);
		if (wake != null) {
			wakeOrStart(wake);
		}
		startMinimum();
	}

	/** Makes sure that a thread is at hand while a callback keeps its own. */
	boolean prepareSubstitute() {
		Worker started = null;
		boolean available;
		this.lock.lockUnsettled();
		try {
			available = !this.idle.isEmpty() || this.searching > 0 || !this.standby.isEmpty();
			if (!available && this.threads < this.maxThreads) {
				started = newWorker();
				available = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		return available && (started == null || wakeOrStart(started));
	}

	/** Whether any exist. Pool lock. */
	boolean any() {
		return this.threads > 0;
	}

	/** Whether one is to leave before it takes anything. Pool lock. */
	boolean areTooMany() {
		return this.threads > this.maxThreads;
	}

	/** Those that are parked. Pool lock. */
	List<Worker> parked() {
		return List.copyOf(this.idle);
	}

	/** Pool lock. */
	PoolStats stats(long queued, long completed) {
		return new PoolStats(this.minThreads, this.maxThreads, this.threads, this.active, queued, completed);
	}

	// ---- What a worker does ----

	/**
	 * Takes the lock for a worker, which gives way to others: where somebody submits one
	 * callback after another, coming for each is slower, for both, than to let some
	 * gather. It goes on doing so as long as it finds several each time. It does not
	 * where plenty is there already.
	 */
	void lockToTake(Worker worker) {
		if (!worker.gathers && this.lock.tryLock()) {
			return;
		}
		if (this.spins && !Batches.hasPlenty(worker.batch)) {
			for (int i = 0; i < GATHERING; i++) {
				Thread.onSpinWait();
			}
			worker.gathers = true;
		}
		this.lock.lockUnsettled();
	}

	/**
	 * A worker that may not be needed beside another stands by before it takes. Nobody is
	 * woken in its place if it was searching: nothing is ready but what the other takes.
	 * Holds the lock on entry and on return.
	 * @return whether it has let go of it
	 */
	boolean standBy(Worker worker, long now) {
		if (!this.standby.isDue(worker, now)) {
			return false;
		}
		searchesNoLonger(worker);
		this.standby.enter(worker);
		this.lock.unlock();
		try {
			this.standby.untilNeeded(worker);
		}
		finally {
			this.lock.lockUnsettled();
			this.standby.leave(worker);
		}
		return true;
	}

	/** A worker has taken something to run. Pool lock. */
	void took(Worker worker) {
		this.active++;
		worker.started += (worker.batch != null) ? worker.batch.size() : 1;
		searchesNoLonger(worker);
	}

	/** A worker has come back from what it ran. Pool lock. */
	void cameBack() {
		this.active--;
	}

	/**
	 * Searches, then parks, until there may be something to take. Holds the lock on entry
	 * and on return.
	 * @return false where the worker is to leave
	 */
	boolean awaitReady(Worker worker) {
		boolean busy = worker.started > 1;
		if (busy && !worker.searching && this.searching == 0) {
			worker.searching = true;
			this.searching++;
		}
		if (worker.searching) {
			if (busy && this.spins && spinUnlocked(worker)) {
				return true;
			}
			if (hasReady()) {
				return true;
			}
			worker.searching = false;
			this.searching--;
		}
		return park(worker);
	}

	/**
	 * Never yields: on a busy machine a worker that yields is away for milliseconds, and
	 * counts as searching all the while, so that nobody else is woken.
	 */
	private boolean spinUnlocked(Worker worker) {
		this.lock.unlock();
		try {
			for (int i = 0; i < SPINS; i++) {
				if (this.ready.hasAny()) {
					return true;
				}
				Thread.onSpinWait();
			}
			return false;
		}
		finally {
			lockToTake(worker);
		}
	}

	private boolean park(Worker worker) {
		long since = this.time.nanoTime();
		this.idle.addFirst(worker);
		boolean again = since - worker.parkedNanos < SOON_NANOS;
		worker.parkedNanos = since;
		// Anew at each park: one that failed while it yielded has left it set.
		worker.yielding = again && this.spins;
		if (worker.yielding) {
			yieldUnlocked();
			worker.yielding = false;
		}
		while (!worker.woken) {
			boolean kept = worker.persistent || this.threads <= this.minThreads;
			long nanos = kept ? TimeSource.FOREVER : this.keepAliveNanos - (this.time.nanoTime() - since);
			if (nanos <= 0 || this.dispatcher.isClosedNow() || this.threads > this.maxThreads) {
				this.idle.remove(worker);
				return false;
			}
			parkUnlocked(nanos);
			// It would turn the next park into a busy loop.
			boolean ignored = Thread.interrupted();
		}
		// A callback's leftover, or somebody else's.
		boolean ignored = Thread.interrupted();
		worker.woken = false;
		worker.started = 0;
		worker.searching = true;
		return true;
	}

	/**
	 * Lets others have the processor before it parks. The kernel may have taken it from
	 * the submitter for this worker, which then has more to submit: to be woken for each
	 * costs ten times as much as to come back and find it. It stands among the idle
	 * already, so whoever needs a worker meanwhile takes this one, which then counts as
	 * searching. Only where it has parked a moment ago: the kernel wakes a thread later
	 * that has yielded, and on a busy processor it is away for long.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	private void yieldUnlocked() {
		this.lock.unlock();
		try {
			Thread.yield();
		}
		finally {
			this.lock.lockUnsettled();
		}
	}

	private void parkUnlocked(long nanos) {
		this.lock.unlock();
		try {
			this.time.parkNanos(this.dispatcher, nanos);
		}
		finally {
			this.lock.lockUnsettled();
		}
	}

	/** A worker is gone, or could not be started. Pool lock. */
	void left(Worker worker) {
		this.threads--;
		searchesNoLonger(worker);
	}

	private void searchesNoLonger(Worker worker) {
		if (worker.searching) {
			worker.searching = false;
			this.searching--;
		}
	}

	/**
	 * A worker has failed while it ran no callback, for want of memory, say. It stays a
	 * worker of the pool; what it has finished it books when it next comes.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	void failed(Worker worker, Throwable failure) {
		this.lock.lock();
		try {
			this.idle.remove(worker);
			this.standby.leave(worker);
			if (worker.woken) {
				// It has been counted as searching since.
				worker.woken = false;
				worker.searching = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.dispatcher.uncaught("worker of pool " + this.dispatcher.name, failure);
		// Others may give back what it lacks.
		Thread.yield();
	}

	// ---- Waking ----

	/**
	 * A worker to wake or start for what is ready, null where nobody is needed or to be
	 * had. Pool lock.
	 */
	@Nullable Worker wakeOne() {
		if (!isWorkerNeeded()) {
			return null;
		}
		Worker worker = wakeWaiting();
		return (worker == null && this.threads < this.maxThreads) ? newWorker() : worker;
	}

	/**
	 * Not while one searches, nor while one stands by and a batch is open: it looks in a
	 * moment, and to wake another for each batch would be dear.
	 */
	private boolean isWorkerNeeded() {
		boolean watched = !this.standby.isEmpty() && this.batches.isAnyOpen();
		return this.searching == 0 && !watched && hasReady();
	}

	private boolean hasReady() {
		return !this.ready.isEmpty() || this.batches.hasMore();
	}

	/** One of the idle, else the one that stands by. */
	private @Nullable Worker wakeWaiting() {
		Worker worker = wakeIdle();
		if (worker == null && !this.standby.isEmpty()) {
			worker = this.standby.wake();
			worker.searching = true;
			this.searching++;
		}
		return worker;
	}

	private @Nullable Worker wakeIdle() {
		Worker worker = this.idle.pollFirst();
		Worker before = this.idle.peekFirst();
		if (worker != null && before != null && !before.yielding && hasJustParked(worker)) {
			this.idle.removeFirst();
			this.idle.addFirst(worker);
			worker = before;
		}
		if (worker != null) {
			worker.woken = true;
			this.searching++;
		}
		return worker;
	}

	/**
	 * Whether it is slow to wake: it has parked a moment ago, presumably on a processor
	 * that halts now, for its submitter runs on another. Not where a thread may be
	 * surplus: to wake two by turns would keep both.
	 */
	private boolean hasJustParked(Worker worker) {
		if (!this.spins || worker.yielding || this.threads > this.minThreads) {
			return false;
		}
		try {
			return this.time.nanoTime() - worker.parkedNanos < SOON_NANOS;
		}
		catch (Throwable ex) {
			// What the caller has queued is not to be refused over it.
			return false;
		}
	}

	private Worker newWorker() {
		// First what may fail: a worker that is counted is looked for.
		Worker worker = new Worker(this.dispatcher);
		this.threads++;
		this.searching++;
		return worker;
	}

	/** As {@link #wakeOne()}; whoever it is goes to work once the lock is released. */
	void wakeLater(List<Runnable> unlocked) {
		Worker wake = wakeOne();
		if (wake != null) {
			unlocked.add(() -> wakeOrStart(wake));
		}
	}

	/**
	 * Lets a worker go to work that {@link #wakeOne()} chose. No lock is held: the thread
	 * factory is the user's.
	 * @return false where its thread could not be started
	 */
	boolean wakeOrStart(Worker worker) {
		if (worker.thread != null) {
			worker.unpark();
			return true;
		}
		try {
			worker.start(this.threadFactory);
			return true;
		}
		catch (Throwable ex) {
			Worker instead;
			this.lock.lock();
			try {
				left(worker);
				// Nobody woke it as long as this one counted as searching.
				instead = isWorkerNeeded() ? wakeWaiting() : null;
			}
			finally {
				this.lock.unlock();
			}
			if (instead != null) {
				instead.unpark();
			}
			this.dispatcher.uncaught("thread factory of pool " + this.dispatcher.name, ex);
			return false;
		}
	}

}
