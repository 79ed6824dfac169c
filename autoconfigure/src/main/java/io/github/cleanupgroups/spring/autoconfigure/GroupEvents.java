package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseEscalation;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberKind;

/**
 * The one listener of a group, which exists before anybody who may want to listen. None
 * of those it tells can keep the others from being told.
 */
final class GroupEvents implements CleanupGroupListener {

	private static final Log logger = LogFactory.getLog(GroupEvents.class);

	private final CloseHandler closeHandler;

	/** Written once, when the observers are known; read by every thread. */
	private volatile CleanupGroupListener[] listeners = {};

	/**
	 * Those of them that want to hear of each callback: asking all of them each time
	 * would cost more than telling them. Written and read as {@link #listeners}.
	 */
	private volatile CleanupGroupListener[] callbackListeners = {};

	/**
	 * Whether closes are nobody's business any more. Written by whoever shuts down, read
	 * by closers.
	 */
	private volatile boolean silent;

	/**
	 * Of a close that was told before its end; null where there is none. Written by
	 * whoever shuts down, read by closers.
	 */
	private volatile @Nullable CloseOptions told;

	/**
	 * Of the close whose steps are logged; null where there is none. Written by whoever
	 * shuts down, read by closers.
	 */
	private volatile @Nullable CloseOptions logged;

	GroupEvents(CloseHandler closeHandler) {
		this.closeHandler = closeHandler;
	}

	void tell(List<CleanupGroupListener> joining) {
		this.callbackListeners = joining.stream()
			.filter(GroupEvents::hearsCallbacks)
			.toArray(CleanupGroupListener[]::new);
		this.listeners = joining.toArray(CleanupGroupListener[]::new);
	}

	/**
	 * A close has been told, though it goes on: its end is not told again. Other closes
	 * are, for the group may be opened again.
	 */
	void toldAlready(CloseOptions options) {
		this.told = options;
	}

	/** The steps of this close go to the log of the shutdown. */
	void logSteps(CloseOptions options) {
		this.logged = options;
	}

	/** What is closed once more, for good, after its close was told must not be told. */
	void silence() {
		this.silent = true;
	}

	@Override
	public boolean hearsCallbacks() {
		return this.callbackListeners.length > 0;
	}

	private static boolean hearsCallbacks(CleanupGroupListener listener) {
		try {
			return listener.hearsCallbacks();
		}
		catch (Throwable ex) {
			failed(listener, ex);
			return false;
		}
	}

	/** A loop of its own: it is told after every callback, and makes no garbage. */
	@Override
	public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
			@Nullable Throwable failure) {
		for (CleanupGroupListener each : this.callbackListeners) {
			try {
				each.callbackRan(kind, name, queuedNanos, runNanos, failure);
			}
			catch (Throwable ex) {
				failed(each, ex);
			}
		}
	}

	@Override
	public void memberJoined(MemberKind kind, String name) {
		tellEach((each) -> each.memberJoined(kind, name));
	}

	@Override
	public void callbacksCancelled(long count) {
		tellEach((each) -> each.callbacksCancelled(count));
	}

	@Override
	public void rejected(MemberKind kind, String name) {
		tellEach((each) -> each.rejected(kind, name));
	}

	@Override
	public void closeEscalated(CleanupGroup group, CloseOptions options, CloseEscalation escalation) {
		if (this.silent || options == this.told) {
			return;
		}
		if (options == this.logged) {
			CloseLog.escalated(escalation);
		}
		tellEach((each) -> each.closeEscalated(group, options, escalation));
	}

	@Override
	public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
		if (this.silent || options == this.told) {
			return;
		}
		tellEach((each) -> each.closed(group, options, report));
		this.closeHandler.closed(group, options, report);
	}

	private void tellEach(Consumer<CleanupGroupListener> event) {
		for (CleanupGroupListener each : this.listeners) {
			try {
				event.accept(each);
			}
			catch (Throwable ex) {
				failed(each, ex);
			}
		}
	}

	private static void failed(CleanupGroupListener listener, Throwable ex) {
		logger.error("A listener of a cleanup group threw: " + listener, ex);
	}

	/** What the registry does about every close. */
	interface CloseHandler {

		void closed(CleanupGroup group, CloseOptions options, CloseReport report);

	}

}
