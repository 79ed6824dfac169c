package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

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

	/** Written before it starts, and before it is shown to anybody. */
	private @Nullable Entry entry;

	private final Lane lane;

	/** The thread that it runs on, until it has returned. */
	private final Thread thread;

	/**
	 * Its number among those that its worker took from one {@link Batch}, 0 where it was
	 * started under the lock.
	 */
	private int number;

	/**
	 * Whether it is linked into its lane: one that was taken from a batch is linked only
	 * if somebody looks, or when it has ended and is booked. Pool lock.
	 */
	boolean linked;

	/** Whether its thread is through with it. Pool lock. */
	boolean returned;

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

	/** Whether the group's listener has been told. */
	private boolean listenerTold;

	/** What the decoration wants to hear. Set by the callback's thread. */
	private @Nullable Consumer<@Nullable Throwable> ended;

	RunningCallback(Entry entry, Lane lane, Thread thread, @Nullable RunningCallback outer) {
		this.entry = entry;
		this.lane = lane;
		this.thread = thread;
		this.outer = outer;
	}

	/** One whose entry is taken from a batch. */
	RunningCallback(Lane lane, Thread thread) {
		this.entry = null;
		this.lane = lane;
		this.thread = thread;
		this.outer = null;
	}

	/** Says what was taken for it. */
	void taken(Entry what, int ordinal) {
		this.entry = what;
		this.number = ordinal;
	}

	Entry entry() {
		return Objects.requireNonNull(this.entry, "entry");
	}

	/** How many its worker had taken from the batch with this one. */
	int number() {
		return this.number;
	}

	/** The thread that is not through with it yet, null if none is. Pool lock. */
	@Nullable Thread threadOrNull() {
		return (this.linked && !this.returned) ? this.thread : null;
	}

	/**
	 * Whether there is nothing to book about its end but that it has ended. Its thread,
	 * when it has run.
	 */
	boolean isPlain() {
		return this.failures == null && this.continuation == null;
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
	 * Whether its thread can only go on with it or with a callback of the same members
	 * around it, which has the slot of both. Pool lock.
	 */
	boolean sharesSlot() {
		if (this.thread == null) {
			return false;
		}
		for (RunningCallback around = this.outer; around != null; around = around.outer) {
			if (around.lane.generation == this.lane.generation) {
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
			Thread.currentThread().setContextClassLoader(loader);
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
		try {
			entry().invoke(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
		FinalizationCallback finalization = entry().environment.finalization();
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
		if (this.continuation == null && entry().decoration() != null) {
			// While its context is the thread's: what is recorded may refer to it.
			tellListenerOnce();
		}
	}

	/** The decoration threw once the callback had run. */
	void decorationFailed(Throwable failure) {
		failed(failure);
		this.lane.dispatcher.uncaught(entry().memberName(), failure);
	}

	/**
	 * The decoration does not let the callback run. Its future completes all the same.
	 */
	void runNothing(Throwable why) {
		OwnedCallback owned = (entry() instanceof OneOff oneOff && oneOff.callback instanceof OwnedCallback callback)
				? callback : null;
		if (owned != null && owned.retention(Retention.CLOSE_DECIDES) == Retention.ALWAYS) {
			failed(why);
			runCallback();
			return;
		}
		this.valid = false;
		if (owned == null || !owned.failed(why)) {
			decorationFailed(why);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	void requireOwnThread() {
		if (this.thread != Thread.currentThread()) {
			throw new IllegalStateException("'" + entry().memberName() + "' in " + this.lane.generation
					+ " can be run on its own thread only, while its decorator is");
		}
	}

	void whenEnded(Consumer<@Nullable Throwable> action) {
		Objects.requireNonNull(action, "action");
		this.ended = (this.ended != null) ? this.ended.andThen(action) : action;
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
			this.failures.forEach((failure) -> this.lane.dispatcher.uncaught(entry().memberName(), failure));
		}
	}

	/**
	 * Tells the group's listener, if there is one, and the decoration. Called once it has
	 * returned for good, without a lock.
	 */
	void tellListener() {
		tellListenerOnce();
		Consumer<@Nullable Throwable> told = this.ended;
		CleanupGroup group = this.lane.generation.group;
		if (told == null) {
			return;
		}
		CallbackThread.tell(group, () -> {
			try {
				told.accept(failure());
			}
			catch (Throwable ex) {
				this.lane.dispatcher.uncaught(entry().memberName(), ex);
			}
		});
	}

	private void tellListenerOnce() {
		if (this.listenerTold) {
			return;
		}
		this.listenerTold = true;
		CleanupGroupListener listener = this.lane.generation.listener();
		CleanupGroup group = this.lane.generation.group;
		if (listener == null || group == null || !hearsCallbacks(listener)) {
			return;
		}
		CallbackThread current = CallbackThread.current();
		CallbackThread.Telling outer = current.beginTelling(group);
		try {
			listener.callbackRan(entry().memberKind(), entry().memberName(), this.queuedNanos,
					this.lane.dispatcher.time.nanoTime() - this.startedNanos, failure());
		}
		catch (Throwable ex) {
			this.lane.dispatcher.uncaught("listener of " + this.lane.generation, ex);
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
			this.lane.dispatcher.uncaught("listener of " + this.lane.generation, ex);
			return false;
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
		return (entry() instanceof OneOff oneOff && oneOff.callback instanceof TaskFuture<?> task) ? task.failure()
				: null;
	}

	/** Whether anything has gone wrong until now. Its thread, once it has returned. */
	boolean hasFailed() {
		return this.failures != null || ownFailure() != null;
	}

	@Override
	public MemberKind kind() {
		checkInside();
		return entry().memberKind();
	}

	@Override
	public @Nullable Member member() {
		checkInside();
		return entry().object();
	}

	@Override
	public @Nullable Object context() {
		checkInside();
		return entry().context;
	}

	@Override
	public boolean mayRunLong() {
		checkInside();
		return this.lane.dispatcher.prepareSubstitute() || entry().environment.isRunsLong();
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
			throw new IllegalStateException("the instance of '" + entry().memberName() + "' in " + this.lane.generation
					+ " was used outside its own callback");
		}
	}

	static void logUncaught(String member, Throwable failure) {
		logger.log(System.Logger.Level.ERROR, "callback of '" + member + "' threw", failure);
	}

}
