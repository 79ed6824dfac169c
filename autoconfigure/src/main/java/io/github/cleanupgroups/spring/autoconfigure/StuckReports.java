package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.cleanupgroups.CallbackSnapshot;

/**
 * What the log says of callbacks that do not end: once that one is stuck, and once that
 * it has ended after all. Used by one thread.
 */
final class StuckReports {

	private static final Log logger = LogFactory.getLog("io.github.cleanupgroups.spring.stuck");

	private final Map<CallbackSnapshot, Reported> reported = new HashMap<>();

	/**
	 * Brings the log up to date.
	 * @param stuck what is stuck now, by the group's name
	 * @param nowNanos monotonic time
	 */
	void update(Map<String, List<CallbackSnapshot>> stuck, long nowNanos) {
		Set<CallbackSnapshot> still = new HashSet<>();
		stuck.forEach((group, callbacks) -> {
			for (CallbackSnapshot each : callbacks) {
				still.add(each);
				if (this.reported.putIfAbsent(each, new Reported(group, each, nowNanos)) == null) {
					logger.warn(stuck(group, each));
				}
			}
		});
		for (Iterator<Reported> all = this.reported.values().iterator(); all.hasNext();) {
			Reported each = all.next();
			// That of a group which has left the registry may go on.
			if (!still.contains(each.callback()) && each.callback().thread() == null) {
				all.remove();
				logger.warn(ended(each, nowNanos));
			}
		}
	}

	private static String stuck(String group, CallbackSnapshot callback) {
		String thread = callback.thread();
		StringBuilder message = new StringBuilder(who(group, callback)).append(" has been running for ")
			.append(CloseLog.show(callback.runningFor()))
			.append((thread != null) ? ", on thread '" + thread + "':"
					: ". It has returned, and waits for its future to complete");
		for (StackTraceElement frame : callback.stack()) {
			message.append(System.lineSeparator()).append("    at ").append(frame);
		}
		return message.toString();
	}

	private static String ended(Reported reported, long nowNanos) {
		Duration atMost = reported.callback().runningFor().plusNanos(nowNanos - reported.atNanos());
		return who(reported.group(), reported.callback()) + " was stuck and has ended, after " + CloseLog.show(atMost)
				+ " at most";
	}

	private static String who(String group, CallbackSnapshot callback) {
		return "Callback of '" + callback.name() + "' (" + callback.kind().label() + ") in cleanup group '" + group
				+ "'";
	}

	private record Reported(String group, CallbackSnapshot callback, long atNanos) {
	}

}
