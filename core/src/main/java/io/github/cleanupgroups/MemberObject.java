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

	private final Lane lane;

	/** Links of the lane's objects. Pool lock. */
	@Nullable MemberObject previousObject;

	@Nullable MemberObject nextObject;

	/** Since when the callback that is next has been queued. Pool lock. */
	private long queuedNanos;

	/**
	 * When something of it was queued last: no callback that is pending has waited less.
	 * Pool lock.
	 */
	private long lastQueuedNanos;

	/** Callbacks that have not begun. Pool lock. */
	private long pending;

	/** Executions that have not finished. Pool lock. */
	private int running;

	/** Of those, the ones that have not disassociated. Pool lock. */
	private int associated;

	/**
	 * Callbacks that a close of the group has dropped. Pool lock, then the closing thread
	 * alone.
	 */
	private long dropped;

	/**
	 * Whether it stands in the lane's queue: once, however many callbacks are pending.
	 * Pool lock.
	 */
	private boolean queued;

	/** Whether its lane counts it among those that are armed. Pool lock. */
	private boolean countedAsArmed;

	/** Whether any callback ever started. Pool lock. */
	private boolean ran;

	/**
	 * Whether a cancelling close tells its owner as soon as nothing of it runs. Pool
	 * lock.
	 */
	private boolean noticeDeferred;

	/** Whether a close has booked it for a notice. Pool lock. */
	private boolean cancelledByGroup;

	/** Whether its owner has been told that. Pool lock. */
	private boolean told;

	/** Closed by itself. Written under the pool's lock, read by anybody. */
	private volatile boolean closed;

	/** Pool lock. Threads in {@link #awaitCallbacks}. */
	private @Nullable Waiters waiters;

	/** Made when first asked for. Pool lock. */
	private @Nullable CompletableFuture<Void> released;

	MemberObject(CallbackEnvironment environment, @Nullable Object context, Lane lane, long joinedNanos) {
		super(environment, context, joinedNanos);
		this.lane = lane;
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
		this.lane.dispatcher.awaitCallbacks(this, pendingCallbacks, null);
	}

	/** See {@link Member}. */
	public boolean awaitCallbacks(Pending pendingCallbacks, Duration timeout) throws InterruptedException {
		Objects.requireNonNull(pendingCallbacks, "pending");
		Arguments.requireNotNegative(timeout, "timeout of a wait for " + this);
		return this.lane.dispatcher.awaitCallbacks(this, pendingCallbacks, timeout);
	}

	/** See {@link Member}. */
	public void close() {
		this.lane.dispatcher.close(this);
	}

	/** See {@link Member}. */
	public CompletableFuture<Void> released() {
		return this.lane.dispatcher.released(this).copy();
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
		return this.ran;
	}

	long dropped() {
		return this.dropped;
	}

	/** Whether a wait for this member ends. */
	boolean isQuiet() {
		return this.pending == 0 && this.associated == 0;
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
				&& (this.closed || this.told || (this.lane.state == Lane.CLOSED && !this.cancelledByGroup));
	}

	void told() {
		this.told = true;
	}

	/** One more callback, which is ready: queues the object if it is not. */
	final void addPending(long now) {
		MemberState before = state();
		if (!isReady()) {
			this.queuedNanos = now;
		}
		this.lastQueuedNanos = now;
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
		if (!this.queued) {
			this.queued = true;
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
		this.queued = false;
		this.pending--;
		this.running++;
		this.associated++;
		this.ran = true;
		Object activation = takeActivation();
		if (isReady()) {
			this.queuedNanos = this.lastQueuedNanos;
			enqueue();
		}
		retally(before);
		return activation;
	}

	/** Takes off what the callback is about that starts. */
	@Nullable Object takeActivation() {
		return null;
	}

	/** A callback runs in its submitter, without having been queued. */
	void startUnqueued() {
		MemberState before = state();
		this.running++;
		this.associated++;
		this.ran = true;
		retally(before);
	}

	final void finish(boolean wasDisassociated) {
		MemberState before = state();
		this.running--;
		retally(before);
		if (!wasDisassociated) {
			dissociateOne();
		}
	}

	/** Whether something expired that must not overlap with what has just ended. */
	boolean takeHeldExpiry() {
		return false;
	}

	void dissociateOne() {
		this.associated--;
		wakeIfQuiet();
	}

	@Override
	void leaveQueue() {
		this.queued = false;
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
		this.dropped += count;
		return count;
	}

	/** As {@link #dropOne}, by a close of the group. */
	final void dropOneByGroup() {
		dropOne();
		this.dropped++;
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
		return false;
	}

	/** Whether it is armed now. */
	boolean isArmedNow() {
		return false;
	}

	/** It may have been armed or disarmed: its lane knows how many are. */
	final void countArmed() {
		if (this.countedAsArmed != isArmedNow()) {
			this.countedAsArmed = !this.countedAsArmed;
			this.lane.countArmedObject(this.countedAsArmed ? 1 : -1);
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
		boolean first = !this.cancelledByGroup;
		this.cancelledByGroup = true;
		return first;
	}

	/** Puts off the owner's notice until nothing of it is left. */
	void deferNotice() {
		this.noticeDeferred = true;
	}

	/** Whether the notice that was put off is due now; true once. */
	boolean takeDeferredNotice() {
		if (this.noticeDeferred && isOver()) {
			this.noticeDeferred = false;
			return true;
		}
		return false;
	}

	Waiters waiters() {
		if (this.waiters == null) {
			this.waiters = new Waiters();
		}
		return this.waiters;
	}

	CompletableFuture<Void> releasedFuture() {
		if (this.released == null) {
			this.released = new CompletableFuture<>();
		}
		return this.released;
	}

	/**
	 * The future to complete now that it is over, null where nobody has asked for one.
	 */
	@Nullable CompletableFuture<Void> releasedOrNull() {
		return this.released;
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
		if (this.waiters != null && isQuiet()) {
			this.waiters.wakeAll();
		}
	}

}
