package io.github.cleanupgroups;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a callback, as the Flight Recorder shows it. Its duration is the time
 * on the thread: a task that goes on as a stage holds none meanwhile.
 */
@Name("io.github.cleanupgroups.MemberRan")
@Label("Member Ran")
@Description("A callback of a member ran on a thread of a pool or of its submitter")
@Category("Cleanup Groups")
@StackTrace(false)
final class MemberRan extends Event {

	@Label("Member")
	@Nullable String member;

	@Label("Kind")
	@Nullable String kind;

	@Label("Group")
	@Description("Empty for a member without a group")
	@Nullable String group;

	@Label("Queue Time")
	@Description("Between submission and start")
	@Timespan(Timespan.NANOSECONDS)
	long queueTime;

	@Label("Failed")
	@Description("Whether the callback, its finalization callback or one of its actions threw")
	boolean failed;

	void describe(RunningCallback callback) {
		CleanupGroup owner = callback.lane().generation.group;
		this.member = callback.entry().memberName();
		this.kind = callback.entry().memberKind().label();
		this.group = (owner != null) ? owner.name() : "";
		this.queueTime = callback.queuedNanos();
		this.failed = callback.hasFailed();
	}

}
