package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * ready rings, its {@link Workers}. It is held for some tens of instructions and never
 * while code of a user runs. Where nothing is to be decided, callbacks enter and start
 * without it: see {@link Inboxes} and {@link Batches}.
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
 * <h3>What happens outside the lock</h3>
 *
 * Starting a thread, completing a future, notifying an owner, entering the dispatcher of
 * another pool: what a booking leads to of this kind is collected in an {@link Aftermath}
 * and done once the lock is released.
 *
 * <h3>The parts</h3>
 *
 * What can be told apart from that is in classes of its own. Each is made by the
 * constructor and shares the pool's lock.
 *
 * <ul>
 * <li>{@link Workers}: who parks, searches, is woken, started, and leaves</li>
 * <li>{@link ArmedMembers}: timers, waits and delayed tasks until they expire</li>
 * <li>{@link IoOperations}: operations under way</li>
 * <li>{@link MemberRequests}: what is asked of single member objects</li>
 * <li>{@link ExecutionRequests}: what is asked of single running callbacks</li>
 * <li>{@link MemberThreads}: threads of members' own</li>
 * </ul>
 *
 * <p>
 * The file's order: entering, working, ends and the slots that they free, closing a lane,
 * the pool itself.
 */
final class Dispatcher {

	/** How often is looked whether a thread has failed to start. */
	static final long THREAD_CHECK_NANOS = Duration.ofMillis(10).toNanos();

	/** So many new members within {@link #JOIN_BURST_NANOS} make a burst. */
	private static final int JOIN_BURST = 64;

	private static final long JOIN_BURST_NANOS = Duration.ofMillis(1).toNanos();

	final String name;

	final TimeSource time;

	/** Where callbacks without a group queue. */
	final Lane ungrouped;

	private final BiConsumer<String, Throwable> onUncaught;

	private final PoolLock lock = new PoolLock(this::settle);

	private final ReadyRings ready = new ReadyRings();

	private final Batches batches = new Batches(this);

	private final Inboxes inboxes = new Inboxes(this, this.ready);

	private final Workers workers;

	private final ArmedMembers armed;

	private final IoOperations operations;

	private final MemberRequests requests;

	private final ExecutionRequests executions;

	private final MemberThreads memberThreads;

	/** Submitters that wait for room in the queue of their group. */
	private final Submitters submitters = new Submitters();

	// From here on: guarded by the lock.

	private final Waiters terminationWaiters = new Waiters();

	/** Callbacks queued, of all lanes. */
	private long queued;

	/**
	 * Callbacks running, of all lanes; those that run in their submitter or hold no
	 * thread included.
	 */
	private long running;

	private long completed;

	private boolean closed;

	/** Members that have joined since {@link #joinsCountedSince}. */
	private int joins;

	private long joinsCountedSince;

