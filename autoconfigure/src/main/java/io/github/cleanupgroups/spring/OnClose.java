package io.github.cleanupgroups.spring;

/**
 * What becomes of the queued calls of a method when their group is closed.
 *
 * @since 0.1.0
 */
public enum OnClose {

	/** What becomes of the rest of the group. */
	INHERIT,

	/**
	 * They run and are waited for, even where the group cancels; until the time of the
	 * close is over.
	 */
	AWAIT,

	/** They are dropped, even where the group awaits. */
	CANCEL

}
