package io.github.cleanupgroups;

import jdk.jfr.EventType;
import org.jspecify.annotations.Nullable;

/**
 * Tells the Flight Recorder. Used only where there is one.
 */
final class RecordedEvents extends FlightEvents {

	private static final EventType MEMBER_RAN = EventType.getEventType(MemberRan.class);

	private static final EventType THREAD_STARTED = EventType.getEventType(ThreadStarted.class);

	private static final EventType GROUP_CLOSED = EventType.getEventType(GroupClosed.class);

	@Override
	void run(RunningCallback callback) {
		if (!MEMBER_RAN.isEnabled()) {
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
		if (THREAD_STARTED.isEnabled()) {
			ThreadStarted event = new ThreadStarted();
			event.pool = pool;
			event.commit();
		}
	}

	@Override
	@Nullable Object closeBegins() {
		if (!GROUP_CLOSED.isEnabled()) {
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

}
