package io.github.cleanupgroups;

/**
 * Runs after each executed callback of a member, on the same thread, before the actions
 * registered with {@link CallbackInstance#whenReturned(Runnable)}
 * (TpSetCallbackFinalizationCallback, R27). It runs also when the callback threw, and
 * never for a callback that was cancelled.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FinalizationCallback {

	/**
	 * Called once per executed callback.
	 * @param instance the execution that ends
	 * @throws Exception whatever it likes: treated like one that the callback threw
	 */
	void finished(CallbackInstance instance) throws Exception;

}
