package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
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
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.AdoptedExecutorSnapshot;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * The close of one group at the application's end: waiting for its turn, then begun, then
 * done. Used by the thread of its {@link PhaseClosing} only.
 */
final class GroupClosing {

	private static final Log logger = LogFactory.getLog(GroupClosing.class);

	private static final String REASON = "the application shuts down";

	/** So many of those that run are named in a line of the log. */
	private static final int NAMED = 3;

	private final RegisteredGroup registered;

	private final CloseMode mode;

	private final Duration timeout;

	/** By when it is to be closed: the deadline, less what others after it need. */
	private final ShutdownDeadline limit;

	/** How long after that those that wait for it do so no longer. */
	private final Duration grace;

	/** Whether the thread that stops the context is inside one of the callbacks. */
	private final boolean stoppedFromInside;

	/** Null before it has begun. */
	private @Nullable CloseOptions options;

	/** Null before it has begun. */
	private @Nullable CompletableFuture<CloseReport> close;

	/** Those of adopted executors. */
	private CompletableFuture<Void> adopted = CompletableFuture.completedFuture(null);

	private boolean done;

	/**
	 * The close of a group.
	 * @param registered which
	 * @param limit by when it is to be closed
	 * @param grace how long after that those that wait for it do so no longer
	 * @param stoppedFromInside whether the thread that stops the context is inside one of
	 * the callbacks
	 * @param restarting whether the development tools are about to start anew
	 */
	GroupClosing(RegisteredGroup registered, ShutdownDeadline limit, Duration grace, boolean stoppedFromInside,
			boolean restarting) {
		Group settings = registered.settings();
		this.registered = registered;
		this.mode = restarting ? CloseMode.CANCEL : settings.onClose();
		this.timeout = restarting ? ShutdownDeadline.shorter(settings.timeoutOrDefault(), GroupShutdown.RESTART_TIMEOUT)
				: settings.timeoutOrDefault();
		this.limit = limit;
		this.grace = grace;
		this.stoppedFromInside = stoppedFromInside;
	}

	ThreadPool pool() {
		return this.registered.pool();
	}

	String name() {
		return this.registered.name();
	}

	List<String> closesAfter() {
		return this.registered.settings().closesAfter();
	}

	/** Groups that it is below: they are closed after it. */
	List<String> parents() {
		List<String> parents = new ArrayList<>();
		for (RegisteredGroup each = this.registered.parent(); each != null; each = each.parent()) {
			parents.add(each.name());
		}
		return parents;
	}

	boolean isBegun() {
		return this.close != null;
	}

	boolean isDone() {
		return this.done;
	}

	/** Whether others that come after it need what time is left. */
	boolean hasHadItsTime() {
		return this.limit.hasPassedBy(this.grace);
	}

	/**
	 * Refuses what is new from outside and begins to close what is there.
	 * @param ended is told when the close has ended, on another thread
	 */
	void begin(Consumer<GroupClosing> ended) {
		this.registered.stopped(true);
		this.registered.group().refuse();
		Duration remaining = this.limit.remaining();
		ClosingSteps steps = ClosingSteps.of(this.registered.settings(), this.mode, this.timeout, remaining);
		CloseOptions chosen = steps.options().reason(REASON);
		CloseLog.begins(this.mode, this.registered.group(), remaining);
		this.registered.events().logSteps(chosen);
		this.options = chosen;
		this.adopted = closeAdopted(steps);
		this.close = begin(chosen).thenCombine(this.adopted, (report, nothing) -> report)
			.whenComplete((report, failure) -> ended.accept(this));
	}

	/** The same steps, beside the group's own members. */
	private CompletableFuture<Void> closeAdopted(ClosingSteps steps) {
		return CompletableFuture.allOf(this.registered.adopted()
			.stream()
			.map((each) -> close(each, steps))
			.toArray(CompletableFuture<?>[]::new));
	}

