package io.github.cleanupgroups;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Where members come from: what they have in common is fixed here, pool and group first
 * (TP_CALLBACK_ENVIRON, R18-R28).
 *
 * <p>
 * Immutable and thread-safe; get one from {@link #builder()}. Closing a pool or a group
 * that an environment names does not touch the environment, but what it creates from then
 * on is refused, at the call.
 *
 * @since 0.1.0
 */
public final class CallbackEnvironment {

	private final ThreadPool pool;

	private final @Nullable CleanupGroup group;

	private final @Nullable CancelCallback onCancel;

	private final @Nullable FinalizationCallback onFinalize;

	private final Priority priority;

	private final boolean runsLong;

	private final boolean persistent;

	private final @Nullable ClassLoader contextClassLoader;

	private final @Nullable String memberName;

	private final Retention retention;

	private final @Nullable CallbackDecorator decorator;

	/**
	 * The lane that was entered last: a hint, entering checks it. Written and read by
	 * anybody.
	 */
	private volatile @Nullable Lane lastLane;

	private CallbackEnvironment(Builder builder, ThreadPool pool) {
		this.pool = pool;
		this.group = builder.group;
		this.onCancel = builder.onCancel;
		this.onFinalize = builder.onFinalize;
		this.priority = builder.priority;
		this.runsLong = builder.runsLong;
		this.persistent = builder.persistent;
		this.contextClassLoader = builder.contextClassLoader;
		this.memberName = builder.memberName;
		this.retention = builder.retention;
		this.decorator = builder.decorator;
		this.lastLane = (this.group == null) ? pool.dispatcher().ungrouped : null;
	}

	/**
	 * An environment to be described; {@link Builder#pool(ThreadPool)} is required.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes a work object (CreateThreadpoolWork). It is a member of the group at once and
	 * queues nothing (R29).
	 * @param callback what each submission runs
	 * @return an open work object
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Work newWork(Callback callback) {
		return newWork(null, callback);
	}

	/**
	 * As {@link #newWork(Callback)}.
	 * @param context what its callbacks and its cancel callback are handed
	 * @param callback what each submission runs
	 * @return an open work object
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Work newWork(@Nullable Object context, Callback callback) {
		Objects.requireNonNull(callback, "callback");
		return Admission.join(this, MemberKind.WORK, context, callback, Work::new);
	}

	/**
	 * Makes a timer (CreateThreadpoolTimer). It is a member of the group at once and not
	 * set (R46).
	 * @param callback what each expiry runs
	 * @return an open timer
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Timer newTimer(Callback callback) {
		return newTimer(null, callback);
	}

	/**
	 * As {@link #newTimer(Callback)}.
	 * @param context what its callbacks and its cancel callback are handed
	 * @param callback what each expiry runs
	 * @return an open timer
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Timer newTimer(@Nullable Object context, Callback callback) {
		Objects.requireNonNull(callback, "callback");
		return Admission.join(this, MemberKind.TIMER, context, callback, Timer::new);
	}

	/**
	 * Makes a wait (CreateThreadpoolWait). It is a member of the group at once and not
	 * set.
	 * @param callback what each activation runs
	 * @return an open wait
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Wait newWait(WaitCallback callback) {
		return newWait(null, callback);
	}

	/**
	 * As {@link #newWait(WaitCallback)}.
	 * @param context what its callbacks and its cancel callback are handed
	 * @param callback what each activation runs
	 * @return an open wait
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public Wait newWait(@Nullable Object context, WaitCallback callback) {
		Objects.requireNonNull(callback, "callback");
		return Admission.join(this, MemberKind.WAIT, context, callback, Wait::new);
	}

	/**
	 * Makes an object for asynchronous input and output (CreateThreadpoolIo). It is a
	 * member of the group at once; nothing is under way.
	 * @param <V> what its operations give
	 * @param callback what the end of each operation runs
	 * @return an open object
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public <V> Io<V> newIo(IoCallback<V> callback) {
		return newIo(null, callback);
	}

	/**
	 * As {@link #newIo(IoCallback)}.
	 * @param <V> what its operations give
	 * @param context what its callbacks and its cancel callback are handed
	 * @param callback what the end of each operation runs
	 * @return an open object
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 * @throws PoolClosedException if the pool is closed
	 */
	public <V> Io<V> newIo(@Nullable Object context, IoCallback<V> callback) {
		Objects.requireNonNull(callback, "callback");
		return Admission.join(this, MemberKind.IO, context, callback, Io<V>::new);
	}

	/**
	 * Queues a one-off (TrySubmitThreadpoolCallback, R95-R100). Where the queue of the
	 * group is full, this waits, or runs the callback in the call, if its
	 * {@link Overflow} says so.
	 * @param callback what runs once
	 * @return false if it was refused: the group or the pool is closed, or the queue is
	 * full
	 */
	public boolean trySubmit(Callback callback) {
		return trySubmit(null, callback);
	}

	/**
	 * As {@link #trySubmit(Callback)}.
	 * @param context what the callback and its cancel callback are handed
	 * @param callback what runs once
	 * @return false if it was refused: the group or the pool is closed, or the queue is
	 * full
	 */
	public boolean trySubmit(@Nullable Object context, Callback callback) {
		Objects.requireNonNull(callback, "callback");
		try {
			submit(context, callback);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	/**
	 * Queues a one-off that has a future. A full queue is met as by
	 * {@link #trySubmit(Callback)}.
	 *
	 * <p>
	 * The future completes with what the task returns or throws; with a
	 * {@link MemberCancelledException} if a close drops it. Cancelling it keeps a task
	 * from starting; a task that runs is interrupted if the caller allows.
	 * @param <T> what the task returns
	 * @param task what runs once
	 * @return its future
	 * @throws RejectedExecutionException if it is refused: a
	 * {@link GroupClosedException}, {@link PoolClosedException} or
	 * {@link QueueFullException}
	 */
	public <T> CompletableFuture<T> submit(Callable<T> task) {
		Objects.requireNonNull(task, "task");
		TaskFuture<T> future = new TaskFuture.OfValue<>(task);
		return submit(future);
	}

	/**
	 * As {@link #submit(Callable)}, for a task that goes on after it has returned: it
	 * stays a running member, and keeps its slot of
	 * {@link CleanupGroup.Builder#maxConcurrency(int)}, until the stage is complete. It
	 * holds no thread meanwhile. {@link CloseOptions#interruptAfter} cancels the stage.
	 * @param <T> what the stage completes with
	 * @param task what runs once and returns a stage, not null
	 * @return a future that completes as the stage does
	 * @throws RejectedExecutionException if it is refused: a
	 * {@link GroupClosedException}, {@link PoolClosedException} or
	 * {@link QueueFullException}
	 */
	public <T> CompletableFuture<T> submitAsync(Callable<? extends CompletionStage<T>> task) {
		Objects.requireNonNull(task, "task");
		TaskFuture<T> future = new TaskFuture.OfStage<>(task);
		return submit(future);
	}

	/**
	 * What the future of a one-off completes with that is cancelled before it gets here:
	 * for code that submits later, under a condition that turns out not to come true.
	 * @param reason why it will not be submitted
	 * @return an exception that names the group and what would have been the member
	 */
	public MemberCancelledException cancellation(String reason) {
		Objects.requireNonNull(reason, "reason");
		return new MemberCancelledException(
				(this.group != null) ? "group '" + this.group.name() + "'" : this.pool.toString(),
				memberName(MemberKind.CALLBACK), reason);
	}

	/**
	 * A view for code that wants an executor. What goes through it is a one-off of this
	 * environment. Each view is independent: shutting it down refuses its own later
	 * tasks, and closes nothing of the pool or the group.
	 *
	 * <p>
	 * A close of the group that cancels completes pending futures of the view as
	 * cancelled. The task of a {@code CompletableFuture.supplyAsync(.., view)} cannot be
	 * completed from outside, so it is not dropped: the close waits until it has run. The
	 * same holds for the tasks of {@code invokeAny} and of an
	 * {@link java.util.concurrent.ExecutorCompletionService}, and for a
	 * {@code shutdownNow} of the view, which cancels what it returns.
	 * @return a new view
	 */
	public ScheduledExecutorService asExecutorService() {
		return new ExecutorView(this);
	}

	/**
	 * As {@link #asThreadFactory(ThreadFactory)}, with virtual threads where Java has
	 * them (21 and later), else plain ones that are no daemons; named after group and
	 * member, and numbered. The pool's own threads do not matter.
	 * @return a new factory
	 */
	public ThreadFactory asThreadFactory() {
		String owner = (this.group != null) ? this.group.name() : this.pool.name();
		return asThreadFactory(PoolThreads.single(owner + "-" + memberName(MemberKind.CALLBACK)));
	}

	/**
	 * Threads whose code is a callback of the group: for a {@code StructuredTaskScope},
	 * for {@code Executors.newThreadPerTaskExecutor}, or for whoever starts a thread for
	 * each task. What runs on them is a running one-off of this environment from the
	 * start of its thread: with the context of the thread that has made it
	 * ({@link Builder#decorator}), awaited and interrupted by closes, inside of the group
	 * for what it calls.
	 *
	 * <p>
	 * Making one throws a {@link GroupClosedException} or {@link PoolClosedException}
	 * where a submission would be refused. One that is not started is no member, and
	 * holds up nothing. One that is made before a close of the group has begun, or from
	 * inside, and started before that close has found nothing running any more, is waited
	 * for, too; one that is started after that belongs to what is there then. Whatever
	 * becomes of the group, <em>a thread that is started runs its task</em>, for scopes
	 * and executors wait for that: where the group is closed for good in between, or
	 * refuses what comes from outside, or the pool is closed, it runs interrupted and
	 * counts as a callback of the pool without group, and as a refusal of the group.
	 *
	 * <p>
	 * The threads are none of the pool's. Its limits and priorities do not apply, nor do
	 * pauses, queue bounds and {@link CleanupGroup.Builder#maxConcurrency(int)}: who has
	 * made a thread may hold the last slot and wait for it. Closes never drop what runs
	 * on them: there is nobody to tell ({@link Builder#onCancel},
	 * {@link Builder#onGroupClose}). What a task throws goes to
	 * {@link ThreadPool.Builder#onUncaught}, unless a scope or executor catches it first,
	 * as they do; then nothing here knows of it.
	 * @param threads who makes the threads; called without a lock, once a thread; may
	 * give null where it has none
	 * @return a new factory; as thread-safe as the one given
	 */
	public ThreadFactory asThreadFactory(ThreadFactory threads) {
		return new MemberThreadFactory(this, Objects.requireNonNull(threads, "threads"));
	}

	private <T> CompletableFuture<T> submit(TaskFuture<T> future) {
		OneOff oneOff = oneOff(null, future);
		future.submittedAs(oneOff);
		Admission.submit(oneOff);
		return future;
	}

	void submit(@Nullable Object context, Callback callback) {
		Admission.submit(oneOff(context, callback));
	}

	private OneOff oneOff(@Nullable Object context, Callback callback) {
		return oneOff(context, callback, decoration(MemberKind.CALLBACK));
	}

	OneOff oneOff(@Nullable Object context, Callback callback, CallbackDecorator.@Nullable Decoration decoration) {
		long now = this.pool.dispatcher().stamp(this.group);
		return (context == null && decoration == null) ? new OneOff(this, callback, now)
				: new OneOff.Furnished(this, context, callback, now, decoration);
	}

	/** What the decorator puts around something of the current thread's. */
	CallbackDecorator.@Nullable Decoration decoration(MemberKind kind) {
		return (this.decorator != null) ? this.decorator.decorate(kind, memberName(kind)) : null;
	}

	/** The lane to try first, or null where the way to the right one is longer. */
	@Nullable Lane knownLane() {
		return (this.group == null || !this.group.hasUnfinishedClose()) ? this.lastLane : null;
	}

	/** The lane that something new from the current thread belongs in. */
	Lane entrance(MemberKind kind) {
		Dispatcher dispatcher = this.pool.dispatcher();
		if (this.group == null) {
			return dispatcher.ungrouped;
		}
		Lane lane = this.group.entrance(dispatcher, kind, memberName(kind));
		this.lastLane = lane;
		return lane;
	}

	Dispatcher dispatcher() {
		return this.pool.dispatcher();
	}

	/** The lanes in which something of this environment may stand. */
	List<Lane> lanes() {
		return (this.group != null) ? this.group.lanes(this.pool.dispatcher())
				: List.of(this.pool.dispatcher().ungrouped);
	}

	@Nullable CleanupGroup group() {
		return this.group;
	}

	String memberName(MemberKind kind) {
		return (this.memberName != null) ? this.memberName : kind.label();
	}

	@Nullable CancelCallback cancelCallback() {
		return this.onCancel;
	}

	@Nullable FinalizationCallback finalization() {
		return this.onFinalize;
	}

	Priority priority() {
		return this.priority;
	}

	boolean isRunsLong() {
		return this.runsLong;
	}

	boolean isPersistent() {
		return this.persistent;
	}

	@Nullable ClassLoader contextClassLoader() {
		return this.contextClassLoader;
	}

	Retention retention() {
		return this.retention;
	}

	@Override
	public String toString() {
		return "environment of " + this.pool + ((this.group != null) ? " and " + this.group : "");
	}

	/**
	 * Describes an environment; from {@link CallbackEnvironment#builder()}. Not
	 * thread-safe.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private @Nullable ThreadPool pool;

		private @Nullable CleanupGroup group;

		private @Nullable CancelCallback onCancel;

		private @Nullable FinalizationCallback onFinalize;

		private Priority priority = Priority.NORMAL;

		private boolean runsLong;

		private boolean persistent;

		private @Nullable ClassLoader contextClassLoader;

		private @Nullable String memberName;

		private Retention retention = Retention.CLOSE_DECIDES;

		private @Nullable CallbackDecorator decorator;

		private Builder() {
		}

		/**
		 * Whose threads run the callbacks (SetThreadpoolCallbackPool). Required: there is
		 * no hidden global pool (F45).
		 * @param pool an open pool
		 * @return this builder
		 */
		public Builder pool(ThreadPool pool) {
			this.pool = Objects.requireNonNull(pool, "pool");
			return this;
		}

		/**
		 * What the members belong to (SetThreadpoolCallbackCleanupGroup, R21). None if
		 * never called.
		 * @param group an open group
		 * @return this builder
		 */
		public Builder cleanupGroup(CleanupGroup group) {
			this.group = Objects.requireNonNull(group, "group");
			return this;
		}

		/**
		 * Who is told that a member was cancelled; kept per member (R22).
		 * @param callback called once per cancelled member
		 * @return this builder
		 */
		public Builder onCancel(CancelCallback callback) {
			this.onCancel = Objects.requireNonNull(callback, "callback");
			return this;
		}

		/**
		 * What runs after each executed callback (R27).
		 * @param callback called on the callback's thread
		 * @return this builder
		 */
		public Builder onFinalize(FinalizationCallback callback) {
			this.onFinalize = Objects.requireNonNull(callback, "callback");
			return this;
		}

		/**
		 * Which callbacks of the pool start first (SetThreadpoolCallbackPriority, R23).
		 * {@link Priority#NORMAL} if never called.
		 * @param priority which
		 * @return this builder
		 */
		public Builder priority(Priority priority) {
			this.priority = Objects.requireNonNull(priority, "priority");
			return this;
		}

		/**
		 * Says that the callbacks may not return soon: they count as marked from their
		 * start (SetThreadpoolCallbackRunsLong, R24).
		 * @param runsLong false if never called
		 * @return this builder
		 */
		public Builder runsLong(boolean runsLong) {
			this.runsLong = runsLong;
			return this;
		}

		/**
		 * Lets the callbacks run on threads that stay for the pool's life
		 * (SetThreadpoolCallbackPersistent, R25): a thread that has run one is not
		 * retired, whatever its keep-alive.
		 * @param persistent false if never called
		 * @return this builder
		 */
		public Builder persistent(boolean persistent) {
			this.persistent = persistent;
			return this;
		}

		/**
		 * The thread's context class loader during the callbacks: nearest to
		 * SetThreadpoolCallbackLibrary (R26). The thread's own if never called.
		 * @param loader which; held as long as the environment
		 * @return this builder
		 */
		public Builder contextClassLoader(ClassLoader loader) {
			this.contextClassLoader = Objects.requireNonNull(loader, "loader");
			return this;
		}

		/**
		 * What messages, snapshots and reports call the members. The name of their kind
		 * if never called.
		 * @param name not blank
		 * @return this builder
		 */
		public Builder memberName(String name) {
			this.memberName = Arguments.requireText(name, "memberName");
			return this;
		}

		/**
		 * What a close of the group does with queued callbacks of these members, whatever
		 * its mode: {@link Pending#AWAIT} runs them even where it cancels (until its time
		 * is over, {@link CloseOptions#cancelOnTimeout()}), {@link Pending#CANCEL} drops
		 * them even where it awaits. The close decides if never called.
		 * @param pending which
		 * @return this builder
		 */
		public Builder onGroupClose(Pending pending) {
			this.retention = (Objects.requireNonNull(pending, "pending") == Pending.AWAIT) ? Retention.UNTIL_TIMEOUT
					: Retention.NONE;
			return this;
		}

		/**
		 * What is put around the callbacks and around the notices to their owners.
		 * Nothing if never called, or called with null.
		 * @param decorator called for each one-off and for each object
		 * @return this builder
		 */
		public Builder decorator(@Nullable CallbackDecorator decorator) {
			this.decorator = decorator;
			return this;
		}

		/**
		 * Makes the environment.
		 * @return a factory of members
		 * @throws IllegalStateException if no pool was given
		 */
		public CallbackEnvironment build() {
			if (this.pool == null) {
				throw new IllegalStateException("a callback environment needs a pool: call pool(ThreadPool)"
						+ ((this.group != null) ? " for group '" + this.group.name() + "'" : ""));
			}
			return new CallbackEnvironment(this, this.pool);
		}

	}

}
