package io.github.cleanupgroups;

/**
 * Which of several queued callbacks of one pool starts first
 * (SetThreadpoolCallbackPriority, R23).
 *
 * <p>
 * A free worker takes {@code HIGH} before {@code NORMAL} before {@code LOW}. So that
 * nothing starves, a callback that has waited one second is next whatever its priority.
 * Priorities decide about starting only, never about a running callback.
 *
 * @since 0.1.0
 */
public enum Priority {

	/** Before the others. */
	HIGH(0),

	/** The default. */
	NORMAL(1),

	/** When nothing else is queued, or after a second. */
	LOW(2);

	/** How many levels there are. */
	static final int LEVELS = 3;

	private final int level;

	Priority(int level) {
		this.level = level;
	}

	/** Which ready ring it has: lower ones first. */
	int level() {
		return this.level;
	}

}
