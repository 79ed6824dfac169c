package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The engine of one pool: which callback starts next, on which thread.
 *
 * <h2>Overview</h2>
 *
 * One lock guards everything of a pool: its lanes with their queues and counters, its
 * ready rings, its workers. It is held for some tens of instructions and never while code
 * of a user runs. Where nothing is to be decided, callbacks enter and start without it:
 * see {@link Inboxes} and {@link Batches}.
 *
 * <h3>Queue discipline</h3>
 *
 * Each generation of a group has a {@link Lane}, with a first-in first-out queue for each
 * priority. A lane that has something to start stands in the ready ring of that priority.
 * A worker looks at the front of each ring, takes the highest priority unless a lower one
 * has waited a second, and moves the lane to the back once it had as many turns as its
 * group has weight. Dropping what a group has queued is therefore taking the lane's
 * queues, however much the other lanes hold.
 *
 * <h3>Waking</h3>
 *
 * At most one worker searches of its own accord: it looks for work some microseconds long
 * before it parks. One that was woken for a single callback does not, for its pool is
 * next to idle. A submission wakes or starts a worker only if none searches, and a worker
 * that was searching and has found something wakes the next if there is more. So a burst
 * costs few wake-ups, and something ready is never left with nobody coming for it.
 *
 * <h3>What happens outside the lock</h3>
 *
 * Starting a thread, completing a future, notifying an owner, entering the dispatcher of
 * another pool: what a booking leads to of this kind is collected in an {@link Aftermath}
 * and done once the lock is released.
 *
 * <p>
 * The file's order: entering, working, what running callbacks ask for, what is armed,
 * operations under way, what members ask for, closing a lane, the pool itself, the
 * workers.
 */
final class Dispatcher {

	private static final Duration LONGEST_KEEP_ALIVE = Duration.ofNanos(Long.MAX_VALUE / 2);

	private static final int SPINS = 64;

	private static final int GATHERING = 100;

	/** So many new members within {@link #JOIN_BURST_NANOS} make a burst. */
	private static final int JOIN_BURST = 64;

	private static final long JOIN_BURST_NANOS = Duration.ofMillis(1).toNanos();

	final String name;

	final TimeSource time;

	/** Where callbacks without a group queue. */
	final Lane ungrouped;

	private final ThreadFactory threadFactory;

	private final BiConsumer<String, Throwable> onUncaught;

	private final long keepAliveNanos;

	/** Spinning on a virtual thread would keep a carrier from its other threads. */
	private final boolean spins;

	private final PoolLock lock = new PoolLock(this::settle);

	private final ReadyRings ready = new ReadyRings();

	private final Batches batches = new Batches(this);

	private final Inboxes inboxes = new Inboxes(this, this.ready);

	/** Submitters that wait for room in the queue of their group. */
	private final Submitters submitters = new Submitters();

	// From here on: guarded by the lock.

	/** Parked workers, the one that parked last first. */
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	private final Waiters terminationWaiters = new Waiters();

	private int minThreads;

	private int maxThreads;

	/** Workers that exist or are being started. */
	private int threads;

	/** Workers that run a callback. */
	private int active;

	/** Workers that count as looking for one. */
	private int searching;

	/** Callbacks queued, of all lanes. */
	private long queued;

	/**
	 * Callbacks running, of all lanes; those that run in their submitter or hold no
	 * thread included.
	 */
	private long running;

	private long completed;

	private final AlarmClock alarms;

	/** Lanes in which anything is armed: the close of the pool disarms it. */
	private final Set<Lane> armedLanes = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean closed;

	/** Members that have joined since {@link #joinsCountedSince}. */
	private int joins;

	private long joinsCountedSince;

	Dispatcher(ThreadPool.Builder builder, ThreadFactory threadFactory, boolean spins) {
		this.name = builder.name();
		this.time = builder.timeSource();
		this.threadFactory = threadFactory;
		this.onUncaught = builder.onUncaught();
		this.keepAliveNanos = (builder.keepAlive().compareTo(LONGEST_KEEP_ALIVE) < 0) ? builder.keepAlive().toNanos()
				: LONGEST_KEEP_ALIVE.toNanos();
		this.spins = spins;
		this.minThreads = builder.minThreads();
		this.maxThreads = builder.maxThreads();
		this.alarms = new AlarmClock(this, builder.timerThreads(), this.keepAliveNanos);
		this.ungrouped = new Generation(null).addLane(this, Lane.OPEN);
	}

	/**
	 * The time for a stamp, of a submission, a join or a start: exact where somebody is
	 * told how long callbacks waited and ran. No lock is held, for that somebody is
	 * asked.
	 */
	long stamp(@Nullable CleanupGroup group) {
		boolean exact = (group != null && group.isTimed()) || FlightEvents.INSTANCE.recordsCallbacks();
		return exact ? this.time.nanoTime() : this.time.recentNanoTime();
	}

	// ---- Entering ----

	/**
	 * Queues a one-off; {@code inside} says that a callback of the lane's generation
	 * submits it.
	 */
	Admitted enter(OneOff oneOff, Lane lane, boolean inside) {
		return enter(oneOff, lane, inside, false);
	}

	/**
	 * Queues what was armed in the lane. Once a close has sealed that, it is not let in:
	 * it counts as disarmed, and nobody would wait for it.
	 */
	Admitted enterExpired(OneOff oneOff, Lane lane) {
		return enter(oneOff, lane, true, true);
	}

