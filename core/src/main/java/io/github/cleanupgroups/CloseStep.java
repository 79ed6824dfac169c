package io.github.cleanupgroups;

import java.util.Locale;

/**
 * How far a close goes with what does not end by itself, mildest first: of steps that are
 * due at once, the milder one is taken first.
 *
 * @see CloseReport#escalations()
 * @since 0.1.0
 */
public enum CloseStep {

	/**
	 * The stacks of what runs are taken ({@link CloseOptions#dumpAfter}).
	 */
	DUMP,

	/**
	 * What is queued is dropped: after the grace, at the time-out, or because the closer
	 * was interrupted. (A close that cancels from its beginning takes no step for it.)
	 */
	CANCEL,

	/**
	 * The threads of what runs are interrupted ({@link CloseOptions#interruptAfter}).
	 */
	INTERRUPT,

	/**
	 * The call returns because its time is over, though something runs still. A later
	 * close of the group waits for it again.
	 */
	ABANDON;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * The name in lower case, as meters and logs show it.
	 * @return the label
	 */
	public String label() {
		return this.label;
	}

}
