package io.github.cleanupgroups.spring.actuate;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;
import io.github.cleanupgroups.spring.actuate.CleanupGroupsDescriptor.PoolDescriptor;

/**
 * Endpoint that shows the cleanup groups and pools of the application. What members were
 * called with is never shown.
 *
 * @since 0.1.0
 */
@Endpoint(id = "cleanupgroups", defaultAccess = Access.READ_ONLY)
public final class CleanupGroupsEndpoint {

	static final int MEMBER_LIMIT = 100;

	private final CleanupGroups groups;

	private final LastCloses lastCloses;

	CleanupGroupsEndpoint(CleanupGroups groups, LastCloses lastCloses) {
		this.groups = groups;
		this.lastCloses = lastCloses;
	}

	/**
	 * All groups and pools.
	 * @return what there is now, each group and each pool at a moment of its own
	 */
	@ReadOperation
	public CleanupGroupsDescriptor groups() {
		return new CleanupGroupsDescriptor(
				this.groups.names().stream().map((name) -> describe(name, false)).flatMap(Optional::stream).toList(),
				this.groups.pools().stream().map(PoolDescriptor::of).toList());
	}

	/**
	 * One group with some of its members.
	 * @param group its name
	 * @return the group, or null if there is none of that name
	 */
	@ReadOperation
	public @Nullable GroupDescriptor group(@Selector String group) {
		return describe(group, true).orElse(null);
	}

	private Optional<GroupDescriptor> describe(String name, boolean withMembers) {
		Optional<CleanupGroup> found = this.groups.find(name);
		if (found.isEmpty()) {
			return Optional.empty();
		}
		CleanupGroup group = found.get();
		ThreadPool pool;
		try {
			pool = this.groups.pool(name);
		}
		catch (NoSuchGroupException ex) {
			// It was opened, and has been closed since the look above.
			return Optional.empty();
		}
		return Optional.of(GroupDescriptor.of(group, pool.name(), this.lastCloses.of(group),
				withMembers ? group.members(MEMBER_LIMIT) : null));
	}

}
