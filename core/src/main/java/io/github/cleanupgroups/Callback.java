package io.github.cleanupgroups;

/**
 * What a {@link Work} object or a one-off runs (PTP_WORK_CALLBACK, PTP_SIMPLE_CALLBACK).
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Callback {

	/**
	 * Runs on a thread of the pool, with no lock held.
	 * @param instance this execution; valid until this method and the actions registered
	 * with it have ended
	 * @throws Exception whatever it likes: the worker survives, the exception goes to
	 * {@link ThreadPool.Builder#onUncaught} and into the report of a close that waited
	 * for this callback
	 */
	void run(CallbackInstance instance) throws Exception;

}
