package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.support.SimpleTriggerContext;
import org.springframework.util.Assert;

import io.github.cleanupgroups.Timer;

/**
 * When a scheduled task runs. Used by one thread at a time: runs of a task do not
 * overlap, and it is suspended only between them.
 */
abstract sealed class TaskTiming {

	/** When it runs next, or has run last. Written by the task, read by anybody. */
	private volatile Instant due;

	private TaskTiming(Instant due) {
		this.due = due;
	}

	static TaskTiming once(Instant due) {
		return new Once(due);
	}

	static TaskTiming atFixedRate(Instant first, Duration period, Clock clock) {
		Assert.isTrue(!period.isNegative() && !period.isZero(), () -> "period must be positive, but is " + period);
		return new FixedRate(first, period, clock);
	}

	static TaskTiming withFixedDelay(Instant first, Duration delay, Clock clock) {
		Assert.isTrue(!delay.isNegative(), () -> "delay must not be negative, but is " + delay);
		return new FixedDelay(first, delay, clock);
	}

	/** Null where the trigger never fires. */
	static @Nullable TaskTiming of(Trigger trigger, Clock clock) {
		SimpleTriggerContext context = new SimpleTriggerContext(clock);
		Instant first = trigger.nextExecution(context);
		return (first != null) ? new Triggered(first, trigger, context) : null;
	}

	final Instant due() {
		return this.due;
	}

	final void due(Instant next) {
		this.due = next;
	}

	abstract boolean repeats();

	/** Sets a new timer: it expires when the task is due, at once where that is past. */
	void set(Timer timer) {
		timer.set(this.due);
	}

	/** A run begins. */
	void started() {
	}

	/**
	 * A run has ended: sets the timer for the next.
	 * @return false if there is none
	 */
	abstract boolean setAgain(Timer timer);

	private static final class Once extends TaskTiming {

		Once(Instant due) {
			super(due);
		}

		@Override
		boolean repeats() {
			return false;
		}

		@Override
		boolean setAgain(Timer timer) {
			return false;
		}

	}

	/** One of those that have a next run, or may have. */
	private abstract static sealed class Repeating extends TaskTiming {

		private final Clock clock;

		Repeating(Instant first, Clock clock) {
			super(first);
			this.clock = clock;
		}

		final Instant now() {
			return this.clock.instant();
		}

		@Override
		final boolean repeats() {
			return true;
		}

	}

	private static final class FixedRate extends Repeating {

		private final Duration period;

		FixedRate(Instant first, Duration period, Clock clock) {
			super(first, clock);
			this.period = period;
		}

		@Override
		void set(Timer timer) {
			timer.set(due(), this.period);
		}

		/** The timer repeats by itself; one run makes up for all that were missed. */
		@Override
		void started() {
			Instant now = now();
			Instant next = due().plus(this.period);
			due(next.isAfter(now) ? next : now.plus(this.period));
		}

		@Override
		boolean setAgain(Timer timer) {
			return true;
		}

	}

	private static final class FixedDelay extends Repeating {

		private final Duration delay;

		FixedDelay(Instant first, Duration delay, Clock clock) {
			super(first, clock);
			this.delay = delay;
		}

		@Override
		boolean setAgain(Timer timer) {
			due(now().plus(this.delay));
			timer.set(this.delay);
			return true;
		}

	}

	private static final class Triggered extends Repeating {

		private final Trigger trigger;

		private final SimpleTriggerContext context;

		private Instant started = Instant.MIN;

		Triggered(Instant first, Trigger trigger, SimpleTriggerContext context) {
			super(first, context.getClock());
			this.trigger = trigger;
			this.context = context;
		}

		@Override
		void started() {
			this.started = now();
		}

		@Override
		boolean setAgain(Timer timer) {
			this.context.update(due(), this.started, now());
			Instant next = this.trigger.nextExecution(this.context);
			if (next == null) {
				return false;
			}
			due(next);
			timer.set(next);
			return true;
		}

	}

}
