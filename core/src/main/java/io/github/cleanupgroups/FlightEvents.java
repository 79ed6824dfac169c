package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What the JDK's Flight Recorder is told. The recorder is a module of its own, which an
 * image of the runtime may leave out: nothing here mentions its classes, and where they
 * are missing nothing is told.
 *
 * <p>
 * Every method returns at once, and allocates nothing, where nobody records the event.
 */
abstract class FlightEvents {

	static final FlightEvents INSTANCE = load(FlightEvents.class.getClassLoader());

	/** A class file without the recorder's types in it: loading it is always safe. */
	static FlightEvents load(@Nullable ClassLoader loader) {
		try {
			Class.forName("jdk.jfr.Event", false, loader);
			return new RecordedEvents();
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return new NoEvents();
		}
	}

	/** Whether executions are recorded at present. */
	abstract boolean recordsCallbacks();

	/** Runs a callback. */
	abstract void run(RunningCallback callback);

	/** A thread of a pool has started: the current one. */
	abstract void threadStarted(String pool);

	/**
	 * A close begins.
	 * @return what {@link #groupClosed} is to be handed; null where nobody records
	 */
	abstract @Nullable Object closeBegins();

	/** A close has returned. */
	abstract void groupClosed(@Nullable Object begun, CloseOptions options, CloseReport report);

	private static final class NoEvents extends FlightEvents {

		@Override
		boolean recordsCallbacks() {
			return false;
		}

		@Override
		void run(RunningCallback callback) {
			callback.run();
		}

		@Override
		void threadStarted(String pool) {
		}

		@Override
		@Nullable Object closeBegins() {
			return null;
		}

		@Override
		void groupClosed(@Nullable Object begun, CloseOptions options, CloseReport report) {
		}

	}

}
