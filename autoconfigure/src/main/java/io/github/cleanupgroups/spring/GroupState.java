package io.github.cleanupgroups.spring;

import java.util.Locale;

import io.github.cleanupgroups.CleanupGroup;

/**
 * What a group does with members at the moment.
 *
 * @since 0.1.0
 */
public enum GroupState {

	/** It takes and runs them. */
	OPEN,

	/** It refuses what is new from outside; what is there runs. */
	DRAINING,

	/** It starts nothing. */
	PAUSED,

	/** Members are being closed, or a close has timed out and left some running. */
	CLOSING,

	/** It is closed for good. */
	CLOSED;

	/**
	 * The state of a group. A close overrides a pause, and what is paused does not drain.
	 * @param group which group
	 * @return its state now
	 */
	public static GroupState of(CleanupGroup group) {
		if (group.isClosing()) {
			return CLOSING;
		}
		if (group.isClosed()) {
			return CLOSED;
		}
		if (group.isPaused()) {
			return PAUSED;
		}
		return group.isAccepting() ? OPEN : DRAINING;
	}

	/**
	 * The state of a group in an application whose groups may be draining: also one whose
	 * turn to refuse has not come is.
	 * @param group which group
	 * @param draining whether it refuses, or will when it is its turn to
	 * @return its state now
	 * @see CleanupGroups#isDraining(String)
	 */
	public static GroupState of(CleanupGroup group, boolean draining) {
		GroupState state = of(group);
		return (draining && state == OPEN) ? DRAINING : state;
	}

	/**
	 * How it is shown.
	 * @return the name in lower case
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT);
	}

}
