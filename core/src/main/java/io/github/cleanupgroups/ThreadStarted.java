package io.github.cleanupgroups;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a pool has started, as the Flight Recorder shows it: it is the event's
 * thread.
 */
@Name("io.github.cleanupgroups.ThreadStarted")
@Label("Thread Started")
@Description("A thread of a pool has started")
@Category("Cleanup Groups")
@StackTrace(false)
final class ThreadStarted extends Event {

	@Label("Pool")
	@Nullable String pool;

}