	private static CompletableFuture<Void> close(AdoptedExecutor executor, ClosingSteps steps) {
		try {
			return executor.close(steps).thenAccept(CloseLog::closed);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
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
	 * Callbacks that end the application, and so do not end before it; also where this
	 * close no longer waits for them.
	 */
	int waitingForTheEnd() {
		int running = this.registered.group().memberCounts().runningCallbacks();
		if (running == 0 || running > ShutdownStack.MOST_STACKS) {
			return 0;
		}
		return (int) this.registered.group()
			.runningMembers()
			.stream()
			.filter((member) -> ShutdownStack.waits(member.stack(), this.stoppedFromInside))
			.count();
	}

	/**
	 * Whether all that is left are callbacks that wait for the very shutdown, and such as
	 * cannot start because of them: waiting for them would be waiting for ourselves.
	 * @param threadsTaken how many threads of its pool such callbacks hold
	 */
	boolean waitsForItself(int threadsTaken) {
		if (this.done || this.close == null || this.close.isDone() || !this.adopted.isDone()) {
			return false;
		}
		MemberCounts counts = this.registered.group().memberCounts();
		int running = counts.runningCallbacks();
		if (running > waitingForTheEnd()) {
			return false;
		}
		if (counts.pendingCallbacks() == 0) {
			return running > 0;
		}
		return running >= this.registered.group().maxConcurrency() || threadsTaken >= pool().stats().maxThreads();
	}

	/** As of its own callbacks, so of the tasks of adopted executors. */
	void endAdoptedThatWaitForThemselves() {
		if (isBegun() && !this.adopted.isDone()) {
			this.registered.adopted().forEach((each) -> each.endIfItWaitsForItself(this.stoppedFromInside));
		}
	}

	/**
	 * Does not wait any longer. Who listens hears what has happened until now; later
	 * there is nobody left to hear it. What is queued will never start: it is cancelled.
	 */
	void endButForTheCloser() throws InterruptedException {
		boolean queued = this.registered.group().memberCounts().pendingCallbacks() > 0;
		CloseReport report = reportUntilNow(queued ? CloseOptions.cancelPending() : CloseOptions.awaitPending());
		if (report != null) {
			CloseLog.closedButForTheCloser(this.mode, report);
		}
		this.done = true;
	}

	/** Time is over, and not even the close has returned. */
	void giveUp() throws InterruptedException {
		String state = state();
		CloseLog.givenUp(name(), state, reportUntilNow(CloseOptions.awaitPending()));
		this.done = true;
	}

	/** Null where there is none at once. */
	private @Nullable CloseReport reportUntilNow(CloseOptions joining) throws InterruptedException {
		CompletableFuture<CloseReport> joined = this.registered.group()
			.closeMembersAsync(joining.timeout(Duration.ZERO).reason(REASON));
		try {
			return joined.get(1, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("Cleanup group '" + name() + "' could not be closed", ex);
			return null;
		}
		finally {
			if (this.options != null) {
				this.registered.events().toldAlready(this.options);
			}
		}
	}

	String state() {
		if (!isBegun()) {
			return "'" + name() + "' (after "
					+ (closesAfter().isEmpty() ? "those below it" : String.join(", ", closesAfter())) + ")";
		}
		MemberCounts counts = this.registered.group().memberCounts();
		return "'" + name() + "' (" + counts.pendingCallbacks() + " queued, " + counts.runningCallbacks() + " running"
				+ ((counts.runningCallbacks() > ShutdownStack.MOST_STACKS) ? "" : namesOfRunning()) + ")"
				+ adoptedState();
	}

	private String adoptedState() {
		StringBuilder state = new StringBuilder();
		for (AdoptedExecutor each : this.registered.adopted()) {
			AdoptedExecutorSnapshot snapshot = each.snapshot();
			if (!each.isIdle()) {
				state.append(", its executor '")
					.append(snapshot.name())
					.append("' (")
					.append(snapshot.queued())
					.append(" queued, ")
					.append(snapshot.running())
					.append(" running)");
			}
		}
		return state.toString();
	}

	private String namesOfRunning() {
		List<String> names = this.registered.group().runningMembers().stream().map(MemberSnapshot::name).toList();
		return names.isEmpty() ? "" : ": " + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
				+ ((names.size() > NAMED) ? " .." : "");
	}

}
