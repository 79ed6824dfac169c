package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.cleanupgroups.ThreadPool;

/**
 * Closes the groups of one phase: side by side, or in the order of {@code closes-after},
 * each within what the one deadline leaves it. This is where a shutdown happens, step by
 * step, on one thread that never waits without end.
 */
final class PhaseClosing {

	/** How often to look whether a close waits for itself. */
	private static final Duration LOOK = Duration.ofMillis(100);

	private final List<GroupClosing> closings;

	private final ShutdownDeadline end;

	private final Duration overtime;

	private final Duration logInterval;

	/** Closes that have ended, from the threads that ended them. */
	private final BlockingQueue<GroupClosing> ended = new LinkedBlockingQueue<>();

	/**
	 * The close of a phase.
	 * @param closings of its groups
	 * @param end by when they are to be closed
	 * @param overtime how long after that those are given up that have not even returned
	 * @param logInterval how often to log what is waited for
	 */
	PhaseClosing(List<GroupClosing> closings, ShutdownDeadline end, Duration overtime, Duration logInterval) {
		this.closings = closings;
		this.end = end;
		this.overtime = overtime;
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
			if (this.end.hasPassedBy(this.overtime)) {
				giveUp();
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
		for (GroupClosing each : this.closings) {
			if (!each.isBegun() && isItsTurn(each)) {
				each.begin(this.ended::add);
			}
		}
	}

	/**
	 * Those that it closes after are closed, or have had their time: order counts less
	 * than what is left for those that come later. (Groups of other phases are closed:
	 * their phases were before.)
	 */
	private boolean isItsTurn(GroupClosing closing) {
		return this.closings.stream()
			.filter(closing::isAfter)
			.allMatch((each) -> each.isDone() || each.hasHadItsTime());
	}

	private void endThoseThatWaitForThemselves() throws InterruptedException {
		Map<ThreadPool, Integer> taken = new HashMap<>();
		for (GroupClosing each : this.closings) {
			taken.merge(each.pool(), each.waitingForTheEnd(), Integer::sum);
		}
		for (GroupClosing each : this.closings) {
			if (each.waitsForItself(taken.getOrDefault(each.pool(), 0))) {
				each.endButForTheCloser();
			}
		}
	}

	private void giveUp() throws InterruptedException {
		for (GroupClosing each : this.closings) {
			if (!each.isDone()) {
				each.giveUp();
			}
		}
	}

	private void logProgress() {
		String open = this.closings.stream()
			.filter((each) -> !each.isDone())
			.map(GroupClosing::state)
			.collect(Collectors.joining(", "));
		if (!open.isEmpty()) {
			CloseLog.waiting("Closing cleanup groups, " + CloseLog.show(this.end.remaining()) + " left: " + open);
		}
	}

}
