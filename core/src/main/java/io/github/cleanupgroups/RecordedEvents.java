package io.github.cleanupgroups;

import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Tells the Flight Recorder. Used only where there is one.
 *
 * <p>
 * Loading the first class of an event sets the recorder up, which takes a tenth of a
 * second or more: that is left until somebody has made a recording.
 */
final class RecordedEvents extends FlightEvents {

	@Override
	boolean recordsCallbacks() {
		return FlightRecorder.isInitialized() && Types.MEMBER_RAN.isEnabled();
	}

	@Override
	void run(RunningCallback callback) {
		if (!recordsCallbacks()) {
			callback.run();
			return;
		}
		MemberRan event = new MemberRan();
		event.begin();
		callback.run();
		event.end();
		if (event.shouldCommit()) {
			event.describe(callback);
			event.commit();
		}
	}

	@Override
	void threadStarted(String pool) {
		if (FlightRecorder.isInitialized() && Types.THREAD_STARTED.isEnabled()) {
			ThreadStarted event = new ThreadStarted();
			event.pool = pool;
			event.commit();
		}
	}

	@Override
	@Nullable Object closeBegins() {
		if (!FlightRecorder.isInitialized() || !Types.GROUP_CLOSED.isEnabled()) {
			return null;
		}
		GroupClosed event = new GroupClosed();
		event.begin();
		return event;
	}

	@Override
	void groupClosed(@Nullable Object begun, CloseOptions options, CloseReport report) {
		if (begun instanceof GroupClosed event) {
			event.end();
			if (event.shouldCommit()) {
				event.describe(options, report);
				event.commit();
			}
		}
	}

	/** Loaded when there is a recorder. */
	private static final class Types {

		static final EventType MEMBER_RAN = EventType.getEventType(MemberRan.class);

		static final EventType THREAD_STARTED = EventType.getEventType(ThreadStarted.class);

		static final EventType GROUP_CLOSED = EventType.getEventType(GroupClosed.class);

	}

}
