package io.github.cleanupgroups;

import java.nio.channels.CompletionHandler;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A member whose callback is queued when an asynchronous operation ends that the program
 * has announced (PTP_IO). Get one from {@link CallbackEnvironment#newIo(IoCallback)}.
 *
 * <p>
 * Each operation is announced before it is begun: {@link #start()} gives the token that
 * goes to the channel as its completion handler. From then on it is pending: waits for
 * this member and closes of its group wait for its end and its callback (R85). Callbacks
 * of several operations may run side by side, in no promised order (R93).
 *
 * <pre class="code">
 * io.start((operation) -&gt; channel.read(buffer, position, buffer, operation));
 * </pre>
 *
 * <p>
 * Cancelling what is pending forgets the operations, and cancels none of them (R89): the
 * channel still writes into what it was given (R94, F26). {@link #released()} completes
 * once the last of them has ended too: until then the buffers must be left alone. Close
 * the channel to hasten that.
 *
 * @param <V> what its operations give
 * @since 0.1.0
 */
public final class Io<V> extends MemberObject implements Member {

	private final IoCallback<V> callback;

	/** Pool lock. */
	private int lastQueuedAfter;

	/** Operations under way that have not been forgotten. Pool lock. */
	private int underWay;

	/**
	 * Whether it is closed and its lane still knows it for what is under way. Pool lock.
	 */
	private boolean lingers;

	/** Operations under way that have been forgotten. Pool lock. */
	private int forgotten;

	/** How often operations have been forgotten. Pool lock. */
	private int era;

	/** Completed operations whose callbacks are pending, linked. Pool lock. */
	private @Nullable Operation<?> firstCompleted;

	private @Nullable Operation<?> lastCompleted;

	Io(CallbackEnvironment environment, @Nullable Object context, IoCallback<V> callback, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
		this.callback = callback;
	}

	/**
	 * Announces one operation (StartThreadpoolIo).
	 * @return its token, which must come to an end
	 * @throws MemberClosedException if this object is closed, or its group's members are
	 * closed; while they are being closed and awaited, a callback of theirs may still
	 * start, unless this object has been cancelled
	 * @throws PoolClosedException if the pool is closed
	 * @throws GroupClosedException if the group refuses what comes from outside
	 */
	public IoOperation<V> start() {
		Operation<V> operation = new Operation<>(this);
		Admission.require(this, "started", (inside) -> lane().dispatcher.operations().start(operation, inside));
		return operation;
	}

	/**
	 * Announces one operation and begins it. Where the initiator throws, the operation is
	 * withdrawn unless it has ended, and the exception goes on to the caller. So an
	 * initiator must not throw once the operation has begun: its end would be a second
	 * one.
	 * @param initiator begins the operation with the completion handler that it is given
	 * @throws MemberClosedException as {@link #start()}
	 * @throws PoolClosedException as {@link #start()}
	 * @throws GroupClosedException as {@link #start()}
	 */
	public void start(Consumer<CompletionHandler<V, Object>> initiator) {
		Objects.requireNonNull(initiator, "initiator");
		Operation<V> operation = new Operation<>(this);
		Admission.require(this, "started", (inside) -> lane().dispatcher.operations().start(operation, inside));
		boolean begun = false;
		try {
			initiator.accept(operation);
			begun = true;
		}
		finally {
			if (!begun) {
				lane().dispatcher.operations().end(operation, null);
			}
		}
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.IO;
	}

	@Override
	boolean isBounded() {
		return false;
	}

	// Only this object's operations are ever queued for it.
	@SuppressWarnings("unchecked")
	@Override
	void invoke(RunningCallback execution, CallbackInstance instance) throws Exception {
		Operation<V> operation = (Operation<V>) Objects.requireNonNull(execution.activation(), "activation");
		Result<V> result = Objects.requireNonNull(operation.result, "result");
		// Whoever keeps the token must not keep a buffer with it.
		operation.result = null;
		this.callback.run(instance, result);
	}

	// The rest is guarded by the pool's lock.

	@Override
	int lastQueuedAfter() {
		return this.lastQueuedAfter;
	}

	@Override
	void lastQueuedAfter(int units) {
		this.lastQueuedAfter = units;
	}

	@Override
	boolean isReady() {
		return this.firstCompleted != null;
	}

	/** Since its operation ended: not since it was announced, or another one ran. */
	@Override
	long queuedNanos() {
		return (this.firstCompleted != null) ? this.firstCompleted.endedNanos : super.queuedNanos();
	}

	@Override
	boolean isUnderWay() {
		return this.underWay > 0;
	}

	void announce(Operation<?> operation) {
		operation.state = OperationState.UNDER_WAY;
		operation.era = this.era;
		this.underWay++;
		addUnready();
	}

	/**
	 * An operation ends.
	 * @return what it was until then
	 */
	OperationState end(Operation<?> operation) {
		OperationState before = operation.state;
		operation.state = OperationState.ENDED_BEFORE;
		if (before == OperationState.UNDER_WAY && operation.era != this.era) {
			this.forgotten--;
			return OperationState.FORGOTTEN;
		}
		if (before == OperationState.UNDER_WAY) {
			this.underWay--;
			lingerNoLonger();
		}
		return before;
	}

	/** Its result is there: queues its callback. */
	void completed(Operation<?> operation, long now) {
		operation.endedNanos = now;
		if (this.lastCompleted == null) {
			this.firstCompleted = operation;
		}
		else {
			this.lastCompleted.nextCompleted = operation;
		}
		this.lastCompleted = operation;
		enqueue();
	}

	@Override
	@Nullable Object takeActivation() {
		Operation<?> operation = this.firstCompleted;
		if (operation != null) {
			this.firstCompleted = operation.nextCompleted;
			operation.nextCompleted = null;
			if (this.firstCompleted == null) {
				this.lastCompleted = null;
			}
		}
		return operation;
	}

	@Override
	void dropActivations(List<Runnable> unlocked) {
		this.firstCompleted = null;
		this.lastCompleted = null;
		this.forgotten += this.underWay;
		this.underWay = 0;
		this.era++;
		lingerNoLonger();
	}

	@Override
	boolean isForgotten() {
		return this.forgotten == 0;
	}

	/** A close of the group must still find it, to forget what is under way. */
	@Override
	void closedByItself() {
		if (this.underWay > 0 && lane().state != Lane.CLOSED) {
			this.lingers = true;
			lane().lingering.add(this);
		}
	}

	private void lingerNoLonger() {
		if (this.lingers && this.underWay == 0) {
			this.lingers = false;
			lane().lingering.remove(this);
		}
	}

	/** What an operation is until it ends. */
	enum OperationState {

		/** It was announced. */
		UNDER_WAY,

		/** It was announced, and then forgotten. */
		FORGOTTEN,

		/** It has ended. */
		ENDED_BEFORE

	}

	/**
	 * One operation: the token, and what stands for its callback once it is complete.
	 *
	 * @param <V> what it gives
	 */
	static final class Operation<V> implements IoOperation<V> {

		private final Io<V> io;

		/** Pool lock. */
		private OperationState state = OperationState.ENDED_BEFORE;

		/** Pool lock. */
		private int era;

		/** When its result was there. Pool lock. */
		private long endedNanos;

		/** Pool lock. */
		private @Nullable Operation<?> nextCompleted;

		/**
		 * Written before it is queued, by whoever ends it; then its callback's thread's.
		 */
		private @Nullable Result<V> result;

		Operation(Io<V> io) {
			this.io = io;
		}

		Io<V> io() {
			return this.io;
		}

		@Override
		public void completed(@Nullable V value, @Nullable Object attachment) {
			end(new Result<>(value, null, attachment));
		}

		@Override
		public void failed(Throwable failure, @Nullable Object attachment) {
			end(new Result<>(null, Objects.requireNonNull(failure, "failure"), attachment));
		}

		@Override
		public void withdraw() {
			end(null);
		}

		private void end(@Nullable Result<V> with) {
			if (!this.io.lane().dispatcher.operations().end(this, with)) {
				throw new IllegalStateException("an operation of " + this.io + " has ended before: "
						+ "each is completed, failed or withdrawn once");
			}
		}

		void result(@Nullable Result<V> ended) {
			this.result = ended;
		}

	}

	/** How an operation ended. */
	record Result<V>(@Nullable V value, @Nullable Throwable failure,
			@Nullable Object attachment) implements IoResult<V> {
	}

}
