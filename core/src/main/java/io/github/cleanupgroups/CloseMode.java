package io.github.cleanupgroups;

/**
 * The three ways of closing a group.
 *
 * @since 0.1.0
 * @see CloseOptions
 */
public enum CloseMode {

	/**
	 * Queued callbacks run and are waited for ({@code fCancelPendingCallbacks = FALSE}).
	 */
	AWAIT,

	/** Queued callbacks are dropped ({@code fCancelPendingCallbacks = TRUE}). */
	CANCEL,

	/** First {@link #AWAIT}, after a grace {@link #CANCEL}. */
	AWAIT_THEN_CANCEL

}
