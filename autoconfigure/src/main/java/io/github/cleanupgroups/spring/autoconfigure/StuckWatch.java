package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;

import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Stuck;

/**
 * Looks for stuck callbacks again and again, on one thread for all groups: not one of a
 * pool, whose threads may all be stuck. There is none where nothing can be stuck.
 */
final class StuckWatch implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(StuckWatch.class);

	private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);

	private final GroupRegistry registry;

	private final Stuck settings;

	private final StuckReports reports = new StuckReports();

	private final CountDownLatch stopped = new CountDownLatch(1);

	StuckWatch(GroupRegistry registry, Stuck settings) {
		this.registry = registry;
		this.settings = settings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Duration shortest = shortest();
		if (shortest == null) {
			return;
		}
		Duration interval = (this.settings.checkInterval() != null) ? this.settings.checkInterval() : shortest;
		Thread thread = new Thread(() -> watch(interval), "cleanup-groups-stuck-watch");
		thread.setDaemon(true);
		thread.start();
	}

	/** Groups that are opened later have the limit that all have. */
	private @Nullable Duration shortest() {
		Duration ofAll = this.settings.after();
		Duration shortest = (ofAll != null && !ofAll.isZero()) ? ofAll : null;
		for (RegisteredGroup each : this.registry.directory().all()) {
			Duration limit = each.stuckAfter();
			if (limit != null && (shortest == null || limit.compareTo(shortest) < 0)) {
				shortest = limit;
			}
		}
		if (shortest == null) {
			return null;
		}
		return (shortest.compareTo(LONGEST_INTERVAL) < 0) ? shortest : LONGEST_INTERVAL;
	}

	private void watch(Duration interval) {
		try {
			while (!this.stopped.await(ShutdownDeadline.nanos(interval), TimeUnit.NANOSECONDS)) {
				look();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** One that fails must not be the last. */
	private void look() {
		try {
			Map<String, List<CallbackSnapshot>> stuck = new LinkedHashMap<>();
			this.registry.directory().all().forEach((each) -> stuck.put(each.name(), each.stuckCallbacks()));
			this.reports.update(stuck, System.nanoTime());
		}
		catch (RuntimeException ex) {
			logger.warn("Stuck callbacks could not be looked for", ex);
		}
	}

	void stop() {
		this.stopped.countDown();
	}

}
