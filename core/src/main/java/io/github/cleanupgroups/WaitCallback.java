package io.github.cleanupgroups;

/**
 * What a {@link Wait} runs (PTP_WAIT_CALLBACK).
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface WaitCallback {

	/**
	 * Runs once for each time the wait was set and not disarmed (R66).
	 * @param instance this execution; valid inside this call only
	 * @param result whether the signal came or the time passed
	 * @throws Exception whatever; it is reported as {@link Callback#run} says
	 */
	void run(CallbackInstance instance, WaitResult result) throws Exception;

}
