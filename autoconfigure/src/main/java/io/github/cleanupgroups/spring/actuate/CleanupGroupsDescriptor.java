package io.github.cleanupgroups.spring.actuate;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.github.cleanupgroups.PoolStats;
import io.github.cleanupgroups.ThreadPool;

/**
 * All cleanup groups and pools as {@link CleanupGroupsEndpoint} shows them.
 *
 * @param groups the groups by name
 * @param pools the pools by name
 * @param idle whether no group, nor an executor that it closes, has anything queued or
 * running, and none that is draining is still waiting for its turn to refuse
 * @since 0.1.0
 */
public record CleanupGroupsDescriptor(List<GroupDescriptor> groups, List<PoolDescriptor> pools,
		boolean idle) implements OperationResponseBody {

	/**
	 * A pool, with the figures of {@link PoolStats}.
	 *
	 * @param name what it is called
	 * @param minThreads threads that stay when idle
	 * @param maxThreads callbacks that may run at once
	 * @param threads threads that exist
	 * @param activeThreads threads that run a callback
	 * @param pendingCallbacks callbacks that are queued
	 * @param completedCallbacks callbacks that have run since the pool was built
	 */
	public record PoolDescriptor(String name, int minThreads, int maxThreads, int threads, int activeThreads,
			long pendingCallbacks, long completedCallbacks) {

		static PoolDescriptor of(ThreadPool pool) {
			PoolStats stats = pool.stats();
			return new PoolDescriptor(pool.name(), stats.minThreads(), stats.maxThreads(), stats.threads(),
					stats.activeThreads(), stats.pendingCallbacks(), stats.completedCallbacks());
		}

	}

}
