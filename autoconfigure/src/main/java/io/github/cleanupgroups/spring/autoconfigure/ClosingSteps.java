package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * When a close takes which step: await, dump, cancel, interrupt, abandon. Where there is
 * less time than was configured, the steps move together: what may be interrupted is,
 * before it is abandoned, and what is queued is cancelled before that.
 *
 * @param mode what becomes of what is queued
 * @param grace how long what is queued may begin
 * @param limit how long to wait altogether
 * @param interruptAfter when to interrupt what runs; null for never
 * @param dumpAfter when to say where it stands
 */
record ClosingSteps(CloseMode mode, Duration grace, Duration limit, @Nullable Duration interruptAfter,
		Duration dumpAfter) {

	/**
	 * The steps of a close.
	 * @param settings what was configured
	 * @param mode what becomes of what is queued
	 * @param timeout how long to await, in {@code await-then-cancel} before cancelling
	 * @param remaining how much time the group has altogether
	 */
	static ClosingSteps of(Group settings, CloseMode mode, Duration timeout, Duration remaining) {
		Duration interruptAfter = interruptAfter(settings, remaining);
		Duration awaited = ShutdownDeadline.shorter(timeout, remaining);
		return (mode == CloseMode.AWAIT_THEN_CANCEL)
				? new ClosingSteps(mode, grace(settings, awaited, interruptAfter), remaining, interruptAfter,
						settings.dumpAfterOrDefault())
				: new ClosingSteps(mode, awaited, awaited, interruptAfter, settings.dumpAfterOrDefault());
	}

	CloseOptions options() {
		CloseOptions options = switch (this.mode) {
			case AWAIT -> CloseOptions.awaitPending();
			case CANCEL -> CloseOptions.cancelPending();
			case AWAIT_THEN_CANCEL -> CloseOptions.awaitThenCancel(this.grace);
		};
		if (this.interruptAfter != null) {
			options = options.interruptAfter(this.interruptAfter);
		}
		return options.timeout(this.limit).dumpAfter(this.dumpAfter).cancelOnTimeout();
	}

	private static @Nullable Duration interruptAfter(Group settings, Duration remaining) {
		Duration configured = settings.interruptAfter();
		if (configured == null || configured.compareTo(remaining) < 0) {
			return configured;
		}
		return remaining.multipliedBy(3).dividedBy(4);
	}

	private static Duration grace(Group settings, Duration awaited, @Nullable Duration interruptAfter) {
		boolean cancelsFirst = settings.interruptAfter() != null
				&& settings.timeoutOrDefault().compareTo(settings.interruptAfter()) <= 0;
		return (cancelsFirst && interruptAfter != null) ? ShutdownDeadline.shorter(awaited, interruptAfter) : awaited;
	}

}
