package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
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

	private final Group settings;

	private final boolean configured;

	private final GroupEvents events;

	private final CallbackEnvironment environment;

	private final Object observing = new Object();

	/** Null before the observers are known. Guarded by {@link #observing}. */
	private @Nullable List<CleanupGroupObserver> observers;

	/** Guarded by {@link #observing}. */
	private boolean gone;

	/**
	 * Whether the lifecycle has stopped it. Written by the lifecycle, read by anybody.
	 */
	private volatile boolean stopped;

	RegisteredGroup(CleanupGroup group, ThreadPool pool, Group settings, boolean configured, GroupEvents events) {
		this.group = group;
		this.pool = pool;
		this.settings = settings;
		this.configured = configured;
		this.events = events;
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

	Group settings() {
		return this.settings;
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
			.priority(this.settings.priority());
	}

	boolean isStopped() {
		return this.stopped;
	}

	void stopped(boolean value) {
		this.stopped = value;
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
