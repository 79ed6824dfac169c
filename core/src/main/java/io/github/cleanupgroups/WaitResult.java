package io.github.cleanupgroups;

/**
 * Why the callback of a {@link Wait} runs: there is no third reason (R67).
 *
 * @since 0.1.0
 */
public enum WaitResult {

	/** The signal was there, and was consumed if it is of a kind that can be (R68). */
	SIGNALED,

	/** The time-out passed first; nothing was consumed. */
	TIMED_OUT

}
