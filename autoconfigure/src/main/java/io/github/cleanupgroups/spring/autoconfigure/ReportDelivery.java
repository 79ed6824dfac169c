package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CloseReportSink;

/**
 * Hands the reports of a shutdown to the sinks. Each sink has a queue and a thread of its
 * own while something is in it, so that one that hangs holds up nobody.
 */
final class ReportDelivery {

	private static final Log logger = LogFactory.getLog(ReportDelivery.class);

	/** Written when the context starts, read by closers; null before. */
	private volatile @Nullable List<Outlet> outlets;

	/** Whether the application is being shut down. Written by it, read by closers. */
	private volatile boolean open;

	boolean knowsSinks() {
		return this.outlets != null;
	}

	void sinks(List<CloseReportSink> sinks) {
		this.outlets = sinks.stream().map(Outlet::new).toList();
	}

	/** From now on reports are handed on, or are no more. */
	void open(boolean value) {
		this.open = value;
	}

	/** Returns at once. */
	void accept(CloseReport report) {
		List<Outlet> present = this.outlets;
		if (this.open && present != null) {
			present.forEach((each) -> each.accept(report));
		}
	}

	/** Waits until every sink has taken what it was given, but not for long. */
	void await(ShutdownDeadline end, Duration overtime) throws InterruptedException {
		List<Outlet> present = this.outlets;
		if (present != null) {
			for (Outlet each : present) {
				each.await(end.plus(overtime).remaining());
			}
		}
	}

	/** One sink. */
	private static final class Outlet {

		private final CloseReportSink sink;

		private final Object lock = new Object();

		/** Completes when the latest report is taken. */
		@GuardedBy("lock")
		private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

		/** Reports that are not taken. */
		@GuardedBy("lock")
		private int waiting;

		Outlet(CloseReportSink sink) {
			this.sink = sink;
		}

		void accept(CloseReport report) {
			synchronized (this.lock) {
				this.waiting++;
				this.last = this.last.thenRunAsync(() -> deliver(report), Outlet::start);
			}
		}

		/** A thread for each report: there are few, and none stays. */
		private static void start(Runnable delivery) {
			Thread thread = new Thread(delivery, "cleanup-groups-report");
			thread.setDaemon(true);
			thread.start();
		}

		private void deliver(CloseReport report) {
			try {
				this.sink.accept(report);
			}
			catch (Throwable ex) {
				logger.warn("The sink " + this.sink + " did not take a report: " + report, ex);
			}
			synchronized (this.lock) {
				this.waiting--;
			}
		}

		void await(Duration limit) throws InterruptedException {
			CompletableFuture<Void> awaited;
			synchronized (this.lock) {
				awaited = this.last;
			}
			try {
				awaited.get(limit.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException ex) {
				synchronized (this.lock) {
					logger.warn("The sink " + this.sink + " has not returned in time: " + this.waiting
							+ " reports are not taken. They are in the log");
				}
			}
			catch (ExecutionException ex) {
				logger.warn("The sink " + this.sink + " was not given all reports", ex);
			}
		}

	}

}
