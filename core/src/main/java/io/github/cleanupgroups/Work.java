package io.github.cleanupgroups;

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
public final class Work extends MemberObject implements Member {

	private final Callback callback;

	/** Pool lock. */
	private int lastQueuedAfter;

	Work(CallbackEnvironment environment, @Nullable Object context, Callback callback, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
		this.callback = callback;
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
	 */
	public void submit() {
		Admission.submit(this);
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.WORK;
	}

	@Override
	void invoke(RunningCallback execution, CallbackInstance instance) throws Exception {
		this.callback.run(instance);
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

}