	private Admitted enter(OneOff oneOff, Lane lane, boolean inside, boolean expired) {
		int level = oneOff.environment.priority().level();
		oneOff.enter(lane);
		Inbox inbox = lane.inbox;
		if (inbox != null && inbox.level == level && !expired && inbox.offer(oneOff)) {
			return Admitted.ENTERED;
		}
		Worker wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = refusal(oneOff, lane, inside);
			if (refusal == null && expired && lane.state != Lane.OPEN) {
				refusal = Admitted.SEALED;
			}
			if (refusal != null) {
				oneOff.leaveQueue();
				return refusal;
			}
			this.inboxes.empty(lane);
			lane.enqueue(oneOff);
			lane.queuedOneOffs++;
			lane.joined++;
			wake = queuedOne(lane, oneOff);
			openInbox(lane, level);
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null && !wakeOrStart(wake)) {
			refuseWithoutThread(oneOff);
		}
		return Admitted.ENTERED;
	}

	/** Queues one more callback of a work object. */
	Admitted enter(Work work, boolean inside) {
		Lane lane = work.lane();
		long now = stamp(lane.generation.group);
		Worker wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = refusal(work, lane, inside);
			if (refusal != null) {
				return refusal;
			}
			this.inboxes.empty(lane);
			work.addPending(now);
			wake = queuedOne(lane, work);
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null && !wakeOrStart(wake)) {
			refuseWithoutThread(work);
		}
		return Admitted.ENTERED;
	}

	/** Makes a new object a member. */
	Admitted join(MemberObject object, boolean inside) {
		boolean inBurst;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = refusal(object, object.lane(), inside);
			if (refusal != null) {
				return refusal;
			}
			object.join();
			inBurst = endsJoinBurst(object.joinedNanos);
		}
		finally {
			this.lock.unlock();
		}
		if (inBurst) {
			this.time.readsOften();
		}
		return Admitted.ENTERED;
	}

	/** Where members join that fast, reading the clock is a quarter of what it takes. */
	private boolean endsJoinBurst(long now) {
		this.joins++;
		if (this.joins < JOIN_BURST) {
			return false;
		}
		boolean inBurst = now - this.joinsCountedSince <= JOIN_BURST_NANOS;
		this.joins = 0;
		this.joinsCountedSince = now;
		return inBurst;
	}

	/**
	 * Runs a callback in its submitter, as a running callback of its group. One that is
	 * submitted from inside a callback of the same generation shares that one's slot: the
	 * thread can only do one of the two at a time.
	 */
	Admitted runInSubmitter(Entry entry, Lane lane, boolean inside) {
		Thread thread = Thread.currentThread();
		// Of the user's thread, which may fail: before anything counts as running.
		ThreadState found = ThreadState.of(thread);
		boolean interrupted = thread.isInterrupted();
		CallbackThread submitter = CallbackThread.current();
		RunningCallback execution = new RunningCallback(entry, thread, submitter.running);
		boolean nested = CallbackThread.isInside(lane.generation);
		int interruptedBefore = execution.interruptedAround();
		this.lock.lock();
		try {
			Admitted refusal = refusal(entry, lane, inside);
			if (refusal != null) {
				submitter.leaveIfUnused();
				return refusal;
			}
			ConcurrencyLimit limit = lane.limit;
			if (!lane.mayStart() || (limit != null && !nested && !limit.tryAcquire())) {
				submitter.leaveIfUnused();
				return Admitted.BUSY;
			}
			execution.setHoldsSlot(limit != null && !nested);
			if (entry instanceof OneOff oneOff) {
				oneOff.enter(lane);
				oneOff.leaveQueue();
				lane.runningOneOffs++;
				lane.joined++;
			}
			else {
				((Work) entry).startUnqueued();
			}
			execution.starts(this.time.nanoTime(), 0);
			link(execution, lane);
		}
		finally {
			this.lock.unlock();
		}
		submitter.running = execution;
		try {
			FlightEvents.INSTANCE.run(execution);
			found.restore(thread);
		}
		catch (Throwable ex) {
			uncaught(entry.memberName(), ex);
		}
		finally {
			submitter.running = execution.outer();
			submitter.leaveIfUnused();
			returned(execution);
		}
		if (execution.isInterrupted() && Thread.interrupted() && interrupted) {
			// The callback was meant, not its submitter, who had been interrupted before.
			thread.interrupt();
		}
		if (execution.interruptedAround() > interruptedBefore) {
			// One around it was meant as well: it may have been spent in here.
			thread.interrupt();
		}
		return Admitted.ENTERED;
	}

	/** Why something would be refused that finds no room; null where for that alone. */
	@Nullable Admitted refusalBesidesRoom(Entry entry, Lane lane, boolean inside) {
		this.lock.lockUnsettled();
		try {
			return refusal(entry, lane, inside);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Admitted refusal(Lane lane, boolean inside) {
		if (this.closed) {
			return Admitted.POOL_CLOSED;
		}
		return lane.admits(inside) ? null : Admitted.SEALED;
	}

	/**
	 * As {@link #refusal(Lane, boolean)}; what every close drops does not enter a lane
	 * that is being closed: its owner may have been told already.
	 */
	private @Nullable Admitted refusal(Entry entry, Lane lane, boolean inside) {
		if (entry instanceof MemberObject object && object.isClosedByItself()) {
			return Admitted.MEMBER_CLOSED;
		}
		Admitted refusal = refusal(lane, inside);
		if (refusal == null && lane.state != Lane.OPEN && entry.retention() == Retention.NONE) {
			return Admitted.SEALED;
		}
		return refusal;
	}

	private @Nullable Worker queuedOne(Lane lane, Entry entry) {
		lane.pending++;
		this.queued++;
		makeReady(lane, entry);
		return wakeOne();
	}

	/**
	 * Not while callbacks of a work object are laid out: one-offs take turns with them.
	 */
	private void openInbox(Lane lane, int level) {
		if (!this.closed && !this.batches.isOfWork()) {
			this.inboxes.open(lane, level);
		}
	}

	private void makeReady(Lane lane, Entry entry) {
		int level = entry.environment.priority().level();
		this.ready.add(lane, level);
		this.inboxes.review();
		Batch ended = this.batches.becameReady(entry, lane, level);
		if (ended != null) {
			this.ready.putBack(ended);
		}
	}

	/** Refuses after all what no thread could be started for, if there is none. */
	private void refuseWithoutThread(Entry entry) {
		Lane lane = entry.lane();
		Aftermath aftermath;
		Worker wake;
		this.lock.lock();
		try {
			if (this.threads > 0 || lane.sweeps > 0 || entry.pending() == 0) {
				return;
			}
			if (entry instanceof OneOff oneOff) {
				lane.joined--;
				aftermath = unqueue(oneOff, lane);
			}
			else {
				MemberObject object = (MemberObject) entry;
				object.dropOne();
				aftermath = unqueue(lane, 1, ended(object, null));
			}
			// What came in meanwhile relied on that thread.
			wake = (this.queued > 0) ? wakeOne() : null;
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		if (aftermath != null) {
			aftermath.run();
		}
		lane.generation.tellRejected(entry.memberKind(), entry.memberName());
		throw new RejectedExecutionException("pool '" + this.name + "' could not start a thread for '"
				+ entry.memberName() + "' of " + lane.generation + ", and has none");
	}

	/**
	 * Keeps a one-off from starting that its owner has given up: it counts as cancelled.
	 * @return false where it has started, or was dropped
	 */
	boolean withdraw(OneOff oneOff) {
		Lane lane = oneOff.lane();
		Aftermath aftermath;
		this.lock.lock();
		try {
			if (!isWithdrawable(oneOff)) {
				return false;
			}
			lane.cancelled++;
			aftermath = unqueue(oneOff, lane);
			lane.withdrawn();
		}
		finally {
			this.lock.unlock();
		}
		releaseBound(lane, 1);
		lane.generation.tellCancelled(1);
		if (aftermath != null) {
			aftermath.run();
		}
		return true;
	}

	/** While a close sweeps the lane, what it took is its own, and it counts it. */
	private boolean isWithdrawable(OneOff oneOff) {
		return oneOff.isQueued() && oneOff.lane().sweeps == 0;
	}

	private @Nullable Aftermath unqueue(OneOff oneOff, Lane lane) {
		oneOff.leaveQueue();
		lane.queuedOneOffs--;
		return unqueue(lane, 1, null);
	}

	// ---- Working ----

	/**
	 * Books what a worker has finished and gives it the next callback, waiting for one if
	 * need be.
	 * @return null where the worker is to leave
	 */
	@Nullable RunningCallback next(Worker worker) {
		RunningCallback next = takeUnlocked(worker);
		return (next != null) ? next : bookAndTake(worker);
	}

	private @Nullable RunningCallback takeUnlocked(Worker worker) {
		Batch batch = worker.batch;
		RunningCallback finished = worker.finished;
		if (batch == null || finished == null || !finished.isPlain()) {
			return null;
		}
		// What the callback has left behind; an interrupt that was sent ends the batch.
		boolean ignored = Thread.interrupted();
		RunningCallback next = batch.hasMore() ? batch.take(worker, stamp(batch.lane.generation.group)) : null;
		if (next != null) {
			// It is over, and may be large.
			worker.finished = null;
			taken(worker, next);
		}
		return next;
	}

	/** What starting leads to beside the counters. */
	private void taken(Worker worker, RunningCallback execution) {
		Entry entry = execution.entry();
		if (entry.isBounded()) {
			releaseBound(execution.lane(), 1);
		}
		if (entry.environment.isPersistent()) {
			worker.persistent = true;
		}
	}

	private @Nullable RunningCallback bookAndTake(Worker worker) {
		RunningCallback next = null;
		Worker wake = null;
		boolean stays = true;
		boolean inBurst;
		long now = this.time.nanoTime();
		lockToTake(worker);
		try {
			if (bookFinished(worker)) {
				now = this.time.nanoTime();
			}
			while (stays && next == null) {
				if (this.threads > this.maxThreads) {
					stays = false;
					break;
				}
				next = take(worker, now);
				if (next == null) {
					stays = awaitReady(worker);
					now = this.time.nanoTime();
				}
			}
			if (next == null) {
				left(worker);
			}
			inBurst = this.batches.isInBurst(worker);
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (inBurst) {
			this.time.readsOften();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		return next;
	}

	/**
	 * Takes the lock for a worker, which gives way to others: where somebody submits one
	 * callback after another, coming for each is slower, for both, than to let some
	 * gather. It goes on doing so as long as it finds several each time.
	 */
	private void lockToTake(Worker worker) {
		if (!worker.gathers && this.lock.tryLock()) {
			return;
		}
		if (this.spins) {
			for (int i = 0; i < GATHERING; i++) {
				Thread.onSpinWait();
			}
			worker.gathers = true;
		}
		this.lock.lockUnsettled();
	}

	/** Returns true where it let go of the lock, and time has passed. */
	private boolean bookFinished(Worker worker) {
		RunningCallback finished = worker.finished;
		worker.finished = null;
		if (finished == null) {
			return false;
		}
		if (worker.taker != Worker.NO_TAKER) {
			this.batches.book(worker);
		}
		worker.batch = null;
		worker.current = null;
		this.active--;
		Aftermath aftermath = bookReturn(finished);
		// What the callback left, or was sent: it must not reach the next one.
		boolean ignored = Thread.interrupted();
		if (aftermath != null) {
			// Before it takes the next: owners told here may close the group of what this
			// worker would have taken.
			runUnlocked(aftermath);
			ignored = Thread.interrupted();
		}
		return aftermath != null;
	}

	/**
	 * Owners may take their time, even wait for what has just become ready: somebody else
	 * is woken for that first.
	 */
	private void runUnlocked(Aftermath aftermath) {
		Worker wake = wakeOne();
		this.lock.unlock();
		try {
			if (wake != null) {
				wakeOrStart(wake);
			}
			aftermath.run();
		}
		finally {
			this.lock.lockUnsettled();
		}
	}

	/** Takes the callback whose turn it is. */
	private @Nullable RunningCallback take(Worker worker, long now) {
		RunningCallback next = this.batches.join(worker, now);
		if (next == null) {
			this.inboxes.empty();
			next = takeReady(worker, now);
			this.inboxes.review();
			if (next == null) {
				return null;
			}
		}
		this.active++;
		worker.started += (worker.batch != null) ? worker.batch.size() : 1;
		if (worker.searching) {
			worker.searching = false;
			this.searching--;
		}
		worker.gathers = worker.gathers && worker.batch != null && worker.batch.size() < this.batches.size();
		taken(worker, next);
		return next;
	}

	private @Nullable RunningCallback takeReady(Worker worker, long now) {
		// First what may fail: what is next must not leave its queue in vain, nor hold a
		// slot.
		RunningCallback execution = new RunningCallback(Thread.currentThread());
		Lane lane = this.ready.next(now);
		if (lane == null) {
			return null;
		}
		if (!(lane.peek(lane.nextLevel) instanceof OneOff)) {
			// What comes while callbacks of an object are laid out takes turns with them.
			this.inboxes.shut();
		}
		if (!this.ready.isSingle() || !this.batches.layOut(lane, lane.nextLevel)) {
			start(execution, this.ready.take(lane), lane, now);
			return execution;
		}
		this.ready.laidOut(lane);
		openInbox(lane, lane.nextLevel);
		return Objects.requireNonNull(this.batches.join(worker, now), "a batch is not empty");
	}

	private void start(RunningCallback execution, Entry entry, Lane lane, long now) {
		long queuedSince = entry.queuedNanos();
		execution.taken(entry, 0);
		execution.setHoldsSlot(lane.limit != null);
		execution.starts(now, now - queuedSince);
		if (entry instanceof MemberObject object) {
			execution.activatedBy(object.startOne());
			if (object.isReady()) {
				this.ready.add(lane, entry.environment.priority().level());
			}
		}
		else {
			entry.leaveQueue();
			lane.queuedOneOffs--;
			lane.runningOneOffs++;
		}
		this.ready.turnTaken(lane);
		lane.pending--;
		this.queued--;
		link(execution, lane);
	}

	private void link(RunningCallback execution, Lane lane) {
		lane.link(execution);
		lane.running++;
		this.running++;
	}

	/** Callbacks came in without the lock. */
	void countEntered(int count) {
		this.queued += count;
	}

	/** Callbacks were laid out, or put back (negative). */
	void countStarted(int count) {
		this.queued -= count;
		this.running += count;
	}

	/** Callbacks that were laid out have ended. */
	void countEnded(int count) {
		this.running -= count;
		this.completed += count;
	}

	/** Pool lock: what is laid out goes back to its queue; nothing is booked. */
	private void settleOrder() {
		this.inboxes.shut();
		Batch ended = this.batches.takeBack();
		if (ended != null) {
			this.ready.putBack(ended);
		}
	}

	/** Pool lock: makes good what {@link Inboxes} and {@link Batches} book late. */
	private void settle() {
		this.inboxes.shut();
		Batch ended = this.batches.settle();
		if (ended != null) {
			this.ready.putBack(ended);
		}
	}

	/** A callback has returned that did not run on a worker. */
	private void returned(RunningCallback execution) {
		if (execution.continuation() == null) {
			execution.tellListener();
		}
		Aftermath aftermath;
		Worker wake;
		this.lock.lock();
		try {
			aftermath = bookReturn(execution);
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		if (aftermath != null) {
			aftermath.run();
		}
	}

	/**
	 * The thread of an execution is through with it: it is finished, or goes on without a
	 * thread.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	private @Nullable Aftermath bookReturn(RunningCallback execution) {
		while (execution.isInterrupting()) {
			// The interrupt must hit this callback's thread while it is still this
			// callback's.
			this.lock.unlock();
			Thread.yield();
			this.lock.lock();
		}
		execution.setReturned();
		Continuation continuation = execution.continuation();
		if (continuation == null) {
			return finish(execution);
		}
		continuation.returned = true;
		if (!continuation.completed) {
			holdOwnSlot(execution);
			if (execution.isInterrupted()) {
				cancelUnlocked(continuation);
			}
			return null;
		}
		this.lock.unlock();
		try {
			execution.tellListener();
		}
		finally {
			this.lock.lock();
		}
		return finish(execution);
	}

	/**
	 * One that shared the slot of the callback around it goes on by itself: the group
	 * starts nothing in its place.
	 */
	private void holdOwnSlot(RunningCallback execution) {
		ConcurrencyLimit limit = execution.lane().limit;
		if (limit != null && !execution.holdsSlot()) {
			limit.acquire();
			execution.setHoldsSlot(true);
		}
	}

	/**
	 * The interrupt came when its callback was about to return: it is the stage that has
	 * to end. Its dependents may take their time.
	 */
	private void cancelUnlocked(Continuation continuation) {
		Worker wake = wakeOne();
		this.lock.unlock();
		try {
			if (wake != null) {
				wakeOrStart(wake);
			}
			continuation.cancel();
		}
		finally {
			this.lock.lock();
		}
	}

	/** The stage that an execution went on as is complete. No lock is held. */
	void continuationCompleted(RunningCallback execution, Continuation continuation) {
		this.lock.lock();
		try {
			boolean before = continuation.completed;
			continuation.completed = true;
			if (before || !continuation.returned) {
				// Before: it is a stage of the user's, which may say so twice.
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		execution.tellListener();
		Aftermath aftermath;
		Worker wake;
		this.lock.lock();
		try {
			aftermath = finish(execution);
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		if (aftermath != null) {
			aftermath.run();
		}
	}

	/** Books the end of an execution. */
	private @Nullable Aftermath finish(RunningCallback execution) {
		Lane lane = execution.lane();
		Entry entry = execution.entry();
		lane.unlink(execution);
		lane.running--;
		this.running--;
		lane.completed++;
		this.completed++;
		List<Throwable> failures = execution.failures();
		if (failures != null && lane.closing != null) {
			lane.addFailures(failures);
		}
		Aftermath aftermath = null;
		if (entry instanceof MemberObject object) {
			object.finish(execution.isDisassociated());
			if (object.takeHeldExpiry() && !this.closed) {
				expired(object, this.time.nanoTime());
			}
			aftermath = ended(object, null);
		}
		else {
			lane.runningOneOffs--;
		}
		if (execution.holdsSlot()) {
			aftermath = releaseSlot(lane, aftermath);
		}
		return settled(lane, aftermath);
	}

	/** Something of a member has ended: is it over? */
	private @Nullable Aftermath ended(MemberObject object, @Nullable Aftermath aftermath) {
		if (!object.isOver()) {
			return aftermath;
		}
		if (object.takeDeferredNotice()) {
			aftermath = Aftermath.of(aftermath);
			aftermath.noticeDue = object;
		}
		else if (object.releasedOrNull() != null && object.isReleased()) {
			aftermath = Aftermath.of(aftermath);
			aftermath.released = object.releasedOrNull();
		}
		return aftermath;
	}

	/** Gives the slot back and lets the lanes try again that stand in line for it. */
	private @Nullable Aftermath releaseSlot(Lane lane, @Nullable Aftermath aftermath) {
		ConcurrencyLimit limit = lane.limit;
		if (limit == null) {
			return aftermath;
		}
		limit.release();
		for (Lane inLine = limit.pollLane(); inLine != null; inLine = limit.pollLane()) {
			if (inLine.dispatcher == this) {
				slotFree(inLine);
			}
			else {
				aftermath = Aftermath.of(aftermath);
				aftermath.slotFreeFor.add(inLine);
			}
		}
		QueueBound bound = lane.generation.queueBound();
		if (bound != null) {
			bound.wakeSubmitters();
		}
		return aftermath;
	}

	private void slotFree(Lane lane) {
		lane.awaitsSlot = false;
		this.ready.addAll(lane);
		// Its turn may come before what is laid out, which is of another lane: those with
		// a limit have no batch.
		settleOrder();
	}

	/**
	 * The lane's group has got a limit. What runs already takes its slots, even where
	 * there are not so many.
	 */
	void limit(Lane lane, ConcurrencyLimit limit) {
		this.lock.lock();
		try {
			lane.limit = limit;
			lane.forEachRunning((running) -> {
				if (!running.sharesSlot()) {
					limit.acquire();
					running.setHoldsSlot(true);
				}
			});
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A lane of this pool may try again; called by a thread that freed a slot on another
	 * pool, or has raised the limit.
	 */
	void slotFreeElsewhere(Lane lane) {
		changeReady(lane, this::slotFree);
	}

	/** Something was taken off a lane: is it idle, is the pool terminated? */
	private @Nullable Aftermath settled(Lane lane, @Nullable Aftermath aftermath) {
		if (lane.closing != null && lane.isIdle()) {
			aftermath = Aftermath.of(aftermath);
			aftermath.idle = lane.closing;
		}
		if (isTerminated()) {
			this.terminationWaiters.wakeAll();
		}
		return aftermath;
	}

	private @Nullable Aftermath unqueue(Lane lane, long count, @Nullable Aftermath aftermath) {
		lane.pending -= count;
		this.queued -= count;
		return settled(lane, aftermath);
	}

	private void releaseBound(Lane lane, long count) {
		QueueBound bound = lane.generation.queueBound();
		if (bound != null && count > 0) {
			bound.release(count);
		}
	}

	void uncaught(String member, Throwable failure) {
		try {
			this.onUncaught.accept(member, failure);
		}
		catch (Throwable ex) {
			FailureLog.callbackThrew(member, failure);
			FailureLog.callbackThrew("onUncaught of pool " + this.name, ex);
		}
	}

	// ---- What running callbacks ask for ----

	/** Makes sure that a thread is at hand while a callback keeps its own. */
	boolean prepareSubstitute() {
		Worker started = null;
		boolean available;
		this.lock.lockUnsettled();
		try {
			available = !this.idle.isEmpty() || this.searching > 0;
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

	void disassociate(RunningCallback execution) {
		this.lock.lock();
		try {
			if (!execution.isDisassociated()) {
				execution.setDisassociated();
				if (execution.entry() instanceof MemberObject object) {
					object.disassociateOne();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Interrupts the thread of an execution, or asks the stage to end that it went on as.
	 */
	void interrupt(RunningCallback execution) {
		Thread thread;
		Continuation continuation = null;
		this.lock.lock();
		try {
			thread = execution.isInterrupting() ? null : execution.threadOrNull();
			if (thread != null) {
				execution.interruptBegins();
			}
			else if (execution.isReturned()) {
				continuation = execution.continuation();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (continuation != null) {
			continuation.cancel();
		}
		if (thread == null) {
			return;
		}
		Throwable thrown = null;
		try {
			// Outside the lock: it may run the close of an interruptible channel.
			thread.interrupt();
		}
		catch (Throwable ex) {
			// The channel's or the thread's doing: others are to be interrupted, too.
			thrown = ex;
		}
		finally {
			this.lock.lock();
			try {
				execution.interruptEnded();
			}
			finally {
				this.lock.unlock();
			}
		}
		if (thrown != null) {
			uncaught(execution.entry().memberName(), thrown);
		}
	}

	// ---- What is armed ----

	/**
	 * Arms a delayed task, which enters the lane when it expires. Only an open lane takes
	 * it: what a close has disarmed stays so.
	 */
	Admitted arm(TaskAlarm alarm, Lane lane, boolean inside, long due) {
		Runnable wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(lane, inside);
			if (refusal != null) {
				return refusal;
			}
			// First what may fail: nothing is in the lane then that is not armed.
			wake = this.alarms.arm(alarm, due);
			alarm.lane = lane;
			lane.linkArmed(alarm);
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wake.run();
		}
		return Admitted.ENTERED;
	}

	/** Returns false where it was not armed: it has expired, or was disarmed before. */
	boolean disarm(TaskAlarm alarm) {
		this.lock.lockUnsettled();
		try {
			boolean armed = alarm.isFiled();
			alarm.disarm(List.of());
			return armed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Admitted armingRefusal(Lane lane, boolean inside) {
		Admitted refusal = refusal(lane, inside);
		return (refusal == null && lane.state != Lane.OPEN) ? Admitted.SEALED : refusal;
	}

	private @Nullable Admitted armingRefusal(MemberObject object, boolean inside) {
		return object.isClosedByItself() ? Admitted.MEMBER_CLOSED : armingRefusal(object.lane(), inside);
	}

	/**
	 * Sets a timer anew, whatever it was set to.
	 * @param when it is due: from now, or a time on the wall clock
	 */
	Admitted set(Timer timer, long when, boolean onWallClock, Timer.@Nullable Rhythm rhythm, boolean inside) {
		// In this order: periods that begin with an expiry must not begin before it.
		long onItsClock = onWallClock ? this.alarms.wallClockNanos() : 0;
		long now = this.time.nanoTime();
		long due = onWallClock ? when : now + when;
		Runnable wakeClock;
		Worker wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(timer, inside);
			if (refusal != null) {
				return refusal;
			}
			this.alarms.disarm(timer);
			timer.setTo(onWallClock, rhythm);
			boolean isDue = due - (onWallClock ? onItsClock : now) <= 0;
			wakeClock = isDue ? timer.expire(due, now) : this.alarms.arm(timer, due);
			timer.countArmed();
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		if (wakeClock != null) {
			wakeClock.run();
		}
		return Admitted.ENTERED;
	}

	/**
	 * Arms a wait anew, or activates it at once where its signal is present or its time
	 * is over. The caller holds the signal's lock, and does the rest once it has released
	 * it.
	 * @param unlocked takes that rest
	 */
	Admitted set(Arming arming, boolean present, boolean inside, List<Runnable> unlocked) {
		Wait wait = arming.wait;
		WaitTimeout timeout = arming.timeout;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(wait, inside);
			if (refusal != null) {
				return refusal;
			}
			wait.disarm(unlocked);
			wait.setTo(arming);
			long now = this.time.nanoTime();
			if (present) {
				activate(wait, WaitResult.SIGNALED, now);
			}
			else if (timeout != null) {
				if (timeout.due() - (timeout.isOnWallClock() ? this.alarms.wallClockNanos() : now) <= 0) {
					activate(wait, WaitResult.TIMED_OUT, now);
					unlocked.add(() -> arming.signal.forget(arming));
				}
				else {
					Runnable wakeClock = this.alarms.arm(timeout, timeout.due());
					if (wakeClock != null) {
						unlocked.add(wakeClock);
					}
				}
			}
			wakeLater(unlocked);
			return Admitted.ENTERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A signal has something for an arming. The caller holds the signal's lock.
	 * @return false where it is armed no longer
	 */
	boolean signalled(Arming arming, List<Runnable> unlocked) {
		this.lock.lockUnsettled();
		try {
			if (this.closed || !arming.wait.isArmedBy(arming)) {
				return false;
			}
			if (arming.timeout != null) {
				this.alarms.disarm(arming.timeout);
			}
			activate(arming.wait, WaitResult.SIGNALED, this.time.nanoTime());
			wakeLater(unlocked);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Queues the callback of a wait. Pool lock. */
	void activate(Wait wait, WaitResult result, long now) {
		wait.activate(result);
		expired(wait, now);
	}

	/** Queues one more callback of an object that was armed. Pool lock. */
	void expired(MemberObject object, long now) {
		Lane lane = object.lane();
		this.inboxes.empty(lane);
		object.addPending(now);
		lane.pending++;
		this.queued++;
		makeReady(lane, object);
	}

	/** Arms a timer for its next expiry. Pool lock, on the alarms' own thread. */
	@Nullable Runnable armAgain(Timer timer, long due) {
		return this.alarms.arm(timer, due);
	}

	/** Disarms an object. Pool lock. */
	boolean disarmAlarm(Alarm alarm) {
		return this.alarms.disarm(alarm);
	}

	private void wakeLater(List<Runnable> unlocked) {
		Worker wake = wakeOne();
		if (wake != null) {
			unlocked.add(() -> wakeOrStart(wake));
		}
	}

	/** A lane has something armed now, or has nothing any more. Pool lock. */
	void noteArmed(Lane lane) {
		if (lane.hasArmed()) {
			this.armedLanes.add(lane);
		}
		else {
			this.armedLanes.remove(lane);
		}
	}

	/**
	 * Does all of what was to be done once a lock is released, whatever some of it
	 * throws.
	 */
	static void runAll(List<Runnable> unlocked) {
		Throwable failure = null;
		for (Runnable action : unlocked) {
			try {
				action.run();
			}
			catch (RuntimeException | Error ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof Error ex) {
			throw ex;
		}
	}

	/** Takes a timer or wait out of what it was set to, and what is queued of it. */
	Disarm unset(MemberObject object) {
		List<Runnable> unlocked = new ArrayList<>(0);
		Aftermath aftermath = null;
		Disarm disarm;
		long dropped = 0;
		this.lock.lock();
		try {
			boolean wasSet = object.isSetNow() && !object.isDisarmedForGood();
			boolean wasArmed = object.isArmedNow();
			object.disarm(unlocked);
			if (object.pending() > 0) {
				dropped = object.dropPending(unlocked);
				object.lane().cancelled += dropped;
				aftermath = unqueue(object.lane(), dropped, ended(object, null));
			}
			disarm = disarmed(wasSet, wasArmed, dropped > 0);
		}
		finally {
			this.lock.unlock();
		}
		try {
			runAll(unlocked);
		}
		finally {
			object.lane().generation.tellCancelled(dropped);
			if (aftermath != null) {
				aftermath.run();
			}
		}
		return disarm;
	}

	private static Disarm disarmed(boolean wasSet, boolean wasArmed, boolean wasQueued) {
		if (wasQueued) {
			return Disarm.DEQUEUED;
		}
		if (!wasSet) {
			return Disarm.NOT_SET;
		}
		return wasArmed ? Disarm.PREVENTED : Disarm.TOO_LATE;
	}

	/** For the thread of the alarms: lets expire what is due. */
	long expire(List<Runnable> unlocked) {
		this.lock.lockUnsettled();
		try {
			long nanos = this.alarms.expire(unlocked);
			wakeLater(unlocked);
			return nanos;
		}
		finally {
			this.lock.unlock();
		}
	}

	// ---- Operations under way ----

	/** Announces an operation. */
	Admitted start(Io.Operation<?> operation, boolean inside) {
		Io<?> io = operation.io();
		this.lock.lockUnsettled();
		try {
			Admitted refusal = refusal(io, io.lane(), inside);
			if (refusal != null) {
				return refusal;
			}
			io.announce(operation);
			io.lane().pending++;
			this.queued++;
			return Admitted.ENTERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends an operation: its callback is queued, or it was withdrawn.
	 * @param result null where it was withdrawn
	 * @return false where it had ended before
	 */
	<V> boolean end(Io.Operation<V> operation, Io.@Nullable Result<V> result) {
		Io<V> io = operation.io();
		boolean withResult = result != null;
		Lane lane = io.lane();
		Aftermath aftermath = null;
		Worker wake = null;
		boolean dropped = false;
		this.lock.lockUnsettled();
		try {
			switch (io.end(operation)) {
				case ENDED_BEFORE -> {
					return false;
				}
				case FORGOTTEN -> aftermath = ended(io, null);
				case UNDER_WAY -> {
					// A close that parts the queue drops this one too; it has not come to
					// it.
					dropped = withResult && lane.sweeps > 0 && io.retention().isDroppedAt(lane.droppedUpTo);
					if (withResult && !dropped) {
						operation.result(result);
						this.inboxes.empty(lane);
						io.completed(operation, this.time.nanoTime());
						makeReady(lane, io);
						wake = wakeOne();
					}
					else if (dropped) {
						io.dropOneByGroup();
						lane.cancelled++;
						aftermath = unqueue(lane, 1, ended(io, null));
					}
					else {
						io.dropOne();
						aftermath = unqueue(lane, 1, ended(io, null));
					}
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (dropped) {
			lane.generation.tellCancelled(1);
		}
		if (aftermath != null) {
			aftermath.run();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
		return true;
	}

	// ---- What members ask for ----

	/**
	 * Waits until nothing of a member is queued or running; without a time-out returns
	 * true.
	 */
	boolean awaitCallbacks(MemberObject object, Pending pending, @Nullable Duration timeout)
			throws InterruptedException {
		if (CallbackThread.isInside(object)) {
			throw new IllegalStateException("'" + object.memberName() + "' of " + object.lane().generation
					+ " waits for itself: the call comes from its own callback");
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Deadline deadline = Deadline.in(this.time, timeout);
		if (pending == Pending.CANCEL) {
			cancelPending(object);
		}
		Thread self = Thread.currentThread();
		this.lock.lock();
		try {
			while (!object.isQuiet()) {
				if (deadline.hasPassed()) {
					return false;
				}
				Waiters waiters = object.waiters();
				waiters.add(self);
				parkUnlocked(object, deadline.parkNanos());
				waiters.remove(self);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void parkUnlocked(Object blocker, long nanos) {
		this.lock.unlock();
		try {
			this.time.parkNanos(blocker, nanos);
		}
		finally {
			this.lock.lock();
		}
	}

	private void cancelPending(MemberObject object) {
		Lane lane = object.lane();
		List<Runnable> unlocked = new ArrayList<>(0);
		Aftermath aftermath = null;
		long dropped;
		this.lock.lock();
		try {
			object.disarm(unlocked);
			dropped = object.dropPending(unlocked);
			if (dropped > 0) {
				lane.cancelled += dropped;
				aftermath = unqueue(lane, dropped, ended(object, null));
			}
		}
		finally {
			this.lock.unlock();
		}
		runAll(unlocked);
		if (dropped > 0) {
			if (object.isBounded()) {
				releaseBound(lane, dropped);
			}
			lane.generation.tellCancelled(dropped);
		}
		if (aftermath != null) {
			aftermath.run();
		}
	}

	void close(MemberObject object) {
		List<Runnable> unlocked = new ArrayList<>(0);
		CompletableFuture<Void> released = null;
		this.lock.lock();
		try {
			object.disarm(unlocked);
			if (object.closeByItself() && object.isReleased()) {
				released = object.releasedOrNull();
			}
		}
		finally {
			this.lock.unlock();
		}
		runAll(unlocked);
		QueueBound bound = object.lane().generation.queueBound();
		if (bound != null && object.isBounded()) {
			bound.wakeSubmitters();
		}
		if (released != null) {
			released.complete(null);
		}
	}

	CompletableFuture<Void> released(MemberObject object) {
		this.lock.lock();
		try {
			return object.isReleased() ? CompletableFuture.completedFuture(null) : object.releasedFuture();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The owner of a cancelled member has been told.
	 * @return the future of its release, if anybody has asked for one and nothing of it
	 * is left
	 */
	@Nullable CompletableFuture<Void> told(MemberObject object) {
		this.lock.lock();
		try {
			object.told();
			return object.isReleased() ? object.releasedOrNull() : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	// ---- Closing a lane, and looking at it ----

	/** Lets start what a pause held back. */
	void resume(Lane lane) {
		changeReady(lane, this.ready::addAll);
	}

	/** Waits until whoever takes a callback sees what the caller has written before. */
	void publish() {
		this.lock.lock();
		try {
			// Holding the lock once is all there is to do.
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Seals a lane if it is not, and drops what is queued in it, up to a level of
	 * retention. Only the counters and the objects are touched under the lock; the queue
	 * is walked outside of it, for it is this thread's once it is taken.
	 */
	DroppedEntries drop(Lane lane, Retention level, Closing closing, DroppedEntries.Owners owners) {
		DroppedEntries dropped = new DroppedEntries(level, owners);
		changeReady(lane, (swept) -> {
			if (swept.state == Lane.OPEN) {
				swept.sealBy(closing);
				disarmAll(swept, dropped.unlocked());
			}
			if (level != Retention.NONE) {
				swept.state = Lane.CANCELLING;
			}
			if (!level.isDroppedAt(swept.droppedUpTo)) {
				swept.droppedUpTo = level;
			}
			if (level != Retention.NONE || swept.hasUnretained) {
				dropped.take(swept);
			}
			this.ready.addAll(swept);
		});
		if (!dropped.hasTaken()) {
			return dropped;
		}
		dropped.sort();
		changeReady(lane, (swept) -> {
			long count = dropped.book(swept);
			swept.cancelled += count;
			swept.pending -= count;
			this.queued -= count;
			this.ready.addAll(swept);
			if (isTerminated()) {
				this.terminationWaiters.wakeAll();
			}
		});
		releaseBound(lane, dropped.boundedCallbacks());
		return dropped;
	}

	private void disarmAll(Lane lane, List<Runnable> unlocked) {
		for (TaskAlarm armed = lane.firstArmed(); armed != null; armed = lane.firstArmed()) {
			armed.disarm(unlocked);
			unlocked.add(armed::disarmedByClose);
		}
		if (lane.armedObjects() > 0) {
			lane.objects.forEach((object) -> object.disarm(unlocked));
		}
	}

	/**
	 * Ends a drained lane.
	 * @return the futures of its objects' release, for the caller to complete
	 */
	List<CompletableFuture<Void>> end(Lane lane) {
		List<CompletableFuture<Void>> released = new ArrayList<>();
		this.lock.lock();
		try {
			lane.state = Lane.CLOSED;
			lane.objects.forEach((object) -> {
				CompletableFuture<Void> future = object.releasedOrNull();
				if (future != null && object.isReleased()) {
					released.add(future);
				}
			});
		}
		finally {
			this.lock.unlock();
		}
		return released;
	}

	/** The thread that an execution has at this moment, null if none. */
	@Nullable Thread threadOf(RunningCallback execution) {
		this.lock.lock();
		try {
			return execution.threadOrNull();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Looks at something under the lock. */
	<T> T inspect(Supplier<T> look) {
		this.lock.lock();
		try {
			return look.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Does something under the lock. */
	void locked(Runnable action) {
		this.lock.lock();
		try {
			action.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Looks at a lane under the lock. */
	void inspect(Lane lane, Consumer<Lane> inspector) {
		this.lock.lock();
		try {
			inspector.accept(lane);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void changeReady(Lane lane, Consumer<Lane> change) {
		Worker wake;
		this.lock.lock();
		try {
			change.accept(lane);
			wake = wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wakeOrStart(wake);
		}
	}

	// ---- The pool ----

	/** Starts the threads that are always there (R7). */
	void startMinimum() {
		for (;;) {
			Worker worker;
			this.lock.lock();
			try {
				if (this.closed || this.threads >= this.minThreads) {
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
			surplus = List.copyOf(this.idle);
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

	PoolStats stats() {
		this.lock.lock();
		try {
			return new PoolStats(this.minThreads, this.maxThreads, this.threads, this.active, this.queued,
					this.completed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Pool lock. */
	boolean isClosedNow() {
		return this.closed;
	}

	AlarmClock alarms() {
		return this.alarms;
	}

	Submitters submitters() {
		return this.submitters;
	}

	boolean isClosed() {
		this.lock.lockUnsettled();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	void close() {
		List<Worker> parked;
		List<Runnable> disarmed = new ArrayList<>();
		this.lock.lock();
		try {
			this.closed = true;
			List.copyOf(this.armedLanes).forEach((lane) -> disarmAll(lane, disarmed));
			this.alarms.close(disarmed);
			parked = List.copyOf(this.idle);
			if (isTerminated()) {
				this.terminationWaiters.wakeAll();
			}
		}
		finally {
			this.lock.unlock();
		}
		parked.forEach(Worker::unpark);
		// There may never be room again: a paused group starts nothing.
		this.submitters.wakeAll();
		runAll(disarmed);
	}

	boolean awaitTermination(Duration timeout) throws InterruptedException {
		if (CallbackThread.isInside(this)) {
			throw new IllegalStateException(
					"pool '" + this.name + "' cannot be waited for from one of its own callbacks");
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Deadline deadline = Deadline.in(this.time, timeout);
		Thread self = Thread.currentThread();
		this.lock.lock();
		try {
			while (!isTerminated()) {
				if (deadline.hasPassed()) {
					return false;
				}
				this.terminationWaiters.add(self);
				parkUnlocked(this, deadline.parkNanos());
				this.terminationWaiters.remove(self);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isTerminated() {
		return this.closed && this.queued == 0 && this.running == 0;
	}

	// ---- The workers ----

	/**
	 * Searches, then parks, until there may be something to take. Holds the lock on entry
	 * and on return.
	 * @return false where the worker is to leave
	 */
	private boolean awaitReady(Worker worker) {
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

	/**
	 * A worker has failed while it ran no callback, for want of memory, say. It stays a
	 * worker of the pool; what it has finished it books when it next comes.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	void failed(Worker worker, Throwable failure) {
		this.lock.lock();
		try {
			this.idle.remove(worker);
			if (worker.woken) {
				// It has been counted as searching since.
				worker.woken = false;
				worker.searching = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		uncaught("worker of pool " + this.name, failure);
		// Others may give back what it lacks.
		Thread.yield();
	}

	private void parkUnlocked(long nanos) {
		this.lock.unlock();
		try {
			this.time.parkNanos(this, nanos);
		}
		finally {
			this.lock.lockUnsettled();
		}
	}

	private boolean park(Worker worker) {
		long since = this.time.nanoTime();
		this.idle.addFirst(worker);
		for (;;) {
			boolean kept = worker.persistent || this.threads <= this.minThreads;
			long nanos = kept ? TimeSource.FOREVER : this.keepAliveNanos - (this.time.nanoTime() - since);
			if (nanos <= 0 || this.closed || this.threads > this.maxThreads) {
				this.idle.remove(worker);
				return false;
			}
			parkUnlocked(nanos);
			// A callback's leftover, or somebody else's: it would turn the next park into
			// a busy loop.
			boolean ignored = Thread.interrupted();
			if (worker.woken) {
				worker.woken = false;
				worker.started = 0;
				worker.searching = true;
				return true;
			}
		}
	}

	/**
	 * A worker to wake or start for what is ready, null where nobody is needed or to be
	 * had.
	 */
	private @Nullable Worker wakeOne() {
		if (!isWorkerNeeded()) {
			return null;
		}
		Worker worker = wakeIdle();
		return (worker == null && this.threads < this.maxThreads) ? newWorker() : worker;
	}

	private boolean isWorkerNeeded() {
		return this.searching == 0 && hasReady();
	}

	private boolean hasReady() {
		return !this.ready.isEmpty() || this.batches.hasMore();
	}

	private @Nullable Worker wakeIdle() {
		Worker worker = this.idle.pollFirst();
		if (worker != null) {
			worker.woken = true;
			this.searching++;
		}
		return worker;
	}

	private Worker newWorker() {
		// First what may fail: a worker that is counted is looked for.
		Worker worker = new Worker(this);
		this.threads++;
		this.searching++;
		return worker;
	}

	/**
	 * Lets a worker go to work that {@link #wakeOne()} chose. No lock is held: the thread
	 * factory is the user's.
	 */
	private boolean wakeOrStart(Worker worker) {
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
				instead = isWorkerNeeded() ? wakeIdle() : null;
			}
			finally {
				this.lock.unlock();
			}
			if (instead != null) {
				instead.unpark();
			}
			uncaught("thread factory of pool " + this.name, ex);
			return false;
		}
	}

	private void left(Worker worker) {
		this.threads--;
		if (worker.searching) {
			worker.searching = false;
			this.searching--;
		}
	}

	@Override
	public String toString() {
		PoolStats now = stats();
		return "pool '" + this.name + "' (" + now.threads() + " of " + now.maxThreads() + " threads, "
				+ now.activeThreads() + " active, " + now.pendingCallbacks() + " callbacks pending)";
	}

	/** What a booking leads to that must not happen under the lock. */
	private static final class Aftermath {

		@Nullable MemberObject noticeDue;

		@Nullable CompletableFuture<Void> released;

		@Nullable Closing idle;

		final List<Lane> slotFreeFor = new ArrayList<>(0);

		static Aftermath of(@Nullable Aftermath existing) {
			return (existing != null) ? existing : new Aftermath();
		}

		void run() {
			this.slotFreeFor.forEach((lane) -> lane.dispatcher.slotFreeElsewhere(lane));
			if (this.released != null) {
				this.released.complete(null);
			}
			if (this.noticeDue != null) {
				Closing closing = this.noticeDue.lane().closing;
				if (closing != null) {
					closing.noticeDue(this.noticeDue);
				}
			}
			if (this.idle != null) {
				this.idle.laneIdle();
			}
		}

	}

}
