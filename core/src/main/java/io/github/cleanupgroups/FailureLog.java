package io.github.cleanupgroups;

import java.util.function.Supplier;

/**
 * Logs what there is nobody else to tell. What the application's log throws in turn is
 * ignored: it must not end what is under way.
 *
 * <p>
 * A logger is made when there is something to log: the first one of a process sets its
 * logging up, which takes a fiftieth of a second.
 */
final class FailureLog {

	private FailureLog() {
	}

	/** A callback, or what was to hear of it. */
	static void callbackThrew(String member, Throwable failure) {
		log(() -> OfPools.LOGGER, "callback of '" + member + "' threw", failure);
	}

	/** A group's listener. */
	static void listenerThrew(Throwable failure) {
		log(() -> OfGroups.LOGGER, "group listener threw", failure);
	}

	/** What a close led to while nobody waited for it any more. */
	static void lateCloseMet(String group, Throwable failure) {
		log(() -> OfGroups.LOGGER, "what the close of group '" + group + "' had left to do threw", failure);
	}

	private static void log(Supplier<System.Logger> to, String message, Throwable failure) {
		try {
			to.get().log(System.Logger.Level.ERROR, message, failure);
		}
		catch (Throwable ex) {
			// There is nobody left to tell.
		}
	}

	private static final class OfPools {

		static final System.Logger LOGGER = System.getLogger(ThreadPool.class.getName());

	}

	private static final class OfGroups {

		static final System.Logger LOGGER = System.getLogger(CleanupGroup.class.getName());

	}

}
