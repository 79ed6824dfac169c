package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How a group is closed. Immutable: every method that changes something returns a copy.
 *
 * <p>
 * Start with one of {@link #awaitPending()}, {@link #cancelPending()} and
 * {@link #awaitThenCancel(Duration)}.
 *
 * @since 0.1.0
 */
public final class CloseOptions {

	private final CloseMode mode;

	private final @Nullable Duration grace;

	private final @Nullable Duration timeout;

	private final boolean cancelsOnTimeout;

	private final @Nullable Duration dumpAfter;

	private final @Nullable Duration interruptAfter;

	private final @Nullable Object cleanupContext;

	private final @Nullable String reason;

	private CloseOptions(CloseMode mode, @Nullable Duration grace, @Nullable Duration timeout, boolean cancelsOnTimeout,
			@Nullable Duration dumpAfter, @Nullable Duration interruptAfter, @Nullable Object cleanupContext,
			@Nullable String reason) {
		this.mode = mode;
		this.grace = grace;
		this.timeout = timeout;
		this.cancelsOnTimeout = cancelsOnTimeout;
		this.dumpAfter = dumpAfter;
		this.interruptAfter = interruptAfter;
		this.cleanupContext = cleanupContext;
		this.reason = reason;
	}

	/**
	 * What is queued runs, and is waited for ({@code fCancelPendingCallbacks = FALSE},
	 * R119). Nobody is notified.
	 * @return options without a time-out
	 */
	public static CloseOptions awaitPending() {
		return new CloseOptions(CloseMode.AWAIT, null, null, false, null, null, null, null);
	}

	/**
	 * What is queued is dropped, what runs is waited for, and each member's owner is told
	 * ({@code
	 * fCancelPendingCallbacks = TRUE}, R120).
	 * @return options without a time-out
	 */
	public static CloseOptions cancelPending() {
		return new CloseOptions(CloseMode.CANCEL, null, null, false, null, null, null, null);
	}

	/**
	 * First as {@link #awaitPending()}; what has not ended by itself when the grace is
	 * over, as {@link #cancelPending()}. A close that drains within its grace notifies
	 * nobody.
	 * @param grace how long to await; zero or more
	 * @return options without a time-out
	 * @throws IllegalArgumentException if the grace is negative
	 */
	public static CloseOptions awaitThenCancel(Duration grace) {
		Arguments.requireNotNegative(grace, "grace");
		return new CloseOptions(CloseMode.AWAIT_THEN_CANCEL, grace, null, false, null, null, null, null);
	}

	/**
	 * Limits the wait. Past it the call returns and its report says what still runs; the
	 * members stay closing, and the next close waits for them too. Owners that can be
	 * told by then are told first, however long that takes.
	 * @param timeout zero or more; zero does everything but wait
	 * @return a copy
	 * @throws IllegalArgumentException if the time-out is negative
	 */
	public CloseOptions timeout(Duration timeout) {
		Arguments.requireNotNegative(timeout, "timeout");
		return new CloseOptions(this.mode, this.grace, timeout, this.cancelsOnTimeout, this.dumpAfter,
				this.interruptAfter, this.cleanupContext, this.reason);
	}

	/**
	 * When the time-out passes, drops what is still queued, in every mode, and tells the
	 * owners, before the call returns.
	 * @return a copy
	 */
	public CloseOptions cancelOnTimeout() {
		return new CloseOptions(this.mode, this.grace, this.timeout, true, this.dumpAfter, this.interruptAfter,
				this.cleanupContext, this.reason);
	}

	/**
	 * Takes, once, the stacks of what runs when the delay is over, for the report and the
	 * group's listener; also where the delay is not over but what runs is about to be
	 * interrupted. Without it none are taken before the time-out.
	 * @param delay from the beginning of the close; zero or more
	 * @return a copy
	 * @throws IllegalArgumentException if the delay is negative
	 */
	public CloseOptions dumpAfter(Duration delay) {
		Arguments.requireNotNegative(delay, "dumpAfter");
		return new CloseOptions(this.mode, this.grace, this.timeout, this.cancelsOnTimeout, delay, this.interruptAfter,
				this.cleanupContext, this.reason);
	}

	/**
	 * Interrupts, once, the threads of the callbacks that run when the delay is over.
	 * Without it none is ever interrupted, as in the original.
	 * @param delay from the beginning of the close; zero or more
	 * @return a copy
	 * @throws IllegalArgumentException if the delay is negative
	 */
	public CloseOptions interruptAfter(Duration delay) {
		Arguments.requireNotNegative(delay, "interruptAfter");
		return new CloseOptions(this.mode, this.grace, this.timeout, this.cancelsOnTimeout, this.dumpAfter, delay,
				this.cleanupContext, this.reason);
	}

	/**
	 * Hands something to every cancel callback ({@code pvCleanupContext}, R132).
	 * @param context what {@link Cancellation#cleanupContext()} returns
	 * @return a copy
	 */
	public CloseOptions cleanupContext(Object context) {
		Objects.requireNonNull(context, "context");
		return new CloseOptions(this.mode, this.grace, this.timeout, this.cancelsOnTimeout, this.dumpAfter,
				this.interruptAfter, context, this.reason);
	}

	/**
	 * Says why. The reason reaches cancel callbacks and the exceptions of cancelled
	 * futures.
	 * @param reason a short text
	 * @return a copy
	 */
	public CloseOptions reason(String reason) {
		Arguments.requireText(reason, "reason");
		return new CloseOptions(this.mode, this.grace, this.timeout, this.cancelsOnTimeout, this.dumpAfter,
				this.interruptAfter, this.cleanupContext, reason);
	}

	/**
	 * What becomes of what is queued.
	 * @return the mode
	 */
	public CloseMode mode() {
		return this.mode;
	}

	/**
	 * The limit of the wait.
	 * @return null where there is none
	 */
	public @Nullable Duration timeout() {
		return this.timeout;
	}

	@Nullable Duration grace() {
		return this.grace;
	}

	boolean cancelsOnTimeout() {
		return this.cancelsOnTimeout;
	}

	@Nullable Duration dumpAfter() {
		return this.dumpAfter;
	}

	@Nullable Duration interruptAfter() {
		return this.interruptAfter;
	}

	@Nullable Object cleanupContext() {
		return this.cleanupContext;
	}

	/**
	 * Why the group is closed.
	 * @return null where no reason was given
	 */
	public @Nullable String reason() {
		return this.reason;
	}

	@Override
	public String toString() {
		return this.mode + ((this.grace != null) ? " after " + this.grace : "")
				+ ((this.timeout != null) ? " within " + this.timeout : "")
				+ ((this.reason != null) ? " (" + this.reason + ")" : "");
	}

}
