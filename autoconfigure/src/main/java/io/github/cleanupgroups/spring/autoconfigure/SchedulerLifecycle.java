package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets a scheduler's tasks outlive a stop of the context, which closes their timers: it
 * stops before the group does and starts after it. Once the context begins to close,
 * nothing is repeated any more, as with Spring's own schedulers. Nothing may inject it.
 */
final class SchedulerLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

	private final ApplicationContext context;

	private final GroupTaskScheduler scheduler;

	private final int phaseOfGroup;

	/** Written by the context's threads, read by anybody. */
	private volatile boolean running;

	SchedulerLifecycle(ApplicationContext context, GroupTaskScheduler scheduler, int phaseOfGroup) {
		this.context = context;
		this.scheduler = scheduler;
		this.phaseOfGroup = phaseOfGroup;
	}

	@Override
	public void start() {
		this.scheduler.resume();
		this.running = true;
	}

	@Override
	public void stop() {
		this.scheduler.suspend();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A pause of the context does not close the group either. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return (this.phaseOfGroup < Integer.MAX_VALUE) ? this.phaseOfGroup + 1 : this.phaseOfGroup;
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext().equals(this.context)) {
			this.scheduler.repeatNothing();
		}
	}

}
