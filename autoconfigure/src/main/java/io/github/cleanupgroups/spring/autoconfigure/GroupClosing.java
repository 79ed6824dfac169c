package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberCounts;
import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * The close of one group at the application's end: waiting for its turn, then begun, then
 * done. Used by the thread of its {@link PhaseClosing} only.
 */
final class GroupClosing {

	private static final Log logger = LogFactory.getLog(GroupClosing.class);

	private static final String REASON = "the application shuts down";

	/** So many stacks are looked at, to find out whether a close waits for itself. */
	private static final int FEW = 64;

	/** So many of those that run are named in a line of the log. */
	private static final int NAMED = 3;

	private final RegisteredGroup registered;

	private final CloseMode mode;

	private final Duration timeout;

	/** Whether the thread that stops the context is inside one of the callbacks. */
	private final boolean stoppedFromInside;

	/** Null before it has begun. */
	private @Nullable CloseOptions options;

	/** Null before it has begun. */
	private @Nullable CompletableFuture<CloseReport> close;

	private boolean done;

	GroupClosing(RegisteredGroup registered, boolean stoppedFromInside, boolean restarting) {
		Group settings = registered.settings();
		this.registered = registered;
		this.mode = restarting ? CloseMode.CANCEL : settings.onClose();
		this.timeout = restarting ? ShutdownDeadline.shorter(settings.timeoutOrDefault(), GroupShutdown.RESTART_TIMEOUT)
				: settings.timeoutOrDefault();
		this.stoppedFromInside = stoppedFromInside;
	}

	String name() {
		return this.registered.name();
	}

	List<String> closesAfter() {
		return this.registered.settings().closesAfter();
	}

	/** Whether another group has to be closed before. */
	boolean isAfter(GroupClosing other) {
		return closesAfter().contains(other.name()) || other.registered.isBelow(this.registered.group());
	}

	boolean isBegun() {
		return this.close != null;
	}

	boolean isDone() {
		return this.done;
	}

	/**
	 * Refuses what is new from outside and begins to close what is there.
	 * @param remaining how much time there is for everything
	 * @param ended is told when the close has ended, on another thread
	 */
	void begin(Duration remaining, Consumer<GroupClosing> ended) {
		this.registered.stopped(true);
		this.registered.group().refuse();
		CloseOptions chosen = options(remaining);
		this.options = chosen;
		this.close = withAdopted(begin(chosen), remaining).whenComplete((report, failure) -> ended.accept(this));
	}

	/** The same budget, beside the group's own members. */
	private CompletableFuture<CloseReport> withAdopted(CompletableFuture<CloseReport> own, Duration remaining) {
		Duration grace = ShutdownDeadline.shorter(this.timeout, remaining);
		Duration limit = (this.mode == CloseMode.AWAIT_THEN_CANCEL) ? remaining : grace;
		CompletableFuture<CloseReport> all = own;
		for (AdoptedExecutor each : this.registered.adopted()) {
			all = all.thenCombine(each.close(this.mode, grace, limit, this.registered.settings().interruptAfter())
				.thenAccept(CloseLog::closed), (report, nothing) -> report);
		}
		return all;
	}

	/** The close of one group that cannot begin must not keep others from theirs. */
	private CompletableFuture<CloseReport> begin(CloseOptions chosen) {
		try {
			return this.registered.group().closeMembersAsync(chosen);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CloseOptions options(Duration remaining) {
		Duration limit = ShutdownDeadline.shorter(this.timeout, remaining);
		CloseOptions options = switch (this.mode) {
			case AWAIT -> CloseOptions.awaitPending().timeout(limit);
			case CANCEL -> CloseOptions.cancelPending().timeout(limit);
			case AWAIT_THEN_CANCEL -> CloseOptions.awaitThenCancel(limit).timeout(remaining);
		};
		Duration interruptAfter = this.registered.settings().interruptAfter();
		if (interruptAfter != null) {
			options = options.interruptAfter(interruptAfter);
		}
		return options.cancelOnTimeout().reason(REASON);
	}

	/** The close has ended by itself. */
	void ended() {
		if (this.done || this.close == null) {
			return;
		}
		try {
			CloseLog.closed(this.mode, this.close.join());
		}
		catch (RuntimeException ex) {
			logger.error("Cleanup group '" + name() + "' could not be closed", ex);
		}
		this.done = true;
	}

	/**
	 * Whether all that is left are callbacks that wait for the very shutdown: waiting for
	 * them would be waiting for ourselves.
	 */
	boolean waitsForItself() {
		if (this.done || this.close == null || this.close.isDone()) {
			return false;
		}
		MemberCounts counts = this.registered.group().memberCounts();
		int running = counts.runningCallbacks();
		if (counts.pendingCallbacks() > 0 || running == 0 || running > FEW) {
			return false;
		}
		return this.registered.group()
			.runningMembers()
			.stream()
			.filter((member) -> ShutdownStack.waits(member.stack(), this.stoppedFromInside))
			.count() >= running;
	}

	/**
	 * Does not wait any longer. Who listens hears what has happened until now; later
	 * there is nobody left to hear it.
	 */
	void endButForTheCloser() throws InterruptedException {
		CompletableFuture<CloseReport> joined = this.registered.group()
			.closeMembersAsync(CloseOptions.awaitPending().timeout(Duration.ZERO).reason(REASON));
		try {
			CloseLog.closedButForTheCloser(this.mode, joined.get(1, TimeUnit.SECONDS));
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("Cleanup group '" + name() + "' could not be closed", ex);
		}
		if (this.options != null) {
			this.registered.events().toldAlready(this.options);
		}
		this.done = true;
	}

	/** Time is over, and not even the close has returned. */
	void giveUp() {
		CloseLog.givenUp(name(), state());
		this.done = true;
	}

	String state() {
		if (!isBegun()) {
			return "'" + name() + "' (after "
					+ (closesAfter().isEmpty() ? "those below it" : String.join(", ", closesAfter())) + ")";
		}
		MemberCounts counts = this.registered.group().memberCounts();
		return "'" + name() + "' (" + counts.pendingCallbacks() + " queued, " + counts.runningCallbacks() + " running"
				+ ((counts.runningCallbacks() > FEW) ? "" : namesOfRunning()) + ")";
	}

	private String namesOfRunning() {
		List<String> names = this.registered.group().runningMembers().stream().map(MemberSnapshot::name).toList();
		return names.isEmpty() ? "" : ": " + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
				+ ((names.size() > NAMED) ? " .." : "");
	}

}
