package io.github.cleanupgroups.spring.health;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupState;
import io.github.cleanupgroups.spring.NoSuchGroupException;

/**
 * The health of each group that there is at the moment.
 */
final class CleanupGroupsHealthContributor implements CompositeHealthContributor {

	private final CleanupGroups groups;

	CleanupGroupsHealthContributor(CleanupGroups groups) {
		this.groups = groups;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		return this.groups.find(name).map((group) -> indicator(name)).orElse(null);
	}

	@Override
	public Stream<Entry> stream() {
		return this.groups.names().stream().map((name) -> new Entry(name, indicator(name)));
	}

	/** The group may be gone, or another one, when it is asked. */
	private HealthIndicator indicator(String name) {
		return () -> {
			try {
				return GroupHealth.of(this.groups.get(name), this.groups.isDraining(name),
						this.groups.stuckCallbacks(name));
			}
			catch (NoSuchGroupException ex) {
				return GroupHealth.ofState(GroupState.CLOSED);
			}
		};
	}

}
