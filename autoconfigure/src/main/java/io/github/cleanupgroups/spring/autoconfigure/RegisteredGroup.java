package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackDecorator;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.MemberCounts;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * A group in the registry, with what belongs to it.
 */
final class RegisteredGroup {

	private static final Log logger = LogFactory.getLog(RegisteredGroup.class);

	private final CleanupGroup group;

	private final ThreadPool pool;

	/** Written by who reconfigures, read by anybody; not where there is a parent. */
	private volatile Group settings;

	private final @Nullable RegisteredGroup parent;

	private final boolean configured;

	private final GroupEvents events;

	/** Null where nothing is ever stuck. */
	private final @Nullable Duration stuckAfter;

	private final CallbackDecorator decorator;

	private final CallbackEnvironment environment;

	private final List<AdoptedExecutor> adopted = new CopyOnWriteArrayList<>();

	private final Object observing = new Object();

	/** Null before the observers are known. Guarded by {@link #observing}. */
	private @Nullable List<CleanupGroupObserver> observers;

	/** Guarded by {@link #observing}. */
	private boolean gone;

	/**
	 * Whether the lifecycle has stopped it. Written by the lifecycle, read by anybody.
	 */
	private volatile boolean stopped;

	/**
	 * Whether it refuses, or will when it is its turn to. Written under the lock of
	 * {@link Draining} and by the lifecycle, read by anybody.
	 */
	private volatile boolean draining;

	RegisteredGroup(CleanupGroup group, ThreadPool pool, Group settings, @Nullable RegisteredGroup parent,
			boolean configured, GroupEvents events, GroupDecorators decorators, @Nullable Duration stuckAfter) {
		this.group = group;
		this.pool = pool;
		this.settings = settings;
		this.parent = parent;
		this.configured = configured;
		this.events = events;
		this.stuckAfter = (stuckAfter != null && !stuckAfter.isZero()) ? stuckAfter : null;
		this.decorator = decorators.of(group);
		this.environment = environmentBuilder().build();
	}

	String name() {
		return this.group.name();
	}

	CleanupGroup group() {
		return this.group;
	}

	ThreadPool pool() {
		return this.pool;
	}

	/** Those of a group below another one follow its. */
	Group settings() {
		return (this.parent != null) ? this.parent.settings().ofChild() : this.settings;
	}

	void settings(Group changed) {
		this.settings = changed;
	}

	/** How it is closed at run time; what is null is as configured. */
	CloseOptions closeOptions(@Nullable CloseMode mode, @Nullable Duration timeout, Duration deadline) {
		Group configured = settings();
		Duration limit = (timeout != null) ? timeout : configured.timeoutOrDefault();
		return ClosingSteps
			.of(configured, (mode != null) ? mode : configured.onClose(), limit,
					(limit.compareTo(deadline) > 0) ? limit : deadline)
			.options();
	}

	/** Null where it is below none. */
	@Nullable RegisteredGroup parent() {
		return this.parent;
	}

	/** Whether it comes from the configuration, and so comes back after a stop. */
	boolean isConfigured() {
		return this.configured;
	}

	GroupEvents events() {
		return this.events;
	}

	CallbackEnvironment environment() {
		return this.environment;
	}

	CallbackEnvironment.Builder environmentBuilder() {
		return CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(this.group)
			.priority(settings().priority())
			.decorator(this.decorator);
	}

	@Nullable Duration stuckAfter() {
		return this.stuckAfter;
	}

	List<CallbackSnapshot> stuckCallbacks() {
		Duration limit = this.stuckAfter;
		return (limit == null) ? List.of()
				: this.group.runningCallbacks()
					.stream()
					.filter((each) -> each.runningFor().compareTo(limit) >= 0)
					.toList();
	}

	boolean isStopped() {
		return this.stopped;
	}

	/** The end of the application, and a new start, are the end of a drain. */
	void stopped(boolean value) {
		this.stopped = value;
		this.draining = false;
		if (!value) {
			this.adopted.forEach(AdoptedExecutor::accept);
		}
	}

	/** Nobody hears of it: there is nothing left that was not told. */
	void closeForGood() {
		this.events.silence();
		try {
			this.group.close(CloseOptions.cancelPending().timeout(Duration.ZERO).reason("the application has ended"));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	boolean isDraining() {
		return this.draining;
	}

	void draining(boolean value) {
		this.draining = value;
	}

	/** Whether it is to run dry, but not yet. */
	boolean awaitsItsTurnToRefuse() {
		return this.draining && this.group.isAccepting();
	}

	/** Members, and tasks of adopted executors. */
	boolean isIdle() {
		MemberCounts counts = this.group.memberCounts();
		return counts.pendingCallbacks() == 0 && counts.runningCallbacks() == 0
				&& this.adopted.stream().allMatch(AdoptedExecutor::isIdle);
	}

	/**
	 * Whether the current thread is inside a callback, or a task of an adopted executor.
	 */
	boolean isInside() {
		return this.group.isInside() || this.adopted.stream().anyMatch(AdoptedExecutor::isInside);
	}

	void adopt(AdoptedExecutor executor) {
		this.adopted.add(executor);
	}

	/** Executors that are closed with the group. */
	List<AdoptedExecutor> adopted() {
		return this.adopted;
	}

	/** Lets observers join that have not been there when it was made. */
	void observedBy(List<CleanupGroupObserver> joining) {
		observedBy(joining, CleanupGroupObserver::groupAdded);
	}

	/** Lets the observers that are there join while it is being opened. */
	void openedBefore(List<CleanupGroupObserver> joining) {
		observedBy(joining, CleanupGroupObserver::groupOpened);
	}

	/** None has joined before. Where one throws, the others after it do not. */
	private void observedBy(List<CleanupGroupObserver> joining,
			BiFunction<CleanupGroupObserver, CleanupGroup, CleanupGroupListener> join) {
		List<CleanupGroupListener> listeners = new ArrayList<>();
		List<CleanupGroupObserver> joined = new ArrayList<>();
		try {
			for (CleanupGroupObserver each : joining) {
				listeners.add(join.apply(each, this.group));
				joined.add(each);
			}
			this.events.tell(listeners);
		}
		finally {
			joined(joined);
		}
	}

	private void joined(List<CleanupGroupObserver> joined) {
		boolean tooLate;
		synchronized (this.observing) {
			this.observers = joined;
			tooLate = this.gone;
		}
		if (tooLate) {
			leave(joined);
		}
	}

	/** Lets the observers go: the group is no longer in the registry. */
	void gone() {
		List<CleanupGroupObserver> leaving;
		synchronized (this.observing) {
			leaving = (this.gone || this.observers == null) ? List.of() : this.observers;
			this.gone = true;
		}
		leave(leaving);
	}

	private void leave(List<CleanupGroupObserver> leaving) {
		for (CleanupGroupObserver each : leaving) {
			try {
				each.groupRemoved(this.group);
			}
			catch (Throwable ex) {
				logger.error("An observer of cleanup groups threw: " + each, ex);
			}
		}
	}

}
