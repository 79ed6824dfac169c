package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

/**
 * What the close of an adopted executor did.
 *
 * @param executor name of its bean
 * @param group with which it was closed
 * @param duration how long it took
 * @param ran tasks that have ended meanwhile
 * @param cancelled tasks that were cancelled before they began
 * @param left tasks that have not ended
 * @param forTheCloser whether those end the application, and so cannot be waited for
 */
record AdoptedClose(String executor, String group, Duration duration, long ran, long cancelled, int left,
		boolean forTheCloser) {

	@Override
	public String toString() {
		return "Executor '" + this.executor + "' of cleanup group '" + this.group + "' closed in "
				+ this.duration.toMillis() + " ms: " + this.ran + " tasks ran, " + this.cancelled + " cancelled, "
				+ this.left + " still running"
				+ (this.forTheCloser ? ", but for the task that ends the application and so cannot be waited for" : "");
	}

}
