package io.github.cleanupgroups;

import java.util.Locale;

/**
 * What a member of a cleanup group is.
 *
 * @since 0.1.0
 */
public enum MemberKind {

	/** A {@link Work} object: submitted any number of times. */
	WORK,

	/** A {@link Timer}: fires when its time has come, once or again and again. */
	TIMER,

	/** A {@link Wait}: fires when its signal comes, or its time-out. */
	WAIT,

	/** An {@link Io} object: fires at the end of each announced operation. */
	IO,

	/**
	 * A one-off callback: a member while it is queued or running, gone by itself
	 * afterwards (R95-R100).
	 */
	CALLBACK;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The kind in lower case, as messages, meters and the endpoint spell it. It is also
	 * the name of members of this kind that were given none.
	 * @return a word without spaces, such as {@code "work"}
	 * @since 0.1.0
	 */
	public String label() {
		return this.label;
	}

}
