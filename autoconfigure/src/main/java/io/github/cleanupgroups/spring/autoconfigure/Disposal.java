package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.ThreadPool;

/**
 * The very end of groups and pools. Where a start has failed there was no stop: then
 * groups are open still, and what their members need is about to go. All waits are timed
 * ones.
 */
final class Disposal {

	private static final Log logger = LogFactory.getLog(Disposal.class);

	/** How long a start that has failed waits for what runs. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Collection<RegisteredGroup> groups;

	private final List<ThreadPool> pools;

	Disposal(Collection<RegisteredGroup> groups, List<ThreadPool> pools) {
		this.groups = groups;
		this.pools = pools;
	}

	void run() {
		try {
			closeWhatIsOpen();
			closeForGood();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.pools.forEach(ThreadPool::close);
		}
	}

	private void closeWhatIsOpen() throws InterruptedException {
		List<CompletableFuture<Void>> closes = new ArrayList<>();
		for (RegisteredGroup each : this.groups) {
			if (!each.isStopped() && !each.group().isClosed()) {
				each.group().refuse();
				closes.add(each.group()
					.closeMembersAsync(
							CloseOptions.cancelPending().timeout(PATIENCE).reason("the application has not started"))
					.thenAccept(Disposal::closed));
				each.adopted().forEach((executor) -> closes.add(closeAdopted(executor)));
			}
		}
		// All together: each may hang in what its close tells.
		ShutdownDeadline end = ShutdownDeadline.in(PATIENCE.multipliedBy(2));
		for (CompletableFuture<Void> each : closes) {
			try {
				each.get(end.remaining().toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException | TimeoutException ex) {
				logger.warn("A cleanup group could not be closed", ex);
			}
		}
	}

	/** A group that nobody has used is no news beside the failure of the start. */
	private static void closed(CloseReport report) {
		if (report.closedMembers() > 0 || report.timedOut()) {
			CloseLog.closed(CloseMode.CANCEL, report);
		}
	}

	/** Its own destruction may have left futures incomplete. */
	private static CompletableFuture<Void> closeAdopted(AdoptedExecutor executor) {
		return executor.close(new ClosingSteps(CloseMode.CANCEL, PATIENCE, PATIENCE, null, PATIENCE))
			.thenAccept(CloseLog::closed);
	}

	/**
	 * On a thread of its own: the current one may be a member's that ends the context.
	 */
	private void closeForGood() throws InterruptedException {
		Thread closer = new Thread(() -> this.groups.forEach(RegisteredGroup::closeForGood), "cleanup-groups-disposal");
		closer.setDaemon(true);
		closer.start();
		closer.join(PATIENCE.toMillis());
	}

}
