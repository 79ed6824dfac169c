package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberSnapshot;

/**
 * What the log says of a group at its close: one line, and the names and stacks of what
 * is stuck where time has run out.
 */
final class CloseLog {

	private static final Log logger = LogFactory.getLog("io.github.cleanupgroups.spring.shutdown");

	private CloseLog() {
	}

	static void closed(CloseMode mode, CloseReport report) {
		if (report.timedOut()) {
			logger.warn(line("was not closed in time, after ", mode, report) + stacks(report));
		}
		else {
			logger.info(line("closed in ", mode, report));
		}
	}

	static void closed(AdoptedClose adopted) {
		if (adopted.left() > 0) {
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
		logger.info(line("closed in ", mode, report)
				+ ", but for the callback that ends the application and so cannot be waited for: " + names(report));
	}

	static void waiting(String forWhat) {
		logger.info(forWhat);
	}

	static void givenUp(String group, String state) {
		logger.warn("Cleanup group '" + group + "' was not closed in time: " + state
				+ ". A cancel callback may hang; it is not waited for any longer");
	}

	static String show(Duration duration) {
		return (duration.toSeconds() >= 10) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

	private static String line(String outcome, CloseMode mode, CloseReport report) {
		return "Cleanup group '" + report.group() + "' " + outcome + show(report.duration()) + " (" + mode.label()
				+ "): " + count(report.closedMembers(), "member") + ", "
				+ count(report.completedCallbacks(), "callback") + " ran, " + report.cancelledCallbacks()
				+ " cancelled, " + report.stillRunning().size() + " still running"
				+ (report.failures().isEmpty() ? "" : ", " + count(report.failures().size(), "failure"));
	}

	private static String count(long count, String what) {
		return count + " " + what + ((count != 1) ? "s" : "");
	}

	private static String names(CloseReport report) {
		return String.join(", ", report.stillRunning().stream().map(MemberSnapshot::name).toList());
	}

	private static String stacks(CloseReport report) {
		StringBuilder stacks = new StringBuilder();
		for (MemberSnapshot member : report.stillRunning()) {
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
		return stacks.toString();
	}

}
