package io.github.cleanupgroups.spring.actuate;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.actuate.GroupDescriptor.CloseDescriptor;

/**
 * Remembers the latest closes of each group that is there.
 */
final class LastCloses implements CleanupGroupObserver {

	/** So many of each group. */
	static final int KEPT = 10;

	private final Map<CleanupGroup, Closes> byGroup = new ConcurrentHashMap<>();

	@Override
	public CleanupGroupListener groupAdded(CleanupGroup group) {
		Closes listener = new Closes();
		this.byGroup.put(group, listener);
		return listener;
	}

	@Override
	public void groupRemoved(CleanupGroup group) {
		this.byGroup.remove(group);
	}

	/** The latest first. */
	List<CloseDescriptor> of(CleanupGroup group) {
		Closes listener = this.byGroup.get(group);
		return (listener != null) ? listener.latestFirst() : List.of();
	}

	/**
	 * The place of one group: a close that ends after its group has left the registry
	 * writes here and not into the map, which would keep the group for ever.
	 */
	private static final class Closes implements CleanupGroupListener {

		@GuardedBy("this")
		private final Deque<CloseDescriptor> latestFirst = new ArrayDeque<>(1);

		@Override
		public boolean hearsCallbacks() {
			return false;
		}

		@Override
		public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
			CloseDescriptor latest = CloseDescriptor.of(options, report, Instant.now());
			synchronized (this) {
				this.latestFirst.addFirst(latest);
				if (this.latestFirst.size() > KEPT) {
					this.latestFirst.removeLast();
				}
			}
		}

		synchronized List<CloseDescriptor> latestFirst() {
			return List.copyOf(this.latestFirst);
		}

	}

}
