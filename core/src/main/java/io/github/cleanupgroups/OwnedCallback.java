package io.github.cleanupgroups;

/**
 * The callback of a one-off that somebody holds a future of.
 */
interface OwnedCallback extends Callback {

	/** Runs it. What the engine calls, so that no instance is made. */
	void run(RunningCallback execution) throws Exception;

	@Override
	default void run(CallbackInstance instance) {
		throw new UnsupportedOperationException("is run with its execution only");
	}

	/** It was dropped before it started: completes the future. No lock is held. */
	void dropped(MemberCancelledException cancellation);

	/**
	 * It has not run, and will not.
	 * @return whether somebody hears of that, having its future
	 */
	default boolean failed(Throwable why) {
		return false;
	}

	/** Which closes drop it, where its environment says {@code ofEnvironment}. */
	default Retention retention(Retention ofEnvironment) {
		return ofEnvironment;
	}

}
