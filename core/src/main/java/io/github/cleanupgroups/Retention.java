package io.github.cleanupgroups;

/**
 * Which closes drop the queued callbacks of an entry; ordered, so that a close drops what
 * is below or at its own level.
 */
enum Retention {

	/** Every close drops it, also one that awaits. */
	NONE,

	/** A close that cancels drops it. */
	CLOSE_DECIDES,

	/** Only a close whose time has run out drops it. */
	UNTIL_TIMEOUT,

	/** Nothing drops it: somebody waits for a result that only running it can give. */
	ALWAYS;

	/** Whether a close that drops up to {@code level} drops this. */
	boolean isDroppedAt(Retention level) {
		return compareTo(level) <= 0;
	}

}
