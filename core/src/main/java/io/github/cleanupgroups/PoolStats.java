package io.github.cleanupgroups;

/**
 * A pool at one moment, from {@link ThreadPool#stats()}; the figures were true together
 * (F27, R8).
 *
 * @param minThreads threads that stay when idle
 * @param maxThreads callbacks that may run at once
 * @param threads threads that exist
 * @param activeThreads threads that run a callback
 * @param pendingCallbacks callbacks that are queued
 * @param completedCallbacks callbacks that have run since the pool was built, also those
 * that threw
 * @since 0.1.0
 */
public record PoolStats(int minThreads, int maxThreads, int threads, int activeThreads, long pendingCallbacks,
		long completedCallbacks) {
}
