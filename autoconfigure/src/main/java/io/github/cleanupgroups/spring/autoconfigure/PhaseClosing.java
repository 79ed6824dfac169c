package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Closes the groups of one phase: side by side, or in the order of {@code closes-after},
 * all by one deadline. This is where a shutdown happens, step by step, on one thread that
 * never waits without end.
 */
final class PhaseClosing {

	/** How often to look whether a close waits for itself. */
	private static final Duration LOOK = Duration.ofMillis(100);

	/** So long after the deadline order counts no more: everything must have begun. */
	private static final Duration ORDER_ENDS = Duration.ofMillis(500);

	private final List<GroupClosing> closings;

	private final ShutdownDeadline deadline;

	private final Duration logInterval;

	/** Closes that have ended, from the threads that ended them. */
	private final BlockingQueue<GroupClosing> ended = new LinkedBlockingQueue<>();

	PhaseClosing(List<GroupClosing> closings, ShutdownDeadline deadline, Duration logInterval) {
		this.closings = closings;
		this.deadline = deadline;
		this.logInterval = logInterval;
	}

	void run() throws InterruptedException {
		ShutdownDeadline nextLog = ShutdownDeadline.in(this.logInterval);
		beginThoseWhoseTurnItIs();
		while (!isDone()) {
			GroupClosing first = this.ended.poll(ShutdownDeadline.shorter(LOOK, nextLog.remaining()).toNanos(),
					TimeUnit.NANOSECONDS);
			if (first != null) {
				first.ended();
			}
			else {
				endThoseThatWaitForThemselves();
			}
			beginThoseWhoseTurnItIs();
			if (this.deadline.hasPassedBy(GroupShutdown.OVERTIME)) {
				this.closings.stream().filter((each) -> !each.isDone()).forEach(GroupClosing::giveUp);
			}
			if (nextLog.remaining().isZero()) {
				logProgress();
				nextLog = ShutdownDeadline.in(this.logInterval);
			}
		}
	}

	private boolean isDone() {
		return this.closings.stream().allMatch(GroupClosing::isDone);
	}

	private void beginThoseWhoseTurnItIs() {
		boolean inOrder = !this.deadline.hasPassedBy(ORDER_ENDS);
		for (GroupClosing each : this.closings) {
			if (!each.isBegun() && (!inOrder || isItsTurn(each))) {
				each.begin(this.deadline.remaining(), this.ended::add);
			}
		}
	}

	/** Groups of other phases that it closes after are closed: theirs were before. */
	private boolean isItsTurn(GroupClosing closing) {
		return this.closings.stream().filter(closing::isAfter).allMatch(GroupClosing::isDone);
	}

	private void endThoseThatWaitForThemselves() throws InterruptedException {
		for (GroupClosing each : this.closings) {
			if (each.waitsForItself()) {
				each.endButForTheCloser();
			}
		}
	}

	private void logProgress() {
		String open = this.closings.stream()
			.filter((each) -> !each.isDone())
			.map(GroupClosing::state)
			.collect(Collectors.joining(", "));
		if (!open.isEmpty()) {
			CloseLog.waiting("Closing cleanup groups, " + CloseLog.show(this.deadline.remaining())
					+ " left until the deadline: " + open);
		}
	}

}
