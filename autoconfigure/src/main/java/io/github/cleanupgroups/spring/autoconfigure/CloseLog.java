package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseEscalation;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberCounts;
import io.github.cleanupgroups.MemberSnapshot;

/**
 * What the log says of a group at its close: one line, and the names and stacks of what
 * is stuck where time has run out.
 */
final class CloseLog {

	private static final Log logger = LogFactory.getLog("io.github.cleanupgroups.spring.shutdown");

	/** So many stacks are logged at once. */
	private static final int SHOWN = 50;

	private CloseLog() {
	}

	/** The first step: most closes need no other, so that it is of little interest. */
	static void begins(CloseMode mode, CleanupGroup group, Duration remaining) {
		if (logger.isDebugEnabled()) {
			MemberCounts counts = group.memberCounts();
			logger.debug("Cleanup group '" + group.name() + "' is being closed (" + mode.label() + "): "
					+ counts.pendingCallbacks() + " queued, " + counts.runningCallbacks() + " running, "
					+ show(remaining) + " left");
		}
	}

	/** A further step, when it is taken; the last one is in the line of the close. */
	static void escalated(CloseEscalation escalation) {
		String group = "Cleanup group '" + escalation.group() + "'";
		String callbacks = count(escalation.callbacks(), "callback");
		String after = " after " + show(escalation.after());
		switch (escalation.step()) {
			case DUMP ->
				logger.info(group + " still runs " + callbacks + after + ", here:" + stacks(escalation.members()));
			case CANCEL -> logger.info(group + " cancels " + callbacks + after + " that had not begun");
			case INTERRUPT -> logger.warn(group + " interrupts " + callbacks + after);
			case ABANDON -> logger.debug(group + " abandons " + callbacks + after);
		}
	}

	static void closed(CloseMode mode, CloseReport report) {
		if (report.timedOut()) {
			logger.warn(line("was not closed in time, after ", mode, report, " and abandoned")
					+ stacks(report.stillRunning()));
		}
		else {
			logger.info(line("closed in ", mode, report, ""));
		}
	}

	static void closed(AdoptedClose adopted) {
		if (adopted.left() > 0 && !adopted.forTheCloser()) {
			logger.warn(adopted);
		}
		else {
			logger.info(adopted);
		}
	}

	/**
	 * One of the group's own callbacks ends the application, and waits for this close.
	 */
	static void closedButForTheCloser(CloseMode mode, CloseReport report) {
		logger.info(line("closed in ", mode, report, "")
				+ ", but for the callback that ends the application and so cannot be waited for: " + names(report));
	}

	static void waiting(String forWhat) {
		logger.info(forWhat);
	}

	/**
	 * The close of a group has not returned.
	 * @param state what it is waiting for
	 * @param report what it has done until now; null where that is not known
	 */
	static void givenUp(String group, String state, @Nullable CloseReport report) {
		logger.warn("Cleanup group '" + group + "' was not closed in time: " + state
				+ ". A cancel callback may hang; it is not waited for any longer"
				+ ((report != null) ? ". Until now: " + figures(report) + stacks(report.stillRunning()) : ""));
	}

	static String show(Duration duration) {
		return (duration.toSeconds() >= 10) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

	private static String line(String outcome, CloseMode mode, CloseReport report, String left) {
		return "Cleanup group '" + report.group() + "' " + outcome + show(report.duration()) + " (" + mode.label()
				+ "): " + figures(report) + (report.stillRunning().isEmpty() ? "" : left)
				+ (report.failures().isEmpty() ? "" : ", " + count(report.failures().size(), "failure"));
	}

	private static String figures(CloseReport report) {
		return count(report.closedMembers(), "member") + ", " + count(report.completedCallbacks(), "callback")
				+ " ran, " + report.cancelledCallbacks() + " cancelled, " + report.stillRunning().size()
				+ " still running";
	}

	private static String count(long count, String what) {
		return count + " " + what + ((count != 1) ? "s" : "");
	}

	private static String names(CloseReport report) {
		return String.join(", ", report.stillRunning().stream().map(MemberSnapshot::name).toList());
	}

	private static String stacks(List<MemberSnapshot> members) {
		StringBuilder stacks = new StringBuilder();
		for (MemberSnapshot member : members.subList(0, Math.min(SHOWN, members.size()))) {
			stacks.append(System.lineSeparator())
				.append("  '")
				.append(member.name())
				.append("' (")
				.append(member.kind().label())
				.append(", member since ")
				.append(member.since())
				.append(')');
			for (StackTraceElement frame : member.stack()) {
				stacks.append(System.lineSeparator()).append("    at ").append(frame);
			}
		}
		if (members.size() > SHOWN) {
			stacks.append(System.lineSeparator()).append("  and ").append(members.size() - SHOWN).append(" more");
		}
		return stacks.toString();
	}

}
