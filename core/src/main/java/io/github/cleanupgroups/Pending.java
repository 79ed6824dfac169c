package io.github.cleanupgroups;

/**
 * What becomes of callbacks that are queued and have not begun.
 *
 * @since 0.1.0
 */
public enum Pending {

	/** They run, and are waited for. */
	AWAIT,

	/** They are dropped and never run. */
	CANCEL

}
