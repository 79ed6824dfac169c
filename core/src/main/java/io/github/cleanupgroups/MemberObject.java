package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What work, timers, waits and input/output have in common: an object that belongs to a
 * lane from its creation on, counts its callbacks, and is closed once.
 *
 * <p>
 * A callback of it is <em>pending</em>, then <em>running</em>, then finished; or it is
 * dropped while pending. Callbacks that are pending and <em>ready</em> are what the
 * object stands in its lane's queue for.
 */
abstract sealed class MemberObject extends Entry permits Work, ArmableObject, Io {

	// What may be in the flags.

	/** It stands in the lane's queue: once, however many callbacks are pending. */
	private static final int QUEUED = 1;

	/** Its lane counts it among those that are armed or stale. */
	private static final int COUNTED_AS_ARMED = 1 << 1;

	/** A callback has started. */
	private static final int RAN = 1 << 2;

	/** A close has booked it for a notice. */
	private static final int CANCELLED_BY_GROUP = 1 << 3;

	/** A cancelling close tells its owner as soon as nothing of it runs. */
	private static final int NOTICE_DEFERRED = 1 << 4;

	/** Its owner has been told that, or there was nobody to tell. */
	private static final int TOLD = 1 << 5;

	/** The last command set it, closes aside (R52); of a stale timer the one before. */
	private static final int SET = 1 << 6;

	/** What it was set to is a time of the wall clock. */
	private static final int ON_WALL_CLOCK = 1 << 7;

	private static final int QUEUED_UNIT_BITS = 10;

	/** Later ones count as having been queued at that distance from the first. */
	private static final long LONGEST_QUEUED = (long) Integer.MAX_VALUE << QUEUED_UNIT_BITS;

	private final Lane lane;

	/** Links of the lane's objects. Pool lock. */
	@Nullable MemberObject previousObject;

	@Nullable MemberObject nextObject;

	/** Since when the callback that is next has been queued. Pool lock. */
	private long queuedNanos;

	/** Executions that have not finished. Pool lock. */
	private int running;

	/** Never changes. */
	private final @Nullable Object context;

	/** Callbacks that have not begun. Pool lock. */
	private long pending;

	/** What few objects need; made when first needed. Pool lock. */
	private @Nullable Seldom seldom;

	/** Pool lock. */
	private byte flags;

	/** Closed by itself. Written under the pool's lock, read by anybody. */
	private volatile boolean closed;

	MemberObject(CallbackEnvironment environment, @Nullable Object context, Lane lane, long joinedNanos) {
		super(environment, joinedNanos);
		this.context = context;
		this.lane = lane;
	}

	/** Called before it is first published. */
	void decoratedWith(CallbackDecorator.@Nullable Decoration made) {
		if (made != null) {
			seldom().decoration = made;
		}
	}

	/**
	 * Read without a lock: an object that has one has had it since before it was known.
	 */
	@Override
	CallbackDecorator.@Nullable Decoration decoration() {
		Seldom mine = this.seldom;
		return (mine != null) ? mine.decoration : null;
	}

	// The public methods are those of Member. They are not final, though the kinds of
	// objects are: so each public class has them as its own, for reflection too.

	/** See {@link Member}. */
	public MemberKind kind() {
		return memberKind();
	}

	/** See {@link Member}. */
	public String name() {
		return memberName();
	}

	/** See {@link Member}. */
	@Override
	public @Nullable Object context() {
		return this.context;
	}

	/** See {@link Member}. */
	public @Nullable CleanupGroup group() {
		return this.lane.generation.group;
	}

	/** See {@link Member}. */
	public boolean isClosed() {
		return this.closed || this.lane.state != Lane.OPEN;
	}

	/** See {@link Member}. */
	public void awaitCallbacks(Pending pendingCallbacks) throws InterruptedException {
		Objects.requireNonNull(pendingCallbacks, "pending");
		this.lane.dispatcher.requests().awaitCallbacks(this, pendingCallbacks, null);
	}

