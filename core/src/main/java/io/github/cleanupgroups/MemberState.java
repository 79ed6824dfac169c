package io.github.cleanupgroups;

import java.util.Locale;

/**
 * Where a member stands. A member that has callbacks both queued and running is
 * {@link #RUNNING}.
 *
 * @since 0.1.0
 */
public enum MemberState {

	/** Nothing of it is queued or running. */
	IDLE,

	/** At least one callback is queued, none is running. */
	QUEUED,

	/** At least one callback is running. */
	RUNNING;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The state in lower case, as meters spell it.
	 * @return a word without spaces, such as {@code "queued"}
	 * @since 0.1.0
	 */
	public String label() {
		return this.label;
	}

}
