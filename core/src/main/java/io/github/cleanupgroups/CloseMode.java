package io.github.cleanupgroups;

import java.util.Locale;

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
	AWAIT_THEN_CANCEL;

	private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

	/**
	 * The mode in lower case and with dashes, as settings, the log, meters and the
	 * endpoint spell it.
	 * @return words joined by dashes, such as {@code "await-then-cancel"}
	 * @since 0.1.0
	 */
	public String label() {
		return this.label;
	}

}