	/** See {@link Member}. */
	public boolean awaitCallbacks(Pending pendingCallbacks, Duration timeout) throws InterruptedException {
		Objects.requireNonNull(pendingCallbacks, "pending");
		Arguments.requireNotNegative(timeout, "timeout of a wait for " + this);
		return this.lane.dispatcher.requests().awaitCallbacks(this, pendingCallbacks, timeout);
	}

	/** See {@link Member}. */
	public void close() {
		this.lane.dispatcher.requests().close(this);
	}

	/** See {@link Member}. */
	public CompletableFuture<Void> released() {
		return this.lane.dispatcher.requests().released(this).copy();
	}

	@Override
	public String toString() {
		return getClass().getSimpleName() + " '" + name() + "' of " + this.lane.generation
				+ (isClosed() ? " (closed)" : "");
	}

	@Override
	final Lane lane() {
		return this.lane;
	}

	@Override
	final Member object() {
		return (Member) this;
	}

	@Override
	long queuedNanos() {
		return this.queuedNanos;
	}

	// The rest is guarded by the pool's lock.

	/** Since when, at the least, whatever is pending has been queued. */
	final long lastQueuedNanos() {
		return this.queuedNanos + ((long) lastQueuedAfter() << QUEUED_UNIT_BITS);
	}

	/**
	 * How much later something of it was queued last, in units of 1,024 ns: no callback
	 * that is pending has waited less. A timer does without: it has one pending at most.
	 */
	int lastQueuedAfter() {
		return 0;
	}

	void lastQueuedAfter(int units) {
		// Nothing to keep, where it is the first that is pending.
	}

	@Override
	final long pending() {
		return this.pending;
	}

	int running() {
		return this.running;
	}

	boolean isClosedByItself() {
		return this.closed;
	}

	boolean hasRun() {
		return is(RAN);
	}

	long dropped() {
		return (this.seldom != null) ? this.seldom.dropped : 0;
	}

	/** Whether a wait for this member ends. */
	boolean isQuiet() {
		return this.pending == 0 && this.running == ((this.seldom != null) ? this.seldom.disassociated : 0);
	}

	/** Whether no callback of it will ever run again, its group's close aside. */
	boolean isOver() {
		return this.pending == 0 && this.running == 0;
	}

	/**
	 * Whether it is closed, over and forgotten, and its owner told if there was something
	 * to tell.
	 */
	boolean isReleased() {
		return isOver() && isForgotten()
				&& (this.closed || is(TOLD) || (this.lane.state == Lane.CLOSED && !is(CANCELLED_BY_GROUP)));
	}

	/** Whether there is anybody to tell that a close has cancelled it. */
	boolean hasSomebodyToTell() {
		return this.environment.cancelCallback() != null || decoration() != null || releasedOrNull() != null;
	}

	/**
	 * Its owner has been told that a close has cancelled it, or there was nobody to tell.
	 */
	void told() {
		mark(TOLD, true);
	}

	/** One more callback, which is ready: queues the object if it is not. */
	final void addPending(long now) {
		MemberState before = state();
		if (!isReady()) {
			this.queuedNanos = now;
		}
		lastQueuedAfter((int) (Math.min(now - this.queuedNanos, LONGEST_QUEUED) >> QUEUED_UNIT_BITS));
		this.pending++;
		enqueue();
		retally(before);
	}

	/** One more callback, which is not ready yet. */
	final void addUnready() {
		MemberState before = state();
		this.pending++;
		retally(before);
	}

	/** Something of what is pending has become ready. */
	final void enqueue() {
		if (!is(QUEUED)) {
			mark(QUEUED, true);
			this.lane.enqueue(this);
		}
	}

	/**
	 * It was taken off the queue to start one callback; goes to the end where it has
	 * more.
	 * @return what that callback is about, null where the object says it all
	 */
	final @Nullable Object startOne() {
		MemberState before = state();
		mark(QUEUED, false);
		this.pending--;
		this.running++;
		mark(RAN, true);
		Object activation = takeActivation();
		if (isReady()) {
			waitedSinceLast();
			enqueue();
		}
		retally(before);
		return activation;
	}

	/** What is next has been queued since the last was, as far as is known. */
	private void waitedSinceLast() {
		this.queuedNanos = lastQueuedNanos();
		lastQueuedAfter(0);
	}

