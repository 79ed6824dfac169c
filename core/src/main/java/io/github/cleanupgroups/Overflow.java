package io.github.cleanupgroups;

/**
 * What a submission does that finds the queue of its group full
 * ({@link CleanupGroup.Builder#queueCapacity(int)}).
 *
 * @since 0.1.0
 */
public enum Overflow {

	/** The submission fails with {@link QueueFullException}. */
	REJECT,

	/**
	 * The submitting thread waits for room. From a callback of the same group, where
	 * waiting could never end, the submission fails with {@link QueueFullException}
	 * instead.
	 */
	BLOCK,

	/**
	 * The submitting thread runs the callback itself, as a running callback of the group.
	 * It first waits while the group is paused or has all the callbacks running that
	 * {@link CleanupGroup.Builder#maxConcurrency(int)} allows.
	 */
	CALLER_RUNS

}
