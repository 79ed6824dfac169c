package io.github.cleanupgroups.spring.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;
import io.github.cleanupgroups.spring.actuate.CleanupGroupsDescriptor.PoolDescriptor;
import io.github.cleanupgroups.spring.actuate.GroupDescriptor.CloseDescriptor;

/**
 * Endpoint that shows the cleanup groups and pools of the application, and lets an
 * operator drain, close, pause, resume and limit them. What members were called with is
 * never shown.
 *
 * <p>
 * Operations that change something are there only where
 * {@code management.endpoint.cleanupgroups.access} is {@code unrestricted}. None of them
 * waits: what they have begun can be followed by reading. Each attempt is an
 * {@link org.springframework.boot.actuate.audit.AuditEvent} of the type
 * {@code CLEANUP_GROUP_OPERATION}.
 *
 * @since 0.1.0
 */
@Endpoint(id = "cleanupgroups", defaultAccess = Access.READ_ONLY)
public final class CleanupGroupsEndpoint {

	static final int MEMBER_LIMIT = 100;

	private final CleanupGroups groups;

	private final LastCloses lastCloses;

	private final Operations operations;

	CleanupGroupsEndpoint(CleanupGroups groups, LastCloses lastCloses, Operations operations) {
		this.groups = groups;
		this.lastCloses = lastCloses;
		this.operations = operations;
	}

	Operations operations() {
		return this.operations;
	}

	/**
	 * All groups and pools.
	 * @return what there is now, each group and each pool at a moment of its own
	 */
	@ReadOperation
	public CleanupGroupsDescriptor groups() {
		Map<String, @Nullable GroupDescriptor> described = new LinkedHashMap<>();
		this.groups.names().forEach((name) -> described.put(name, null));
		// In this order, so that what one hands to the next is in one of the two.
		this.groups.closingOrder()
			.forEach((group) -> describe(group.name(), false).ifPresent((each) -> described.put(each.name(), each)));
		List<GroupDescriptor> shown = described.values().stream().filter(Objects::nonNull).toList();
		return new CleanupGroupsDescriptor(shown, this.groups.pools().stream().map(PoolDescriptor::of).toList(),
				shown.stream().allMatch(GroupDescriptor::hasNothingToDo) && this.groups.isIdle());
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

	/**
	 * Does something to all groups.
	 * @param operation {@code drain} or {@code resume}
	 * @param readiness whether a drain tells the platform that the application takes no
	 * traffic; the {@code resume} after it takes that back
	 * @return all groups and pools afterwards
	 */
	@WriteOperation
	public CleanupGroupsDescriptor operateAll(@Selector String operation, @Nullable Boolean readiness) {
		this.operations.performOnAll(null, operation, new OperationArguments().with("readiness", readiness));
		return groups();
	}

	/**
	 * Does something to one group.
	 * @param group its name
	 * @param operation {@code drain}, {@code close}, {@code pause}, {@code resume},
	 * {@code resize} or {@code limits}
	 * @param mode how to close: {@code await}, {@code cancel} or
	 * {@code await-then-cancel}; by default as configured
	 * @param timeout of a close; by default as configured
	 * @param minThreads of the group's pool, for {@code resize}
	 * @param maxThreads of the group's pool, for {@code resize}
	 * @param maxConcurrency for {@code limits}
	 * @param queueCapacity for {@code limits}
	 * @param weight for {@code limits}
	 * @return the group afterwards; null if it is gone
	 */
	@WriteOperation
	public @Nullable GroupDescriptor operate(@Selector String group, @Selector String operation, @Nullable String mode,
			@Nullable String timeout, @Nullable Integer minThreads, @Nullable Integer maxThreads,
			@Nullable Integer maxConcurrency, @Nullable Integer queueCapacity, @Nullable Integer weight) {
		this.operations.perform(null, group, operation,
				new OperationArguments().with("mode", mode)
					.with("timeout", timeout)
					.with("minThreads", minThreads)
					.with("maxThreads", maxThreads)
					.with("maxConcurrency", maxConcurrency)
					.with("queueCapacity", queueCapacity)
					.with("weight", weight));
		return group(group);
	}

	private Optional<GroupDescriptor> describe(String name, boolean withMembers) {
		Optional<CleanupGroup> found = this.groups.find(name);
		if (found.isEmpty()) {
			return Optional.empty();
		}
		CleanupGroup group = found.get();
		try {
			List<CloseDescriptor> closes = this.lastCloses.of(group);
			GroupDescriptor described = GroupDescriptor.of(group, this.groups.pool(name).name(),
					this.groups.isDraining(name), closes, this.groups.adoptedExecutors(name));
			return Optional.of(withMembers ? described.inDetail(group, closes) : described);
		}
		catch (NoSuchGroupException ex) {
			// It was opened, and has been closed since the look above.
			return Optional.empty();
		}
	}

}
