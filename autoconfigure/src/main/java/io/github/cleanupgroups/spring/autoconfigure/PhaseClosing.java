package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

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

	/** Those that are not done. */
	private final Set<GroupClosing> open;

	/** Those that have not begun, and what has to be closed before each. */
	private final Map<GroupClosing, List<GroupClosing>> waiting = new LinkedHashMap<>();

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
		this.open = new LinkedHashSet<>(closings);
		this.end = end;
		this.overtime = overtime;
		this.logInterval = logInterval;
		closings.forEach((each) -> this.waiting.put(each, new ArrayList<>()));
		// There may be thousands of groups: no look at each pair.
		Map<String, GroupClosing> byName = new HashMap<>();
		closings.forEach((each) -> byName.put(each.name(), each));
		for (GroupClosing each : closings) {
			each.closesAfter().forEach((before) -> await(each, byName.get(before)));
			each.parents().forEach((parent) -> await(byName.get(parent), each));
		}
	}

	/** Where both are of this phase. */
	private void await(@Nullable GroupClosing later, @Nullable GroupClosing before) {
		List<GroupClosing> all = (later != null) ? this.waiting.get(later) : null;
		if (all != null && before != null) {
			all.add(before);
		}
	}

	void run() throws InterruptedException {
		ShutdownDeadline nextLog = ShutdownDeadline.in(this.logInterval);
		beginThoseWhoseTurnItIs();
		while (!this.open.isEmpty()) {
			GroupClosing first = this.ended.poll(ShutdownDeadline.shorter(LOOK, nextLog.remaining()).toNanos(),
					TimeUnit.NANOSECONDS);
			if (first != null) {
				first.ended();
				this.open.remove(first);
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

	private void beginThoseWhoseTurnItIs() {
		for (Iterator<Map.Entry<GroupClosing, List<GroupClosing>>> all = this.waiting.entrySet().iterator(); all
			.hasNext();) {
			Map.Entry<GroupClosing, List<GroupClosing>> each = all.next();
			if (isTheirTimeOver(each.getValue())) {
				all.remove();
				each.getKey().begin(this.ended::add);
			}
		}
	}

	/**
	 * Those that it closes after are closed, or have had their time: order counts less
	 * than what is left for those that come later. (Groups of other phases are closed:
	 * their phases were before.)
	 */
	private static boolean isTheirTimeOver(List<GroupClosing> before) {
		while (!before.isEmpty()) {
			GroupClosing last = before.get(before.size() - 1);
			if (!last.isDone() && !last.hasHadItsTime()) {
				return false;
			}
			before.remove(before.size() - 1);
		}
		return true;
	}

	private void endThoseThatWaitForThemselves() throws InterruptedException {
		this.open.forEach(GroupClosing::endAdoptedThatWaitForThemselves);
		Map<ThreadPool, Integer> taken = new HashMap<>();
		// Those of groups that are done hold theirs as well.
		for (GroupClosing each : this.closings) {
			taken.merge(each.pool(), each.waitingForTheEnd(), Integer::sum);
		}
		for (GroupClosing each : this.open) {
			if (each.waitsForItself(taken.getOrDefault(each.pool(), 0))) {
				each.endButForTheCloser();
			}
		}
		this.open.removeIf(GroupClosing::isDone);
	}

	private void giveUp() throws InterruptedException {
		for (GroupClosing each : this.open) {
			each.giveUp();
		}
		this.open.clear();
	}

	private void logProgress() {
		String left = this.open.stream().map(GroupClosing::state).collect(Collectors.joining(", "));
		if (!left.isEmpty()) {
			CloseLog.waiting("Closing cleanup groups, " + CloseLog.show(this.end.remaining()) + " left: " + left);
		}
	}

}
