package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

import io.github.cleanupgroups.spring.CloseReportSink;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * Opens and closes the groups of a context, phase by phase, and keeps the one deadline
 * that all phases share. It runs from the event that begins the close of this context
 * (not of a child's); where the context is only stopped there is none, and it runs from
 * the first phase that is.
 */
final class GroupShutdown implements ApplicationListener<ContextClosedEvent>, Ordered {

	/** How long a restart of the development tools waits for what runs. */
	static final Duration RESTART_TIMEOUT = Duration.ofSeconds(2);

	/** How long after the deadline a shutdown ends whatever hangs. */
	static final Duration OVERTIME = Duration.ofSeconds(2);

	/**
	 * How much of that is over when cancel callbacks that hang are given up. The rest is
	 * for sinks, which are handed the reports of these closes only then.
	 */
	private static final Duration GIVING_UP = Duration.ofSeconds(1);

	/** How long after a group's time others do not wait for it any longer. */
	private static final Duration ORDER_ENDS = Duration.ofMillis(500);

	/** Of what was reserved for later groups, those before them take a tenth at most. */
	private static final int RESERVED = 10;

	private static final Duration PHASE_OVERTIME = OVERTIME.plusSeconds(3);

	/** The bean by which a web server waits for its requests. */
	private static final String WEB_SERVER_SHUTDOWN = "webServerGracefulShutdown";

	private static final Log logger = LogFactory.getLog(GroupShutdown.class);

	private final ApplicationContext context;

	private final GroupRegistry registry;

	/** Written by who reconfigures, read by all. */
	private volatile Shutdown settings;

	private final Object lock = new Object();

	/** Null while nothing is being closed. */
	@GuardedBy("lock")
	private @Nullable ShutdownDeadline deadline;

	/** Written by the thread that starts the context. */
	private boolean checked;

	GroupShutdown(ApplicationContext context, GroupRegistry registry, Shutdown settings) {
		this.context = context;
		this.registry = registry;
		this.settings = settings;
		registry.shutdownSettings().follow(this::reconfigured);
	}

	/** The phase is that of the start: its beans are made. */
	private void reconfigured(Shutdown changed) {
		this.settings = changed;
		this.registry.directory()
			.all()
			.stream()
			.map((each) -> each.settings().phaseOr(changed.phase()))
			.distinct()
			.forEach(this::letThePhaseTakeSoLong);
	}

	/** Before other listeners, whatever they take. */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext().equals(this.context)) {
			synchronized (this.lock) {
				this.deadline = ShutdownDeadline.in(this.settings.deadline());
			}
			this.registry.reports().open(true);
		}
	}

	/** Groups accept again what they have refused since they were closed. */
	void open(int phase) {
		synchronized (this.lock) {
			this.deadline = null;
		}
		this.registry.reports().open(false);
		this.registry.directory().findObservers();
		findSinks();
		letThePhaseTakeSoLong(phase);
		if (phase == this.settings.phase()) {
			this.registry.directory().opens(true);
			this.registry.endDrain();
			check();
		}
		for (RegisteredGroup each : groupsOf(phase)) {
			if (each.isStopped()) {
				each.stopped(false);
				each.group().accept();
			}
		}
	}

	/** Those of this context, before it is too late to create any. */
	private void findSinks() {
		if (!this.registry.reports().knowsSinks()) {
			List<CloseReportSink> sinks = new ArrayList<>(this.context.getBeansOfType(CloseReportSink.class).values());
			AnnotationAwareOrderComparator.sort(sinks);
			this.registry.reports().sinks(sinks);
		}
	}

	/** Once, when it is known what there is. */
	private void check() {
		if (!this.checked) {
			this.checked = true;
			ShutdownCheck
				.warnings(this.settings, groupSettings(), this.context.getEnvironment(),
						this.context.containsLocalBean(WEB_SERVER_SHUTDOWN))
				.forEach(logger::warn);
		}
	}

	/** The context gives all beans of a phase one time-out, by default not ours. */
	private void letThePhaseTakeSoLong(int phase) {
		if (this.context.containsLocalBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME) && this.context
			.getBean(
					AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME) instanceof DefaultLifecycleProcessor processor) {
			processor.setTimeoutForShutdownPhase(phase, longestClose().toMillis());
		}
	}

	Duration longestClose() {
		return Duration.ofNanos(ShutdownDeadline.nanos(this.settings.deadline())).plus(PHASE_OVERTIME);
	}

	/**
	 * Closes the groups of a phase.
	 * @param phase which
	 * @param closed called once, when they are, on another thread
	 */
	void close(int phase, Runnable closed) {
		if (phase == this.settings.phase()) {
			this.registry.directory().opens(false);
		}
		boolean restarting = isRestarting();
		ShutdownDeadline deadline = deadline();
		ShutdownBudget budget = budget();
		Collection<RegisteredGroup> groups = groupsOf(phase);
		// Whether the context is being stopped from inside only this thread can tell.
		List<GroupClosing> closings = groups.stream().map((each) -> {
			Duration reserved = budget.reservedAfter(each.name());
			return new GroupClosing(each, deadline.minus(reserved), overtime(ORDER_ENDS, reserved), each.isInside(),
					restarting);
		}).toList();
		this.registry.reports().open(true);
		Duration later = budget.reservedAfterPhase(phase).total();
		ShutdownDeadline end = deadline.minus(later);
		PhaseClosing closing = new PhaseClosing(closings, end, overtime(GIVING_UP, later), this.settings.logInterval());
		Thread thread = new Thread(() -> {
			try {
				closing.run();
				if (isLast(phase)) {
					this.registry.reports().await(end, overtime(OVERTIME, later));
				}
				groups.stream().filter((each) -> !each.isConfigured()).forEach(this::endOpened);
			}
			catch (Throwable ex) {
				logger.error("Closing cleanup groups failed", ex);
			}
			finally {
				closed.run();
			}
		}, "cleanup-groups-shutdown");
		thread.setDaemon(true);
		thread.start();
	}

	/** Whether no group is closed later: sinks that hang take nobody's time then. */
	private boolean isLast(int phase) {
		return phase <= this.settings.phase() && this.registry.directory()
			.all()
			.stream()
			.allMatch((each) -> phase <= each.settings().phaseOr(this.settings.phase()));
	}

	private ShutdownBudget budget() {
		return new ShutdownBudget(groupSettings(), this.settings.phase());
	}

	/** A group below another one is one that it closes after. */
	private Map<String, Group> groupSettings() {
		Map<String, Group> settings = new LinkedHashMap<>();
		Collection<RegisteredGroup> all = this.registry.directory().all();
		all.forEach((each) -> settings.put(each.name(), each.settings()));
		for (RegisteredGroup each : all) {
			RegisteredGroup parent = each.parent();
			if (parent != null) {
				settings.computeIfPresent(parent.name(), (name, ofParent) -> ofParent.after(each.name()));
			}
		}
		return settings;
	}

	/** Nobody takes much of what was reserved for others. */
	private static Duration overtime(Duration most, Duration reserved) {
		return reserved.isZero() ? most : ShutdownDeadline.shorter(most, reserved.dividedBy(RESERVED));
	}

	private ShutdownDeadline deadline() {
		synchronized (this.lock) {
			if (this.deadline == null) {
				this.deadline = ShutdownDeadline.in(this.settings.deadline());
			}
			return this.deadline;
		}
	}

	/** Whether the deadline has begun to run. */
	boolean isClosing() {
		synchronized (this.lock) {
			return this.deadline != null;
		}
	}

	/** A group that was opened does not come back. */
	private void endOpened(RegisteredGroup opened) {
		opened.closeForGood();
		this.registry.directory().forget(opened);
	}

	private Collection<RegisteredGroup> groupsOf(int phase) {
		return this.registry.directory()
			.all()
			.stream()
			.filter((each) -> each.settings().phaseOr(this.settings.phase()) == phase)
			.toList();
	}

	/**
	 * Whether the development tools run this context: they are about to throw its classes
	 * away, and whoever waits is a developer.
	 */
	private boolean isRestarting() {
		ClassLoader loader = this.context.getClassLoader();
		return loader != null && loader.getClass()
			.getName()
			.equals("org.springframework.boot.devtools.restart.classloader.RestartClassLoader");
	}

}
