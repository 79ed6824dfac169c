package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets a scheduler's tasks outlive a stop of the context, which closes their timers: it
 * stops before the group does and starts after it. Once the context begins to close,
 * nothing is repeated any more, as with Spring's own schedulers.
 */
final class SchedulerLifecycle extends InternalLifecycle implements ApplicationListener<ContextClosedEvent> {

	private final ApplicationContext context;

	private final GroupTaskScheduler scheduler;

	SchedulerLifecycle(ApplicationContext context, GroupTaskScheduler scheduler, int phaseOfGroup) {
		super((phaseOfGroup < Integer.MAX_VALUE) ? phaseOfGroup + 1 : phaseOfGroup);
		this.context = context;
		this.scheduler = scheduler;
	}

	@Override
	public void start() {
		this.scheduler.resume();
		running(true);
	}

	@Override
	public void stop() {
		this.scheduler.suspend();
		running(false);
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
