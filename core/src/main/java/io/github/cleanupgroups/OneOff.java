package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * A callback that runs once and has no object: its queue node and, while it runs, its
 * {@link RunningCallback} are all there is of it (TrySubmitThreadpoolCallback).
 */
final class OneOff extends Entry {

	final Callback callback;

	/** Set when it enters. Pool lock. */
	private @Nullable Lane lane;

	OneOff(CallbackEnvironment environment, @Nullable Object context, Callback callback, long joinedNanos) {
		super(environment, context, joinedNanos);
		this.callback = callback;
	}

	void enter(Lane entered) {
		this.lane = entered;
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
	long queuedNanos() {
		return this.joinedNanos;
	}

	@Override
	long pending() {
		return isAbandoned() ? 0 : 1;
	}

	/** Whether the owner of its future has given it up, so that it need not start. */
	boolean isAbandoned() {
		return this.callback instanceof OwnedCallback owned && owned.isAbandoned();
	}

	@Override
	Retention retention() {
		return (this.callback instanceof OwnedCallback owned) ? owned.retention(super.retention()) : super.retention();
	}

	@Override
	void invoke(RunningCallback running) throws Exception {
		this.callback.run(running);
	}

}
