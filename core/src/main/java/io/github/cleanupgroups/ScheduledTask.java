package io.github.cleanupgroups;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A delayed or periodic task of an {@link ExecutorView}: armed, then a one-off, then done
 * or armed again.
 *
 * @param <V> what it returns
 */
final class ScheduledTask<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

	private final ExecutorView view;

	/** Of the thread that scheduled it. */
	private final CallbackDecorator.@Nullable Decoration decoration;

	/**
	 * Positive: from due time to due time. Negative: from end to due time. Zero: once.
	 */
	private final long periodNanos;

	private final OwnAlarm alarm = new OwnAlarm();

	/** Written before it is armed, by the thread that arms it; read by anybody. */
	private volatile long dueNanos;

	ScheduledTask(ExecutorView view, CallbackDecorator.@Nullable Decoration decoration, Callable<V> task, long dueNanos,
			long periodNanos) {
		super(task);
		this.view = view;
		this.decoration = decoration;
		this.dueNanos = dueNanos;
		this.periodNanos = periodNanos;
	}

	CallbackDecorator.@Nullable Decoration decoration() {
		return this.decoration;
	}

	OwnAlarm alarm() {
		return this.alarm;
	}

	/** Arms it, or throws what refuses it. */
	void arm() {
		this.view.arm(this.alarm, this.dueNanos);
	}

	@Override
	public void run() {
		if (!isPeriodic()) {
			super.run();
		}
		else if (runAndReset()) {
			this.dueNanos = (this.periodNanos > 0) ? this.dueNanos + this.periodNanos
					: this.view.now() - this.periodNanos;
			this.view.armAgain(this);
		}
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled && this.view.disarm(this.alarm)) {
			this.view.ended();
		}
		return cancelled;
	}

	@Override
	public boolean isPeriodic() {
		return this.periodNanos != 0;
	}

	@Override
	public long getDelay(TimeUnit unit) {
		return unit.convert(this.dueNanos - this.view.now(), TimeUnit.NANOSECONDS);
	}

	@Override
	public int compareTo(Delayed other) {
		return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
	}

	/** Which task it is that is armed. */
	final class OwnAlarm extends TaskAlarm {

		ScheduledTask<V> task() {
			return ScheduledTask.this;
		}

		ExecutorView view() {
			return ScheduledTask.this.view;
		}

		@Override
		void expired() {
			ScheduledTask.this.view.enterExpired(ScheduledTask.this, this);
		}

		@Override
		void disarmedByClose() {
			ScheduledTask.super.cancel(false);
			ScheduledTask.this.view.ended();
		}

	}

}
