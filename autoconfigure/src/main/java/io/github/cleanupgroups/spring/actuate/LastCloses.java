package io.github.cleanupgroups.spring.actuate;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.actuate.GroupDescriptor.CloseDescriptor;

/**
 * Remembers the latest close of each group that is there.
 */
final class LastCloses implements CleanupGroupObserver {

	private final Map<CleanupGroup, LastClose> byGroup = new ConcurrentHashMap<>();

	@Override
	public CleanupGroupListener groupAdded(CleanupGroup group) {
		LastClose listener = new LastClose();
		this.byGroup.put(group, listener);
		return listener;
	}

	@Override
	public void groupRemoved(CleanupGroup group) {
		this.byGroup.remove(group);
	}

	@Nullable CloseDescriptor of(CleanupGroup group) {
		LastClose listener = this.byGroup.get(group);
		return (listener != null) ? listener.latest : null;
	}

	/**
	 * The place of one group: a close that ends after its group has left the registry
	 * writes here and not into the map, which would keep the group for ever.
	 */
	private static final class LastClose implements CleanupGroupListener {

		/** Written by closers, read by anybody. */
		private volatile @Nullable CloseDescriptor latest;

		@Override
		public boolean hearsCallbacks() {
			return false;
		}

		@Override
		public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
			this.latest = CloseDescriptor.of(options, report, Instant.now());
		}

	}

}
