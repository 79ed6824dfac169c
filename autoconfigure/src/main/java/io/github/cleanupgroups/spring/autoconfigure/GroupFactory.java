package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * Makes groups from their settings, with all that an application puts around them.
 */
final class GroupFactory {

	private final ConfiguredPools pools;

	private final GroupDecorators decorators;

	/** Where a group does not say. */
	private final @Nullable Duration stuckAfter;

	private final GroupEvents.CloseHandler closeHandler;

	/**
	 * A factory.
	 * @param pools where callbacks run
	 * @param decorators what is put around callbacks
	 * @param stuckAfter when a callback counts as stuck where its group does not say;
	 * null for never
	 * @param closeHandler hears of every close of every group
	 */
	GroupFactory(ConfiguredPools pools, GroupDecorators decorators, @Nullable Duration stuckAfter,
			GroupEvents.CloseHandler closeHandler) {
		this.pools = pools;
		this.decorators = decorators;
		this.stuckAfter = stuckAfter;
		this.closeHandler = closeHandler;
	}

	/** A group of the configuration. */
	RegisteredGroup configured(String name, Group settings) {
		return create(name, settings, null, true);
	}

	/** A group that is opened at run time, below another one or below none. */
	RegisteredGroup opened(String name, Group settings, @Nullable RegisteredGroup parent) {
		return create(name, settings, parent, false);
	}

	private RegisteredGroup create(String name, Group settings, @Nullable RegisteredGroup parent, boolean configured) {
		GroupEvents events = new GroupEvents(this.closeHandler);
		CleanupGroup.Builder builder = CleanupGroup.builder(name)
			.overflow(settings.overflow())
			.weight(settings.weight())
			.listener(events);
		if (settings.maxConcurrency() != null) {
			builder.maxConcurrency(settings.maxConcurrency());
		}
		if (settings.queueCapacity() != null) {
			builder.queueCapacity(settings.queueCapacity());
		}
		if (parent != null) {
			builder.parent(parent.group());
		}
		return new RegisteredGroup(builder.build(), this.pools.get(settings.pool()), settings, parent, configured,
				events, this.decorators, (settings.stuckAfter() != null) ? settings.stuckAfter() : this.stuckAfter);
	}

}
