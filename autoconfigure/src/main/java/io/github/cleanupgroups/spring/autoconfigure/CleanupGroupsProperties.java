package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.Overflow;
import io.github.cleanupgroups.Priority;

/**
 * Pools, groups and what becomes of them at shutdown.
 *
 * @param pools Thread pools by name. The pool 'default' is always there.
 * @param groups Cleanup groups by name.
 * @param shutdown How groups are closed when the application context stops.
 * @param propagateContext Whether members carry the context of the thread that submitted
 * them. By default that of 'spring.task.execution.propagate-context'.
 * @param observations How callbacks are observed.
 * @param stuck When a callback counts as stuck.
 * @param applicationExecutor What the executor of the application is.
 * @param scheduler What runs scheduled methods.
 * @since 0.1.0
 */
@ConfigurationProperties(CleanupGroupsProperties.PREFIX)
public record CleanupGroupsProperties(@DefaultValue Map<String, Pool> pools, @DefaultValue Map<String, Group> groups,
		Shutdown shutdown, @Nullable Boolean propagateContext, Observations observations, Stuck stuck,
		ApplicationExecutor applicationExecutor, Scheduler scheduler) {

	static final String PREFIX = "cleanup-groups";

	/** Name of the pool that is always there. */
	static final String DEFAULT_POOL = "default";

	/** What an application has that configures nothing. */
	static final CleanupGroupsProperties DEFAULT = new CleanupGroupsProperties(Map.of(), Map.of(), Shutdown.DEFAULT,
			null, Observations.DEFAULT, Stuck.DEFAULT, ApplicationExecutor.DEFAULT, Scheduler.DEFAULT);

	public CleanupGroupsProperties {
		// The binder gives null for a section without keys. Told to make a default of the
		// annotations below instead, it makes objects twice, which every start pays.
		shutdown = Objects.requireNonNullElse(shutdown, Shutdown.DEFAULT);
		observations = Objects.requireNonNullElse(observations, Observations.DEFAULT);
		stuck = Objects.requireNonNullElse(stuck, Stuck.DEFAULT);
		applicationExecutor = Objects.requireNonNullElse(applicationExecutor, ApplicationExecutor.DEFAULT);
		scheduler = Objects.requireNonNullElse(scheduler, Scheduler.DEFAULT);
	}

	/** The same, but for what can change at run time. */
	CleanupGroupsProperties with(Map<String, Pool> changedPools, Map<String, Group> changedGroups,
			Shutdown changedShutdown) {
		return new CleanupGroupsProperties(changedPools, changedGroups, changedShutdown, this.propagateContext,
				this.observations, this.stuck, this.applicationExecutor, this.scheduler);
	}

	/** A pool's settings, those of the default pool included. */
	Pool pool(String name) {
		return this.pools.getOrDefault(name, Pool.DEFAULT);
	}

	/** A group's settings. */
	Group group(String name) {
		return this.groups.getOrDefault(name, Group.DEFAULT);
	}

	/**
	 * Settings of a thread pool.
	 *
	 * @param minThreads Threads that stay when idle.
	 * @param maxThreads Callbacks that may run at once. By default four for each
	 * processor, but at least 16.
	 * @param keepAlive How long a thread above the minimum stays idle before it ends.
	 * @param virtual Whether the threads are virtual ones, which needs Java 21. By
	 * default that of 'spring.threads.virtual.enabled'.
	 */
	public record Pool(@DefaultValue("0") int minThreads, @Nullable Integer maxThreads,
			@DefaultValue("60s") Duration keepAlive, @Nullable Boolean virtual) {

		static final Pool DEFAULT = new Pool(0, null, Duration.ofSeconds(60), null);

		/**
		 * What a name without settings means.
		 * @param text empty
		 * @return the defaults
		 */
		public static Pool valueOf(String text) {
			requireEmpty(text, "pool");
			return DEFAULT;
		}

		int maxThreadsOrDefault() {
			return (this.maxThreads != null) ? this.maxThreads
					: Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
		}

	}

	/**
	 * Settings of a cleanup group.
	 *
	 * @param pool Pool that runs the group's callbacks.
	 * @param onClose What becomes of queued callbacks when the group is closed.
	 * @param timeout Longest wait for the group's close where 'on-close' is 'await' or
	 * 'cancel'; time for queued callbacks where it is 'await-then-cancel'. By default 20
	 * seconds.
	 * @param interruptAfter When to interrupt what still runs, counted from the beginning
	 * of the group's close. By default nothing is interrupted.
	 * @param closesAfter Groups that are closed before this one.
	 * @param phase Lifecycle phase in which the group is closed. By default that of
	 * 'cleanup-groups.shutdown.phase'.
	 * @param maxConcurrency Callbacks of the group that may run at once. By default
	 * unlimited.
	 * @param queueCapacity Callbacks of the group that may be queued. By default
	 * unlimited.
	 * @param overflow What a submission does that finds the queue full.
	 * @param weight How many callbacks the group may start in a row where other groups of
	 * the same pool have some ready too.
	 * @param priority Which callbacks of a pool start first.
	 * @param minShare Time of the deadline that groups which are closed earlier leave to
	 * this one. By default none.
	 * @param dumpAfter When to log where what still runs stands, counted from the
	 * beginning of the group's close. By default after 5 seconds.
	 * @param stuckAfter How long a callback of the group may run before it counts as
	 * stuck; zero means never. By default that of 'cleanup-groups.stuck.after'.
	 * @param adopt Beans of the application, executors and schedulers, that are closed
	 * with the group.
	 */
	public record Group(@DefaultValue(DEFAULT_POOL) String pool, @DefaultValue("await-then-cancel") CloseMode onClose,
			@Nullable Duration timeout, @Nullable Duration interruptAfter, @DefaultValue List<String> closesAfter,
			@Nullable Integer phase, @Nullable Integer maxConcurrency, @Nullable Integer queueCapacity,
			@DefaultValue("reject") Overflow overflow, @DefaultValue("1") int weight,
			@DefaultValue("normal") Priority priority, @Nullable Duration minShare, @Nullable Duration dumpAfter,
			@Nullable Duration stuckAfter, @DefaultValue List<String> adopt) {

		static final Group DEFAULT = new Group(DEFAULT_POOL, CloseMode.AWAIT_THEN_CANCEL, null, null, List.of(), null,
				null, null, Overflow.REJECT, 1, Priority.NORMAL, null, null, null, List.of());

		private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

		private static final Duration DEFAULT_DUMP_AFTER = Duration.ofSeconds(5);

		/**
		 * What a name without settings means.
		 * @param text empty
		 * @return the defaults
		 */
		public static Group valueOf(String text) {
			requireEmpty(text, "group");
			return DEFAULT;
		}

		/** The same, closed after one more group. */
		Group after(String before) {
			List<String> all = new ArrayList<>(this.closesAfter);
			all.add(before);
			return new Group(this.pool, this.onClose, this.timeout, this.interruptAfter, all, this.phase,
					this.maxConcurrency, this.queueCapacity, this.overflow, this.weight, this.priority, this.minShare,
					this.dumpAfter, this.stuckAfter, this.adopt);
		}

		/** Settings of a group below: it is closed as this one is. */
		Group ofChild() {
			return new Group(this.pool, this.onClose, this.timeout, this.interruptAfter, this.closesAfter, this.phase,
					null, null, Overflow.REJECT, 1, this.priority, null, this.dumpAfter, this.stuckAfter, List.of());
		}

		Duration timeoutOrDefault() {
			return (this.timeout != null) ? this.timeout : DEFAULT_TIMEOUT;
		}

		Duration minShareOrNone() {
			return (this.minShare != null) ? this.minShare : Duration.ZERO;
		}

		Duration dumpAfterOrDefault() {
			return (this.dumpAfter != null) ? this.dumpAfter : DEFAULT_DUMP_AFTER;
		}

		int phaseOr(int phaseOfShutdown) {
			return (this.phase != null) ? this.phase : phaseOfShutdown;
		}

	}

	/**
	 * Settings of the shutdown.
	 *
	 * @param deadline Time for closing all groups together, counted from the beginning of
	 * the context's close.
	 * @param phase Lifecycle phase in which groups are closed that name none of their
	 * own. By default after the web server has stopped, and before executors and clients.
	 * @param logInterval How often the log says what is still being waited for.
	 * @param terminationGracePeriod Time that the platform gives the process to end, such
	 * as 'terminationGracePeriodSeconds' of Kubernetes. Only compared with the deadline
	 * at the start.
	 * @param preStopDelay Part of the grace period that is over when the process is told
	 * to end, such as the sleep of a 'preStop' hook.
	 */
	public record Shutdown(@DefaultValue("25s") Duration deadline, @DefaultValue("2147479551") int phase,
			@DefaultValue("5s") Duration logInterval, @Nullable Duration terminationGracePeriod,
			@Nullable Duration preStopDelay) {

		// As the annotations say, which count where some of its keys are given.
		static final Shutdown DEFAULT = new Shutdown(Duration.ofSeconds(25), 2147479551, Duration.ofSeconds(5), null,
				null);

	}

	/**
	 * Settings of observations.
	 *
	 * @param enabled Whether each callback of a group is an observation
	 * 'cleanup.group.callback'.
	 */
	public record Observations(@DefaultValue("false") boolean enabled) {

		static final Observations DEFAULT = new Observations(false);

	}

	/**
	 * Settings of stuck callbacks.
	 *
	 * @param after How long a callback may run before it counts as stuck: the log warns
	 * about it, with its stack, and the health of its group is down. By default none is
	 * ever stuck.
	 * @param checkInterval How often the log is brought up to date. By default as often
	 * as 'after' says, but at least every ten seconds.
	 */
	public record Stuck(@Nullable Duration after, @Nullable Duration checkInterval) {

		static final Stuck DEFAULT = new Stuck(null, null);

	}

	/**
	 * Settings of the application's executor.
	 *
	 * @param group Group that the tasks of 'applicationTaskExecutor' become members of,
	 * such as asynchronous requests of Spring MVC and plain '@Async' methods. By default
	 * Spring Boot makes that executor.
	 */
	public record ApplicationExecutor(@Nullable String group) {

		static final ApplicationExecutor DEFAULT = new ApplicationExecutor(null);

	}

	/**
	 * Settings of the scheduler.
	 *
	 * @param group Group that '@Scheduled' methods become timers of. By default Spring
	 * Boot makes the scheduler.
	 */
	public record Scheduler(@Nullable String group) {

		static final Scheduler DEFAULT = new Scheduler(null);

	}

	private static void requireEmpty(String text, String what) {
		if (!text.isBlank()) {
			throw new IllegalArgumentException("A " + what + " has keys below its name, not a value '" + text + "'");
		}
	}

}