	/**
	 * It was taken off the queue to start several callbacks, which are about nothing but
	 * the object; goes to the end where it has more.
	 */
	final void startAll(int count) {
		MemberState before = state();
		mark(QUEUED, false);
		this.pending -= count;
		this.running += count;
		mark(RAN, true);
		if (isReady()) {
			waitedSinceLast();
			enqueue();
		}
		retally(before);
	}

	/**
	 * Callbacks that had counted as started wait on.
	 * @param since when they were queued, at the least: before what came meanwhile
	 * @return whether it has to be put into the queue
	 */
	final boolean takeBack(int count, long since) {
		MemberState before = state();
		long last = isReady() ? lastQueuedNanos() : since;
		this.queuedNanos = since;
		lastQueuedAfter((int) (Math.min(last - since, LONGEST_QUEUED) >> QUEUED_UNIT_BITS));
		this.pending += count;
		this.running -= count;
		retally(before);
		boolean stands = is(QUEUED);
		mark(QUEUED, true);
		return !stands;
	}

	/** As {@link #finish} for several at once, none of which had disassociated. */
	final void finishAll(int count) {
		MemberState before = state();
		this.running -= count;
		retally(before);
		wakeIfQuiet();
	}

	/** Takes off what the callback is about that starts. */
	@Nullable Object takeActivation() {
		return null;
	}

	/** A callback runs in its submitter, without having been queued. */
	void startUnqueued() {
		MemberState before = state();
		this.running++;
		mark(RAN, true);
		retally(before);
	}

	final void finish(boolean wasDisassociated) {
		MemberState before = state();
		this.running--;
		retally(before);
		if (wasDisassociated) {
			seldom().disassociated--;
		}
		wakeIfQuiet();
	}

	/** Whether something expired that must not overlap with what has just ended. */
	boolean takeHeldExpiry() {
		return false;
	}

	void disassociateOne() {
		seldom().disassociated++;
		wakeIfQuiet();
	}

	@Override
	void leaveQueue() {
		mark(QUEUED, false);
	}

	/**
	 * Forgets what is pending and says how much that was; it may go on standing in the
	 * queue.
	 * @param unlocked takes what is to be done once the lock is released
	 */
	final long dropPending(List<Runnable> unlocked) {
		MemberState before = state();
		long count = this.pending;
		this.pending = 0;
		dropActivations(unlocked);
		retally(before);
		wakeIfQuiet();
		return count;
	}

	/** As {@link #dropPending}, by a close of the group. */
	final long dropByGroup(List<Runnable> unlocked) {
		long count = dropPending(unlocked);
		if (count > 0) {
			seldom().dropped += count;
		}
		return count;
	}

	/** As {@link #dropOne}, by a close of the group. */
	final void dropOneByGroup() {
		dropOne();
		seldom().dropped++;
	}

	/** One callback that was pending will not run. */
	final void dropOne() {
		MemberState before = state();
		this.pending--;
		retally(before);
		wakeIfQuiet();
	}

	/** Forgets what the pending callbacks are about. */
	void dropActivations(List<Runnable> unlocked) {
	}

	/** Whether the last command set it, for a timer or a wait. */
	boolean isSetNow() {
		return is(SET);
	}

	final void setNow(boolean on) {
		mark(SET, on);
	}

	/** Whether what a timer was set to is a time of the wall clock. */
	@Override
	final boolean isOnWallClock() {
		return is(ON_WALL_CLOCK);
	}

	final void onWallClock(boolean on) {
		mark(ON_WALL_CLOCK, on);
	}

	/** How it expires, for a timer that does again and again. */
	final @Nullable Rhythm rhythm() {
		return (this.seldom != null) ? this.seldom.rhythm : null;
	}

	final void rhythm(@Nullable Rhythm with) {
		if (with != null || this.seldom != null) {
			seldom().rhythm = with;
		}
	}

	/** Whether it is armed now. */
	boolean isArmedNow() {
		return false;
	}

	/** Whether a close has anything to disarm of it. */
	boolean countsAsArmed() {
		return isArmedNow();
	}

