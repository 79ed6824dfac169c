package io.github.cleanupgroups;

/**
 * What became of a callback that was to be kept from running: the answer of
 * {@link Timer#unset()} and {@link Wait#unset()} (SetThreadpoolTimerEx,
 * SetThreadpoolWaitEx; R62, F18).
 *
 * @since 0.1.0
 */
public enum Disarm {

	/** Nothing was set: never, or not since the last time it was taken back. */
	NOT_SET,

	/**
	 * It had not come to it: nothing will run. A periodic timer answers this also while
	 * the callback of an earlier expiry runs.
	 */
	PREVENTED,

	/** It was queued, and was taken back before it started. */
	DEQUEUED,

	/** It runs, or has run. */
	TOO_LATE

}
