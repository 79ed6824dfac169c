package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One execution of a callback: the instance that the callback is handed, and the engine's
 * record of it while it runs.
 *
 * <p>
 * Fields without a note belong to the thread that runs the callback. An execution goes
 * through <em>started</em> (it is linked into its lane), <em>returned</em> (callback,
 * finalization callback and actions are through) and <em>finished</em> (it is unlinked);
 * one that continues in a {@link Continuation} is finished by the thread that completes
 * that.
 */
final class RunningCallback implements CallbackInstance {

	private static final System.Logger logger = System.getLogger(ThreadPool.class.getName());

	private final Entry entry;

	private final Lane lane;

	/**
	 * The thread it runs on, null once it has returned. Written under the pool's lock.
	 */
	volatile @Nullable Thread thread;

	/** The callback that this one runs inside of, on the same thread. */
	final @Nullable RunningCallback outer;

	/**
	 * When it left the queue. Written under the pool's lock before the callback starts.
	 */
	long startedNanos;

	/** How long it had been queued. */
	long queuedNanos;

	/** Links of the lane's running callbacks. Pool lock. */
	@Nullable RunningCallback startedBefore;

	@Nullable RunningCallback startedAfter;

	/**
	 * What the callback is about, where its object does not say it all. Written under the
	 * pool's lock before it starts.
	 */
	@Nullable Object activation;

	/** Whether it holds one of the group's slots. Pool lock. */
	boolean holdsSlot;

	/** Whether an interrupt is on its way to the thread. Pool lock. */
	boolean interrupting;

	/**
	 * Whether it was ever interrupted. Written under the pool's lock while it runs; read
	 * by its thread when it is booked and after.
	 */
	boolean interrupted;

	/** Whether the instance may still be used. */
	private boolean valid = true;

	/**
	 * Written under the pool's lock by the callback's thread, which alone reads it
	 * without.
	 */
	private boolean disassociated;

	private @Nullable List<Runnable> actions;

	/**
	 * What goes on after the return, null in most. Set by the callback's thread; read
	 * under the pool's lock.
	 */
	@Nullable Continuation continuation;

	/**
	 * What the callback, its finalization callback and its actions threw; read after the
	 * return, under the lock.
	 */
	@Nullable List<Throwable> failures;

	RunningCallback(Entry entry, Lane lane, Thread thread, @Nullable RunningCallback outer) {
		this.entry = entry;
		this.lane = lane;
		this.thread = thread;
		this.outer = outer;
	}

	Entry entry() {
		return this.entry;
	}

	Lane lane() {
		return this.lane;
	}

	boolean isDisassociated() {
		return this.disassociated;
	}

	void setDisassociated() {
		this.disassociated = true;
	}

	/**
	 * Runs everything of this execution that is the user's. No lock is held; nothing
	 * escapes.
	 */
	void run() {
		CallbackEnvironment environment = this.entry.environment;
		ClassLoader loader = environment.contextClassLoader();
		if (loader != null) {
			Thread.currentThread().setContextClassLoader(loader);
		}
		try {
			this.entry.invoke(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
		FinalizationCallback finalization = environment.finalization();
		if (finalization != null) {
			try {
				finalization.finished(this);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}
		if (this.actions != null) {
			runActions(this.actions);
		}
		this.valid = false;
		report();
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
		if (this.failures == null) {
			this.failures = new ArrayList<>(1);
		}
		this.failures.add(failure);
	}

	private void report() {
		if (this.failures != null) {
			this.failures.forEach((failure) -> this.lane.dispatcher.uncaught(this.entry.memberName(), failure));
		}
	}

	/**
	 * Tells the group's listener, if there is one. Called once it has returned for good,
	 * without a lock.
	 */
	void tellListener() {
		CleanupGroupListener listener = this.lane.generation.listener();
		CleanupGroup group = this.lane.generation.group;
		if (listener == null || group == null) {
			return;
		}
		CallbackThread.tell(group, () -> tell(listener));
	}

	private void tell(CleanupGroupListener listener) {
		try {
			listener.callbackRan(this.entry.memberKind(), this.entry.memberName(), this.queuedNanos,
					this.lane.dispatcher.time.nanoTime() - this.startedNanos, failure());
		}
		catch (Throwable ex) {
			this.lane.dispatcher.uncaught("listener of " + this.lane.generation, ex);
		}
	}

	/**
	 * The first thing that went wrong, in this execution or in the future that it went on
	 * as.
	 */
	private @Nullable Throwable failure() {
		if (this.failures != null) {
			return this.failures.get(0);
		}
		return (this.continuation != null) ? this.continuation.failure() : ownFailure();
	}

	private @Nullable Throwable ownFailure() {
		return (this.entry instanceof OneOff oneOff && oneOff.callback instanceof TaskFuture<?> task) ? task.failure()
				: null;
	}

	/** Whether anything has gone wrong until now. Its thread, once it has returned. */
	boolean hasFailed() {
		return this.failures != null || ownFailure() != null;
	}

	@Override
	public MemberKind kind() {
		checkInside();
		return this.entry.memberKind();
	}

	@Override
	public @Nullable Member member() {
		checkInside();
		return this.entry.object();
	}

	@Override
	public @Nullable Object context() {
		checkInside();
		return this.entry.context;
	}

	@Override
	public boolean mayRunLong() {
		checkInside();
		return this.lane.dispatcher.prepareSubstitute() || this.entry.environment.isRunsLong();
	}

	@Override
	public void disassociate() {
		checkInside();
		this.lane.dispatcher.disassociate(this);
	}

	@Override
	public void whenReturned(Runnable action) {
		Objects.requireNonNull(action, "action");
		checkInside();
		if (this.actions == null) {
			this.actions = new ArrayList<>(2);
		}
		this.actions.add(action);
	}

	@Override
	public boolean isClosing() {
		checkInside();
		return this.lane.state != Lane.OPEN;
	}

	@SuppressWarnings("ReferenceEquality")
	private void checkInside() {
		if (!this.valid || this.thread != Thread.currentThread()) {
			throw new IllegalStateException("the instance of '" + this.entry.memberName() + "' in "
					+ this.lane.generation + " was used outside its own callback");
		}
	}

	static void logUncaught(String member, Throwable failure) {
		logger.log(System.Logger.Level.ERROR, "callback of '" + member + "' threw", failure);
	}

}
