package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * One call that closes a group: this is where closing a group happens, step by step.
 *
 * <ol>
 * <li>{@link #begin()}: take the group's present generation, and every close of it that
 * is still unfinished; seal it, so that nobody enters from outside; drop what is queued
 * if the mode says so.
 * <li>{@link #await()}: tell the owners that are due; wait until all is finished; cancel
 * after the grace, interrupt after the delay, give up after the time-out.
 * <li>{@link #report()}.
 * </ol>
 *
 * Groups below it come first: descendants are closed level by level, those of a level
 * side by side, all against the same deadline. What an earlier close has abandoned holds
 * up no level: it is attended to beside those that follow, and waited for at the end.
 * What all calls that close one generation share is in its {@link Closing}.
 */
final class GroupCloser {

	private final CleanupGroup root;

	private final CloseOptions options;

	private final boolean forGood;

	private final TimeSource time;

	private final long startedNanos;

	private final @Nullable Object flightEvent = FlightEvents.INSTANCE.closeBegins();

	private final Deadline timeout;

	private final Deadline grace;

	private final Deadline dump;

	private final Deadline interruption;

	/** What is left to close, leaves first. */
	private List<List<CleanupGroup>> levels = List.of();

	/** Every close this call takes part in. */
	private final List<JoinedClosing> joined = new ArrayList<>();

	/**
	 * Those it attends to: of the level that is at its turn, and what is abandoned of
	 * levels before.
	 */
	private List<JoinedClosing> attended = new ArrayList<>();

	private boolean cancelled;

	/** What was done so far about callbacks that did not end by themselves. */
	private final List<CloseEscalation> escalations = new ArrayList<>();

	private boolean timedOut;

	/** Whether an interrupt ends the wait. */
	private boolean interruptible;

	/** Whether one has come that did not. */
	private boolean interruptedMeanwhile;

	GroupCloser(CleanupGroup root, CloseOptions options, boolean forGood) {
		this.root = root;
		this.options = options;
		this.forGood = forGood;
		this.time = root.timeSource();
		this.startedNanos = this.time.nanoTime();
		this.timeout = Deadline.in(this.time, options.timeout());
		this.grace = Deadline.in(this.time, options.grace());
		this.dump = Deadline.in(this.time, options.dumpAfter());
		this.interruption = Deadline.in(this.time, options.interruptAfter());
		this.cancelled = options.mode() == CloseMode.CANCEL;
	}

	/**
	 * Closing from inside could never end: the callback waits for the close, the close
	 * for the callback.
	 */
	void refuseInside() {
		for (List<CleanupGroup> groups : this.root.levels(false)) {
			groups.forEach(GroupCloser::refuseInside);
		}
	}

	private static void refuseInside(CleanupGroup group) {
		if (CallbackThread.generationAround(group) != null) {
			throw new IllegalStateException("group '" + group.name()
					+ "' cannot be closed from a callback of one of its own members; use closeMembersAsync");
		}
		if (CallbackThread.isTelling(group)) {
			throw new IllegalStateException("group '" + group.name()
					+ "' cannot be closed from what its own close waits for: a cancel callback of a member,"
					+ " what depends on its release or its future, or a listener; use closeMembersAsync");
		}
	}

	/**
	 * Takes the groups in hand and begins with the first level; waits for nothing. Where
	 * it throws it has left what it had begun.
	 */
	void begin() {
		this.levels = this.root.levels(this.forGood);
		beginLevelOrGiveUp();
	}

	private void beginLevelOrGiveUp() {
		try {
			beginLevel();
		}
		catch (Throwable ex) {
			giveUp();
			throw ex;
		}
	}

	private void beginLevel() {
		List<JoinedClosing> level = new ArrayList<>();
		Retention upTo = this.cancelled ? Retention.CLOSE_DECIDES : Retention.NONE;
		try {
			for (CleanupGroup group : this.levels.remove(0)) {
				group.beginClose(this.forGood, upTo, this.options, this.timeout, level);
			}
		}
		finally {
			this.joined.addAll(level);
			this.attended.addAll(level);
		}
	}

	/** Leaves to other calls what this one has begun. */
	void giveUp() {
		leave((each) -> true);
	}

	private void leave(Predicate<JoinedClosing> which) {
		Thread closer = Thread.currentThread();
		List<JoinedClosing> staying = new ArrayList<>();
		for (JoinedClosing each : this.attended) {
			if (which.test(each)) {
				each.leave(closer);
			}
			else {
				staying.add(each);
			}
		}
		this.attended = staying;
	}

	/** Waits until every level is finished or the time is over. */
	void await() throws InterruptedException {
		this.interruptible = true;
		awaitAll();
	}

	/** As {@link #await()}; an interrupt cancels what is queued, and the wait goes on. */
	void awaitUninterruptibly() {
		try {
			awaitAll();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("an uninterruptible wait was interrupted", ex);
		}
		if (this.interruptedMeanwhile) {
			Thread.currentThread().interrupt();
		}
	}

	private void awaitAll() throws InterruptedException {
		Attendant attendant = new Attendant(Thread.currentThread());
		try {
			awaitLevel(attendant);
			while (!this.levels.isEmpty()) {
				leaveLevel();
				beginLevel();
				awaitLevel(attendant);
			}
		}
		finally {
			giveUp();
			// After an interrupt: what is left closes without being waited for.
			while (!this.levels.isEmpty()) {
				beginLevelOrGiveUp();
				giveUp();
			}
		}
	}

	private void awaitLevel(Attendant attendant) throws InterruptedException {
		this.attended.forEach((each) -> each.attend(attendant));
		for (;;) {
			attendant.beginRound();
			if (attend(attendant.thread)) {
				return;
			}
			long nanos = parkNanos();
			if (attendant.mayParkSoon()) {
				this.time.parkNanos(this, nanos);
			}
			if (Thread.interrupted()) {
				interruptedWaiting();
			}
		}
	}

	/** Leaves what is finished, or has had its time. */
	private void leaveLevel() {
		leave((each) -> !each.isAbandoned() || each.closing().isFinished());
	}

	private void interruptedWaiting() throws InterruptedException {
		if (this.interruptible) {
			throw new InterruptedException("interrupted while closing group '" + this.root.name() + "'");
		}
		this.interruptedMeanwhile = true;
		this.cancelled = true;
		cancelPending(Retention.CLOSE_DECIDES);
	}

	/**
	 * One round of what a closer does between two parks. Returns whether there is nothing
	 * more to wait for.
	 */
	private boolean attend(Thread closer) {
		this.attended.forEach((each) -> each.closing().giveNotices(closer));
		if (this.attended.stream().noneMatch(this::isAwaited)) {
			return true;
		}
		boolean interrupts = this.interruption.hasPassed() && isLeft(CloseStep.INTERRUPT);
		// A stack that is taken after the interrupt does not tell what was waited for.
		if ((interrupts || this.dump.hasPassed()) && isLeft(CloseStep.DUMP)) {
			take(CloseStep.DUMP, this::dump);
			return attend(closer);
		}
		if (!this.cancelled && this.grace.hasPassed()) {
			this.cancelled = true;
			cancelPending(Retention.CLOSE_DECIDES);
			return attend(closer);
		}
		if (interrupts) {
			take(CloseStep.INTERRUPT,
					(closing) -> escalate(closing, CloseStep.INTERRUPT, closing.interruptRunning(), List.of()));
			// What ran meanwhile may have taken the wake-up for itself: look again.
			return attend(closer);
		}
		if (!this.timeout.hasPassed()) {
			return false;
		}
		this.timedOut = true;
		if (this.options.cancelsOnTimeout()) {
			cancelPending(Retention.UNTIL_TIMEOUT);
		}
		return true;
	}

	/** Those that are abandoned hold up the last level only. */
	private boolean isAwaited(JoinedClosing each) {
		return !each.closing().isFinished() && (this.levels.isEmpty() || !each.isAbandoned());
	}

	/** Whether a step is still to be taken with any, if its time comes. */
	private boolean isLeft(CloseStep step) {
		if (step == CloseStep.DUMP && this.options.dumpAfter() == null) {
			return false;
		}
		return this.attended.stream().anyMatch((each) -> !each.hasTaken(step));
	}

	/** Once with each: some may have come beside others that it was taken with. */
	private void take(CloseStep step, Consumer<Closing> how) {
		for (JoinedClosing each : this.attended) {
			if (each.take(step)) {
				how.accept(each.closing());
			}
		}
	}

	private void cancelPending(Retention upTo) {
		for (JoinedClosing each : this.attended) {
			long callbacks = each.closing().cancelPending(upTo, this.options);
			escalate(each.closing(), CloseStep.CANCEL, callbacks, List.of());
		}
	}

	private void dump(Closing closing) {
		List<MemberSnapshot> running = closing.stillRunning();
		escalate(closing, CloseStep.DUMP, callbacks(running), running);
	}

	private static long callbacks(List<MemberSnapshot> running) {
		return running.stream().mapToLong(MemberSnapshot::runningCallbacks).sum();
	}

	/** A step that has met nothing is none. */
	private void escalate(Closing closing, CloseStep step, long callbacks, List<MemberSnapshot> members) {
		if (callbacks == 0 && members.isEmpty()) {
			return;
		}
		CloseEscalation escalation = new CloseEscalation(closing.group().name(), step, elapsed(), callbacks, members);
		this.escalations.add(escalation);
		CallbackThread.tell(this.root, () -> this.root.tellEscalated(this.options, escalation));
	}

	private Duration elapsed() {
		return Duration.ofNanos(this.time.nanoTime() - this.startedNanos);
	}

	private long parkNanos() {
		long nanos = this.timeout.parkNanos();
		if (!this.cancelled) {
			nanos = Math.min(nanos, this.grace.parkNanos());
		}
		if (isLeft(CloseStep.DUMP)) {
			nanos = Math.min(nanos, this.dump.parkNanos());
		}
		if (isLeft(CloseStep.INTERRUPT)) {
			nanos = Math.min(nanos, this.interruption.parkNanos());
		}
		for (JoinedClosing each : this.attended) {
			nanos = each.closing().awaitsThreads() ? Math.min(nanos, Dispatcher.THREAD_CHECK_NANOS) : nanos;
		}
		return nanos;
	}

	CloseReport report() {
		CloseTally tally = CloseTally.NOTHING;
		List<MemberSnapshot> stillRunning = new ArrayList<>();
		List<Throwable> failures = new ArrayList<>();
		for (JoinedClosing each : this.joined) {
			tally = tally.plus(each.tally());
			failures.addAll(each.reportFailures());
			if (this.timedOut) {
				stillRunning.addAll(each.closing().stillRunning());
			}
		}
		Duration duration = elapsed();
		if (!stillRunning.isEmpty()) {
			this.escalations.add(new CloseEscalation(this.root.name(), CloseStep.ABANDON, duration,
					callbacks(stillRunning), stillRunning));
		}
		Report report = new Report(this.root.name(), duration, this.timedOut,
				(int) Math.min(Integer.MAX_VALUE, tally.members()), tally.completed(), tally.cancelled(),
				List.copyOf(stillRunning), List.copyOf(failures), List.copyOf(this.escalations));
		FlightEvents.INSTANCE.groupClosed(this.flightEvent, this.options, report);
		this.root.tellClosed(this.options, report);
		return report;
	}

	private record Report(String group, Duration duration, boolean timedOut, int closedMembers, long completedCallbacks,
			long cancelledCallbacks, List<MemberSnapshot> stillRunning, List<Throwable> failures,
			List<CloseEscalation> escalations) implements CloseReport {

		@Override
		public String toString() {
			return "group '" + this.group + "' closed in " + this.duration.toMillis() + " ms"
					+ (this.timedOut ? ", timed out" : "") + ": " + this.closedMembers + " members, "
					+ this.completedCallbacks + " callbacks ran, " + this.cancelledCallbacks + " cancelled, "
					+ this.stillRunning.size() + " still running"
					+ (this.failures.isEmpty() ? "" : ", " + this.failures.size() + " failures");
		}

	}

}