	Dispatcher(ThreadPool.Builder builder, ThreadFactory threadFactory, boolean spins) {
		this.name = builder.name();
		this.time = builder.timeSource();
		this.onUncaught = builder.onUncaught();
		this.workers = new Workers(this, this.lock, this.ready, this.batches, builder, threadFactory, spins);
		this.armed = new ArmedMembers(this, this.lock, this.workers, builder.timerThreads());
		this.operations = new IoOperations(this, this.lock, this.workers);
		this.requests = new MemberRequests(this, this.lock);
		this.executions = new ExecutionRequests(this, this.lock);
		this.memberThreads = new MemberThreads(this, this.lock);
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
		if (wake != null && !this.workers.wakeOrStart(wake)) {
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
		if (wake != null && !this.workers.wakeOrStart(wake)) {
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
		// The user's thread and clock may fail: before anything counts as running.
		ThreadState found = ThreadState.of(thread);
		long now = this.time.nanoTime();
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
				lane.startUnqueued(oneOff);
			}
			else {
				((Work) entry).startUnqueued();
			}
			execution.starts(now, 0);
			link(execution, lane);
		}
		finally {
			this.lock.unlock();
		}
		run(submitter, execution, found);
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

	/**
	 * Runs what has started, on a thread that is none of the pool's.
	 * @param known how to leave that thread; null where it has not been asked
	 */
	void run(CallbackThread current, RunningCallback execution, @Nullable ThreadState known) {
		current.running = execution;
		try {
			ThreadState found = (known != null) ? known : stateOrNull(execution);
			FlightEvents.INSTANCE.run(execution);
			if (found != null) {
				found.restore(Thread.currentThread());
			}
		}
		catch (Throwable ex) {
			uncaught(execution.entry().memberName(), ex);
		}
		finally {
			current.running = execution.outer();
			current.leaveIfUnused();
			returned(execution);
		}
	}

	/** Null where the thread does not tell: it runs its code all the same. */
	private @Nullable ThreadState stateOrNull(RunningCallback execution) {
		try {
			return ThreadState.of(Thread.currentThread());
		}
		catch (Throwable ex) {
			uncaught(execution.entry().memberName(), ex);
			return null;
		}
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

	/** Why nothing would enter a lane, null where it would. Pool lock. */
	@Nullable Admitted refusal(Lane lane, boolean inside) {
		if (this.closed) {
			return Admitted.POOL_CLOSED;
		}
		return lane.admits(inside) ? null : Admitted.SEALED;
	}

	/**
	 * As {@link #refusal(Lane, boolean)}; what every close drops does not enter a lane
	 * that is being closed: its owner may have been told already. Pool lock.
	 */
	@Nullable Admitted refusal(Entry entry, Lane lane, boolean inside) {
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
		return this.workers.wakeOne();
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
		putBack(this.batches.becameReady(entry, lane, level));
	}

	/** The lane of a batch that was ended comes first again. */
	private void putBack(@Nullable Batch ended) {
		if (ended != null) {
			this.ready.putBack(ended);
		}
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

	/** Queues the callback of an operation that has its result. Pool lock. */
	void completed(Io.Operation<?> operation) {
		Io<?> io = operation.io();
		Lane lane = io.lane();
		this.inboxes.empty(lane);
		io.completed(operation, this.time.nanoTime());
		makeReady(lane, io);
	}

	/** Refuses after all what no thread could be started for, if there is none. */
	private void refuseWithoutThread(Entry entry) {
		Lane lane = entry.lane();
		Aftermath aftermath;
		Worker wake;
		this.lock.lock();
		try {
			if (this.workers.any() || lane.sweeps > 0 || entry.pending() == 0) {
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
			wake = (this.queued > 0) ? this.workers.wakeOne() : null;
		}
		finally {
			this.lock.unlock();
		}
		followUp(wake, aftermath);
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
			worker.finished = null;
			worker.reuse(finished);
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
		boolean stoodBy = false;
		boolean inBurst;
		long now = this.time.nanoTime();
		this.workers.lockToTake(worker);
		try {
			if (bookFinished(worker)) {
				now = this.time.nanoTime();
			}
			while (stays && next == null) {
				if (this.workers.areTooMany()) {
					stays = false;
					break;
				}
				if (!stoodBy && this.workers.standBy(worker, now)) {
					// Not twice before it has tried to take: it may have waited for the
					// lock.
					stoodBy = true;
					now = this.time.nanoTime();
					continue;
				}
				next = take(worker, now);
				if (next == null) {
					stays = this.workers.awaitReady(worker);
					stoodBy = false;
					now = this.time.nanoTime();
				}
			}
			if (next == null) {
				this.workers.left(worker);
			}
			inBurst = this.batches.isInBurst(worker);
			wake = this.workers.wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (inBurst) {
			this.time.readsOften();
		}
		if (wake != null) {
			this.workers.wakeOrStart(wake);
		}
		return next;
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
		this.workers.cameBack();
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
		Worker wake = this.workers.wakeOne();
		this.lock.unlock();
		try {
			followUp(wake, aftermath);
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
		this.workers.took(worker);
		worker.gathers = worker.gathers && worker.batch != null && this.batches.isWorthGathering(worker.batch);
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

	/** It has started. Pool lock. */
	void link(RunningCallback execution, Lane lane) {
		lane.link(execution);
		lane.running++;
		this.running++;
	}

	/** Callbacks came in without the lock, or will come as operations end. */
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
		putBack(this.batches.takeBack());
	}

	/** Pool lock: makes good what {@link Inboxes} and {@link Batches} book late. */
	private void settle() {
		this.inboxes.shut();
		putBack(this.batches.settle());
	}

	// ---- Ends, and the slots that they free ----

	/** A callback has returned that did not run on a worker. */
	private void returned(RunningCallback execution) {
		if (execution.continuation() == null) {
			execution.tellListener();
		}
		book(() -> bookReturn(execution));
	}

	/** Books something, and does what that leads to. No lock is held. */
	void book(Booking booking) {
		Aftermath aftermath;
		Worker wake;
		this.lock.lock();
		try {
			aftermath = booking.book();
			wake = this.workers.wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		followUp(wake, aftermath);
	}

	/** Changes counters under the lock. */
	interface Booking {

		@Nullable Aftermath book();

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
		Worker wake = this.workers.wakeOne();
		this.lock.unlock();
		try {
			if (wake != null) {
				this.workers.wakeOrStart(wake);
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
		book(() -> finish(execution));
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

	/** Something of a member has ended: is it over? Pool lock. */
	@Nullable Aftermath ended(MemberObject object, @Nullable Aftermath aftermath) {
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
				if (running.needsSlot()) {
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

	/** Something was taken off a lane: is that quiet, is the pool? Pool lock. */
	@Nullable Aftermath settled(Lane lane, @Nullable Aftermath aftermath) {
		if (lane.closing != null && lane.isQuiet()) {
			aftermath = Aftermath.of(aftermath);
			aftermath.quiet = lane.closing;
		}
		if (isQuiet()) {
			this.terminationWaiters.wakeAll();
		}
		return aftermath;
	}

	/** Callbacks were taken off the queue of a lane and will not run. Pool lock. */
	@Nullable Aftermath unqueue(Lane lane, long count, @Nullable Aftermath aftermath) {
		lane.pending -= count;
		this.queued -= count;
		return settled(lane, aftermath);
	}

	/** Callbacks stand in their group's bounded queue no longer. */
	void releaseBound(Lane lane, long count) {
		QueueBound bound = lane.generation.queueBound();
		if (bound != null && count > 0) {
			bound.release(count);
		}
	}

	/**
	 * What follows a booking, once the lock is released.
	 * @param wake a worker that {@link Workers#wakeOne()} chose
	 */
	void followUp(@Nullable Worker wake, @Nullable Aftermath aftermath) {
		if (wake != null) {
			this.workers.wakeOrStart(wake);
		}
		if (aftermath != null) {
			aftermath.run();
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
	 * Seals a lane if it is not, and drops what is queued in it, up to the level of
	 * retention. Only the counters and the objects are touched under the lock; the queue
	 * is walked outside of it, for it is this thread's once it is taken.
	 * @param dropped takes what the caller settles, also where this throws
	 */
	void drop(Lane lane, Closing closing, DroppedEntries dropped) {
		Retention level = dropped.level();
		changeReady(lane, (swept) -> {
			if (swept.state == Lane.OPEN) {
				swept.sealBy(closing, dropped.unlocked());
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
			return;
		}
		dropped.sort();
		changeReady(lane, (swept) -> {
			long count = dropped.book(swept);
			swept.cancelled += count;
			swept.pending -= count;
			this.queued -= count;
			this.ready.addAll(swept);
			if (isQuiet()) {
				this.terminationWaiters.wakeAll();
			}
		});
		releaseBound(lane, dropped.boundedCallbacks());
	}

	/**
	 * Ends a drained lane, which holds none of its members from then on.
	 * @param unlocked takes what the caller does without a lock, as completing the
	 * futures of its objects' release
	 */
	void end(Lane lane, List<Runnable> unlocked) {
		this.lock.lock();
		try {
			lane.state = Lane.CLOSED;
			lane.leaveQueues();
			try {
				// Something is armed only where sealing has failed.
				this.armed.disarmAll(lane, unlocked);
			}
			finally {
				lane.objects.removeAll((object) -> {
					CompletableFuture<Void> future = object.releasedOrNull();
					if (future != null && object.isReleased()) {
						unlocked.add(() -> future.complete(null));
					}
				});
			}
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
			wake = this.workers.wakeOne();
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			this.workers.wakeOrStart(wake);
		}
	}

	// ---- The pool ----

	PoolStats stats() {
		this.lock.lock();
		try {
			return this.workers.stats(this.queued, this.completed);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Pool lock. */
	boolean isClosedNow() {
		return this.closed;
	}

	Workers workers() {
		return this.workers;
	}

	ArmedMembers armed() {
		return this.armed;
	}

	IoOperations operations() {
		return this.operations;
	}

	MemberRequests requests() {
		return this.requests;
	}

	ExecutionRequests executions() {
		return this.executions;
	}

	MemberThreads memberThreads() {
		return this.memberThreads;
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
			this.armed.close(disarmed);
			parked = this.workers.parked();
			if (isQuiet()) {
				this.terminationWaiters.wakeAll();
			}
		}
		finally {
			this.lock.unlock();
		}
		parked.forEach(Worker::unpark);
		// There may never be room again: a paused group starts nothing.
		this.submitters.wakeAll();
		Aftermath.runAll(disarmed);
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
		this.lock.lock();
		try {
			while (!isTerminated()) {
				boolean quiet = isQuiet();
				if (quiet && withdrawUnstartedUnlocked()) {
					continue;
				}
				if (deadline.hasPassed()) {
					return false;
				}
				long nanos = Math.min(deadline.parkNanos(), quiet ? THREAD_CHECK_NANOS : Long.MAX_VALUE);
				this.terminationWaiters.park(this.lock, () -> this.time.parkNanos(this, nanos));
			}
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether it is closed and nothing runs, nor will but what has a thread already. */
	private boolean isQuiet() {
		return this.closed && this.queued == 0 && this.running == 0;
	}

	private boolean isTerminated() {
		return isQuiet() && !this.memberThreads.anyUnbegun();
	}

	/**
	 * Withdraws one that was not started: nothing runs that would. Holds the lock on
	 * entry and on return.
	 * @return whether there is to be looked again
	 */
	private boolean withdrawUnstartedUnlocked() {
		UnbegunThread thread = this.memberThreads.firstUnbegunOfPool();
		this.lock.unlock();
		try {
			if (thread != null && thread.startedThread() == null) {
				this.memberThreads.withdraw(thread);
				return true;
			}
		}
		finally {
			this.lock.lock();
		}
		return isTerminated();
	}

	@Override
	public String toString() {
		PoolStats now = stats();
		return "pool '" + this.name + "' (" + now.threads() + " of " + now.maxThreads() + " threads, "
				+ now.activeThreads() + " active, " + now.pendingCallbacks() + " callbacks pending)";
	}

}
