package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.support.TaskUtils;
import org.springframework.util.ErrorHandler;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A group as a task scheduler: each task is a timer of the group. A close of the group
 * ends its tasks, waits for what runs and completes their futures; only one that belongs
 * to a stop of the context does not, for a start goes on with them.
 */
final class GroupTaskScheduler implements TaskScheduler, BeanNameAware, DisposableBean {

	private final CleanupGroups groups;

	private final String group;

	private final @Nullable ErrorHandler errorHandler;

	/** Written before the first task, by who makes the bean. */
	private String beanName = SchedulerCheck.NAME;

	/** Those that have not ended. */
	private final Set<ScheduledMember> tasks = ConcurrentHashMap.newKeySet();

	/**
	 * Whether the context is stopped or about to be. Written by the lifecycle, read by
	 * closers.
	 */
	private volatile boolean suspended;

	/** Whether the context is about to end. Written by the lifecycle, read by tasks. */
	private volatile boolean ending;

	/**
	 * A scheduler.
	 * @param groups the registry
	 * @param group name of a configured group
	 * @param errorHandler what hears of exceptions; null for what Spring does by default
	 */
	GroupTaskScheduler(CleanupGroups groups, String group, @Nullable ErrorHandler errorHandler) {
		this.groups = groups;
		this.group = group;
		this.errorHandler = errorHandler;
		// Fails early where there is no such group.
		groups.environment(group);
	}

	@Override
	public void setBeanName(String name) {
		this.beanName = name;
	}

	@Override
	public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		TaskTiming timing = TaskTiming.of(trigger, getClock());
		return (timing != null) ? add(task, timing) : null;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		return add(task, TaskTiming.once(startTime));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		return add(task, TaskTiming.atFixedRate(startTime, period, getClock()));
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		return scheduleAtFixedRate(task, getClock().instant(), period);
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		return add(task, TaskTiming.withFixedDelay(startTime, delay, getClock()));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		return scheduleWithFixedDelay(task, getClock().instant(), delay);
	}

	private ScheduledFuture<?> add(Runnable task, TaskTiming timing) {
		String name = MemberNames.ofScheduled(this.beanName, task);
		if (this.ending && timing.repeats()) {
			throw new TaskRejectedException(
					"The application ends: '" + name + "' will not be repeated in group '" + this.group + "'");
		}
		CallbackEnvironment environment = this.groups.environmentBuilder(this.group)
			.memberName(name)
			.runsLong(task instanceof SchedulingAwareRunnable aware && aware.isLongLived())
			.build();
		ErrorHandler handler = (this.errorHandler != null) ? this.errorHandler
				: TaskUtils.getDefaultErrorHandler(timing.repeats());
		ScheduledMember member = new ScheduledMember(this, environment, task, timing, handler);
		this.tasks.add(member);
		try {
			member.start();
			return member;
		}
		catch (RejectedExecutionException ex) {
			this.tasks.remove(member);
			throw new TaskRejectedException(String.valueOf(ex.getMessage()), ex);
		}
	}

	void ended(ScheduledMember task) {
		this.tasks.remove(task);
	}

	boolean isSuspended() {
		return this.suspended;
	}

	boolean isEnding() {
		return this.ending;
	}

	/** From now on timers are closed by a stop of the context. */
	void suspend() {
		this.suspended = true;
	}

	/** Goes on with what a stop of the context has closed. */
	void resume() {
		this.suspended = false;
		this.tasks.forEach(ScheduledMember::resume);
	}

	/** What has not been done by now and happens again and again will not be done. */
	void repeatNothing() {
		this.ending = true;
		this.tasks.forEach(ScheduledMember::repeatNoMore);
	}

	@Override
	public void destroy() {
		this.tasks.forEach((each) -> each.cancel(false));
	}

}
