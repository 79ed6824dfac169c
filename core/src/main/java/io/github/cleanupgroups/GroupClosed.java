package io.github.cleanupgroups;

import java.util.stream.Collectors;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * One call that closed a group or its members, as the Flight Recorder shows it. Its
 * duration is that of the call.
 */
@Name("io.github.cleanupgroups.GroupClosed")
@Label("Group Closed")
@Description("A close of a cleanup group, or of its members, has returned")
@Category("Cleanup Groups")
@StackTrace(false)
final class GroupClosed extends Event {

	@Label("Group")
	@Nullable String group;

	@Label("Mode")
	@Nullable String mode;

	@Label("Reason")
	@Nullable String reason;

	@Label("Timed Out")
	boolean timedOut;

	@Label("Closed Members")
	int closedMembers;

	@Label("Completed Callbacks")
	long completedCallbacks;

	@Label("Cancelled Callbacks")
	long cancelledCallbacks;

	@Label("Still Running")
	@Description("Members that ran still when the time was over")
	int stillRunning;

	@Label("Failures")
	int failures;

	@Label("Steps")
	@Description("What was done about callbacks that did not end: dump, cancel, interrupt, abandon")
	@Nullable String steps;

	void describe(CloseOptions options, CloseReport report) {
		this.group = report.group();
		this.mode = options.mode().label();
		this.reason = options.reason();
		this.timedOut = report.timedOut();
		this.closedMembers = report.closedMembers();
		this.completedCallbacks = report.completedCallbacks();
		this.cancelledCallbacks = report.cancelledCallbacks();
		this.stillRunning = report.stillRunning().size();
		this.failures = report.failures().size();
		this.steps = report.escalations()
			.stream()
			.map((each) -> each.step().label())
			.distinct()
			.collect(Collectors.joining(", "));
	}

}
