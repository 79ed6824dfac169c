package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * When the close of a group takes which step: await, dump, cancel, interrupt, abandon.
 * Where there is less time than was configured, the steps move together: what may be
 * interrupted is, before it is abandoned, and what is queued is cancelled before that.
 */
final class ClosingSteps {

	private ClosingSteps() {
	}

	/**
	 * The options of a close.
	 * @param settings what was configured
	 * @param mode what becomes of what is queued
	 * @param timeout how long to await, in {@code await-then-cancel} before cancelling
	 * @param remaining how much time the group has altogether
	 */
	static CloseOptions options(Group settings, CloseMode mode, Duration timeout, Duration remaining) {
		Duration interruptAfter = interruptAfter(settings, remaining);
		Duration limit = ShutdownDeadline.shorter(timeout, remaining);
		CloseOptions options = switch (mode) {
			case AWAIT -> CloseOptions.awaitPending().timeout(limit);
			case CANCEL -> CloseOptions.cancelPending().timeout(limit);
			case AWAIT_THEN_CANCEL ->
				CloseOptions.awaitThenCancel(grace(settings, limit, interruptAfter)).timeout(remaining);
		};
		if (interruptAfter != null) {
			options = options.interruptAfter(interruptAfter);
		}
		return options.dumpAfter(settings.dumpAfterOrDefault()).cancelOnTimeout();
	}

	private static @Nullable Duration interruptAfter(Group settings, Duration remaining) {
		Duration configured = settings.interruptAfter();
		if (configured == null || configured.compareTo(remaining) < 0) {
			return configured;
		}
		return remaining.multipliedBy(3).dividedBy(4);
	}

	private static Duration grace(Group settings, Duration limit, @Nullable Duration interruptAfter) {
		boolean cancelsFirst = settings.interruptAfter() != null
				&& settings.timeoutOrDefault().compareTo(settings.interruptAfter()) <= 0;
		return (cancelsFirst && interruptAfter != null) ? ShutdownDeadline.shorter(limit, interruptAfter) : limit;
	}

}
