package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A member that queues its callback as often as it is told to (PTP_WORK). Get one from
 * {@link CallbackEnvironment#newWork(Callback)}.
 *
 * <p>
 * Creating it queues nothing (R29). Submitting allocates nothing and cannot fail on an
 * open member without a queue bound (R33). Callbacks of one work object may run side by
 * side (R31); objects of one group and priority take turns (R32).
 *
 * @since 0.1.0
 */
public final class Work extends Entry implements Member {

	private final Callback callback;

	private final Lane lane;

	/** Links of the lane's open objects. Pool lock. */
	@Nullable Work previousObject;

	@Nullable Work nextObject;

	/** Since when the callback that is next has been queued. Pool lock. */
	private long queuedNanos;

	/**
	 * When it was submitted last: no callback that is pending has waited less. Pool lock.
	 */
	private long submittedNanos;

	/** Pool lock. */
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

	Work(CallbackEnvironment environment, @Nullable Object context, Callback callback, Lane lane, long joinedNanos) {
		super(environment, context, joinedNanos);
		this.callback = callback;
		this.lane = lane;
	}

	/**
	 * Queues one callback: n submissions are n callbacks (SubmitThreadpoolWork, R30). The
	 * callback may have ended before this method returns (R44).
	 * @throws MemberClosedException if this member or its group's members are closed
	 * @throws PoolClosedException if the pool is closed
	 * @throws QueueFullException if the group's queue is full and its {@link Overflow}
	 * says so
	 * @throws GroupClosedException if the group is draining and the call comes from
	 * outside it
	 * @throws java.util.concurrent.RejectedExecutionException if the pool has no thread
	 * and its thread factory gives none
	 */
	public void submit() {
		Admission.submit(this);
	}

	@Override
	public MemberKind kind() {
		return MemberKind.WORK;
	}

	@Override
	public String name() {
		return memberName();
	}

	@Override
	public @Nullable Object context() {
		return this.context;
	}

	@Override
	public @Nullable CleanupGroup group() {
		return this.lane.generation.group;
	}

	@Override
	public boolean isClosed() {
		return this.closed || this.lane.state != Lane.OPEN;
	}

	@Override
	public void awaitCallbacks(Pending pendingCallbacks) throws InterruptedException {
		Objects.requireNonNull(pendingCallbacks, "pending");
		this.lane.dispatcher.awaitCallbacks(this, pendingCallbacks, null);
	}

	@Override
	public boolean awaitCallbacks(Pending pendingCallbacks, Duration timeout) throws InterruptedException {
		Objects.requireNonNull(pendingCallbacks, "pending");
		Arguments.requireNotNegative(timeout, "timeout");
		return this.lane.dispatcher.awaitCallbacks(this, pendingCallbacks, timeout);
	}

	@Override
	public void close() {
		this.lane.dispatcher.close(this);
	}

	@Override
	public CompletableFuture<Void> released() {
		return this.lane.dispatcher.released(this).copy();
	}

	@Override
	public String toString() {
		return "Work '" + name() + "' of " + this.lane.generation + (isClosed() ? " (closed)" : "");
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.WORK;
	}

	@Override
	Lane lane() {
		return this.lane;
	}

	@Override
	Member object() {
		return this;
	}

	@Override
	long queuedNanos() {
		return this.queuedNanos;
	}

	@Override
	void invoke(RunningCallback execution) throws Exception {
		this.callback.run(execution);
	}

	// The rest is guarded by the pool's lock.

	@Override
	long pending() {
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
	 * Whether it is closed, over, and its owner told if there was something to tell.
	 */
	boolean isReleased() {
		return isOver() && (this.closed || this.told || (this.lane.state == Lane.CLOSED && !this.cancelledByGroup));
	}

	void told() {
		this.told = true;
	}

	/** One more callback; queues the object if it is not. */
	void addPending(long now) {
		MemberState before = state();
		this.submittedNanos = now;
		if (this.pending == 0) {
			this.queuedNanos = now;
		}
		this.pending++;
		if (!this.queued) {
			this.queued = true;
			this.lane.enqueue(this);
		}
		retally(before);
	}

	/** One callback less: no thread could be had for it. */
	void takeBack() {
		MemberState before = state();
		this.pending--;
		retally(before);
		wakeIfQuiet();
	}

	/**
	 * It was taken off the queue to start one callback; goes to the end where it has
	 * more.
	 */
	void start() {
		MemberState before = state();
		this.queued = false;
		this.pending--;
		this.running++;
		this.associated++;
		this.ran = true;
		if (this.pending > 0) {
			this.queued = true;
			this.queuedNanos = this.submittedNanos;
			this.lane.enqueue(this);
		}
		retally(before);
	}

	/** A callback runs in its submitter, without having been queued. */
	void startUnqueued() {
		MemberState before = state();
		this.running++;
		this.associated++;
		this.ran = true;
		retally(before);
	}

	void finish(boolean wasDisassociated) {
		MemberState before = state();
		this.running--;
		retally(before);
		if (!wasDisassociated) {
			dissociateOne();
		}
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
	 */
	long dropPending() {
		MemberState before = state();
		long count = this.pending;
		this.pending = 0;
		retally(before);
		wakeIfQuiet();
		return count;
	}

	/** As {@link #dropPending()}, by a close of the group. */
	long dropByGroup() {
		long count = dropPending();
		this.dropped += count;
		return count;
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
		return true;
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
		switch (of) {
			case QUEUED -> this.lane.objects.queued += change;
			case RUNNING -> this.lane.objects.running += change;
			case IDLE -> {
			}
		}
	}

	private void wakeIfQuiet() {
		if (this.waiters != null && isQuiet()) {
			this.waiters.wakeAll();
		}
	}

}