	/** It may have been armed or disarmed: its lane knows how many are. */
	final void countArmed() {
		boolean armed = countsAsArmed();
		if (is(COUNTED_AS_ARMED) != armed) {
			mark(COUNTED_AS_ARMED, armed);
			this.lane.countArmedObject(armed ? 1 : -1);
		}
	}

	/** Whether a close has disarmed it, so that it can never be armed again. */
	final boolean isDisarmedForGood() {
		return isClosed() || this.lane.dispatcher.isClosedNow();
	}

	/** Whether it waits for something outside of the pool to end. */
	boolean isUnderWay() {
		return false;
	}

	/** Whether nothing outside of the pool may still write what it was given. */
	boolean isForgotten() {
		return true;
	}

	/** Leaves the open objects. Returns false where it had. */
	boolean closeByItself() {
		if (this.closed) {
			return false;
		}
		this.closed = true;
		if (this.lane.state != Lane.CLOSED) {
			tally(state(), -1);
			this.lane.objects.remove(this);
		}
		closedByItself();
		return true;
	}

	/** What else there is to closing it by itself. */
	void closedByItself() {
	}

	/** A close has cancelled it: true the first time. */
	boolean cancelByGroup() {
		boolean first = !is(CANCELLED_BY_GROUP);
		mark(CANCELLED_BY_GROUP, true);
		return first;
	}

	/** Puts off the owner's notice until nothing of it is left. */
	void deferNotice() {
		mark(NOTICE_DEFERRED, true);
	}

	/** Whether the notice that was put off is due now; true once. */
	boolean takeDeferredNotice() {
		if (is(NOTICE_DEFERRED) && isOver()) {
			mark(NOTICE_DEFERRED, false);
			return true;
		}
		return false;
	}

	Waiters waiters() {
		Seldom mine = seldom();
		if (mine.waiters == null) {
			mine.waiters = new Waiters();
		}
		return mine.waiters;
	}

	CompletableFuture<Void> releasedFuture() {
		Seldom mine = seldom();
		if (mine.released == null) {
			mine.released = new CompletableFuture<>();
		}
		return mine.released;
	}

	/**
	 * The future to complete now that it is over, null where nobody has asked for one.
	 */
	@Nullable CompletableFuture<Void> releasedOrNull() {
		return (this.seldom != null) ? this.seldom.released : null;
	}

	MemberState state() {
		if (this.running > 0) {
			return MemberState.RUNNING;
		}
		return (this.pending > 0) ? MemberState.QUEUED : MemberState.IDLE;
	}

	/** Enters its lane as an open object. */
	void join() {
		this.lane.objects.add(this);
		tally(MemberState.IDLE, +1);
		this.lane.joined++;
		this.lane.noteRetention(this);
	}

	private void retally(MemberState before) {
		MemberState after = state();
		if (before != after && !this.closed) {
			tally(before, -1);
			tally(after, +1);
		}
	}

	private void tally(MemberState of, int change) {
		this.lane.objects.tally().add(memberKind(), of, change);
	}

	private void wakeIfQuiet() {
		if (this.seldom != null && this.seldom.waiters != null && isQuiet()) {
			this.seldom.waiters.wakeAll();
		}
	}

	private Seldom seldom() {
		if (this.seldom == null) {
			this.seldom = new Seldom();
		}
		return this.seldom;
	}

	private boolean is(int flag) {
		return (this.flags & flag) != 0;
	}

	private void mark(int flag, boolean on) {
		this.flags = (byte) (on ? this.flags | flag : this.flags & ~flag);
	}

	/** What few objects need. */
	private static final class Seldom {

		/** Of a timer that is set to expire again and again. Pool lock. */
		@Nullable Rhythm rhythm;

		/** Written before its object is first published and never again. */
		CallbackDecorator.@Nullable Decoration decoration;

		/** Threads in {@link #awaitCallbacks}. */
		@Nullable Waiters waiters;

		/** Made when first asked for. */
		@Nullable CompletableFuture<Void> released;

		/** Executions that have disassociated and not finished. */
		int disassociated;

		/**
		 * Callbacks that a close of the group has dropped. Pool lock, then the closing
		 * thread alone.
		 */
		long dropped;

	}

}
