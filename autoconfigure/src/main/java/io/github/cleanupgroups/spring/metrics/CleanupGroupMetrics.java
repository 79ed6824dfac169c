package io.github.cleanupgroups.spring.metrics;

import java.util.Map;
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

	private final MeterRegistry registry;

	private final Map<String, GroupMeters> byName = new ConcurrentHashMap<>();

	CleanupGroupMetrics(MeterRegistry registry) {
		this.registry = registry;
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
				former.remove();
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
			meters.remove();
			return null;
		});
	}

	/**
	 * A registry may be a parent's and outlive this context: it must neither keep the
	 * groups nor show them in place of those of a later context.
	 */
	@Override
	public void destroy() {
		this.byName.values().forEach(GroupMeters::removeGauges);
		this.byName.clear();
	}

}
