package io.github.cleanupgroups.spring.metrics;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.DisposableBean;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.spring.CleanupGroupObserver;

/**
 * The meters of all groups: they come and go with their groups.
 */
final class CleanupGroupMetrics implements CleanupGroupObserver, DisposableBean {

	/**
	 * Names of groups that have meters, by registry. A parent's registry may have those
	 * of several contexts: the same name gives the same meters, and they belong to the
	 * first.
	 */
	private static final Map<MeterRegistry, Set<String>> NAMES = Collections.synchronizedMap(new WeakHashMap<>());

	private final MeterRegistry registry;

	private final Set<String> names;

	/** Names that are this context's. */
	private final Set<String> owned = ConcurrentHashMap.newKeySet();

	private final Map<String, GroupMeters> byName = new ConcurrentHashMap<>();

	CleanupGroupMetrics(MeterRegistry registry) {
		this.registry = registry;
		this.names = NAMES.computeIfAbsent(registry, (key) -> ConcurrentHashMap.newKeySet());
	}

	@Override
	public CleanupGroupListener groupAdded(CleanupGroup group) {
		return added(group, GroupMeters::complete);
	}

	@Override
	public CleanupGroupListener groupOpened(CleanupGroup group) {
		return added(group, GroupMeters::onDemand);
	}

	private GroupMeters added(CleanupGroup group, BiFunction<MeterRegistry, CleanupGroup, GroupMeters> meters) {
		// Meters of one name are the same meters: those of a group that had this name
		// before and is not removed yet must go first, or they would go later.
		return this.byName.compute(group.name(), (name, former) -> {
			if (former != null) {
				remove(former);
			}
			if (this.names.add(name)) {
				this.owned.add(name);
			}
			return meters.apply(this.registry, group);
		});
	}

	@Override
	public void groupRemoved(CleanupGroup group) {
		this.byName.computeIfPresent(group.name(), (name, meters) -> {
			if (meters.group() != group) {
				return meters;
			}
			remove(meters);
			return null;
		});
	}

	private void remove(GroupMeters meters) {
		if (disown(meters)) {
			meters.remove();
		}
		else {
			meters.leave();
		}
	}

	/** Whether they were this context's. */
	private boolean disown(GroupMeters meters) {
		String name = meters.group().name();
		return this.owned.remove(name) && this.names.remove(name);
	}

	/**
	 * A registry may be a parent's and outlive this context: it must neither keep the
	 * groups nor show them in place of those of a later context.
	 */
	@Override
	public void destroy() {
		for (GroupMeters each : this.byName.values()) {
			if (disown(each)) {
				each.removeGauges();
			}
			else {
				each.leave();
			}
		}
		this.byName.clear();
	}

}
