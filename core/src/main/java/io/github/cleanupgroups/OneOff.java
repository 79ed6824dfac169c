package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * A callback that runs once and has no object: its queue node and, while it runs, its
 * {@link RunningCallback} are all there is of it (TrySubmitThreadpoolCallback).
 */
sealed class OneOff extends Entry permits OneOff.Furnished {

	final Callback callback;

	/**
	 * Whether the callback is an {@link OwnedCallback}. On Java 17 that is a search, and
	 * a close asks for each.
	 */
	private final boolean owned;

	/** Set by the submitter before it enters. */
	private @Nullable Lane lane;

	/**
	 * Whether it is to run. The submitter before it enters, then the pool's lock; while a
	 * close sweeps the lane, that close alone.
	 */
	private boolean queued;

	/** How many stand in an {@link Inbox} with it. The submitter, before it enters. */
	private byte height;

	OneOff(CallbackEnvironment environment, Callback callback, long joinedNanos) {
		super(environment, joinedNanos);
		this.callback = callback;
		this.owned = callback instanceof OwnedCallback;
	}

	/** It is about to enter; {@link #leaveQueue()} where it is refused. */
	void enter(Lane entered) {
		this.lane = entered;
		this.queued = true;
	}

	@Override
	Lane lane() {
		Lane entered = this.lane;
		if (entered == null) {
			throw new IllegalStateException("'" + memberName() + "' has not entered a lane");
		}
		return entered;
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.CALLBACK;
	}

	@Override
	@Nullable Member object() {
		return null;
	}

	@Override
	@Nullable Object context() {
		return null;
	}

	@Override
	long queuedNanos() {
		return this.joinedNanos;
	}

	@Override
	long pending() {
		return this.queued ? 1 : 0;
	}

	/**
	 * Links it to what came before it into an {@link Inbox}.
	 * @return false where that is full
	 */
	boolean standsOn(@Nullable OneOff last) {
		int stand = (last != null) ? last.height + 1 : 1;
		if (stand > Inbox.CAPACITY) {
			return false;
		}
		this.height = (byte) stand;
		this.next = last;
		return true;
	}

	/** How many stand in an {@link Inbox}, this one the last of them. */
	int height() {
		return this.height;
	}

	/** It had counted as started, and waits on. */
	void returnToQueue() {
		this.queued = true;
	}

	boolean isQueued() {
		return this.queued;
	}

	/** It starts, is dropped, or is withdrawn; it may go on standing in the queue. */
	@Override
	void leaveQueue() {
		this.queued = false;
	}

	@Override
	@Nullable OwnedCallback owned() {
		return this.owned ? (OwnedCallback) this.callback : null;
	}

	@Override
	Retention retention() {
		OwnedCallback owned = owned();
		return (owned != null) ? owned.retention(super.retention()) : super.retention();
	}

	@Override
	void invoke(RunningCallback running, CallbackInstance instance) throws Exception {
		this.callback.run(instance);
	}

	/**
	 * One with a context or a decoration: a type of its own, so that others do not carry
	 * the fields.
	 */
	static final class Furnished extends OneOff {

		private final @Nullable Object context;

		private final CallbackDecorator.@Nullable Decoration decoration;

		Furnished(CallbackEnvironment environment, @Nullable Object context, Callback callback, long joinedNanos,
				CallbackDecorator.@Nullable Decoration decoration) {
			super(environment, callback, joinedNanos);
			this.context = context;
			this.decoration = decoration;
		}

		@Override
		@Nullable Object context() {
			return this.context;
		}

		@Override
		CallbackDecorator.@Nullable Decoration decoration() {
			return this.decoration;
		}

	}

}
