package io.github.cleanupgroups.spring;

import io.github.cleanupgroups.CloseReport;

/**
 * Takes the reports of a shutdown somewhere before the application is gone: declare a
 * bean of this type. Meter registries are closed before the first group is, and who
 * listens to {@link CleanupGroupClosedEvent} holds up the close; a sink does not.
 *
 * <p>
 * Each sink of the application context gets the report of every close of every group in
 * the {@link CleanupGroups registry} that ends between the beginning of the context's
 * close, or stop, and the end of the phase in which the group is closed. It gets them one
 * after another on a thread of the library's, in the order in which the closes ended; no
 * lock is held. Sinks do not wait for one another. Beans that the sink uses must still be
 * there then: those that are stopped in lower phases, or destroyed, are.
 *
 * <p>
 * The shutdown waits until every report is taken, two seconds beyond the deadline at
 * most; then, what is not taken is logged and lost. Sinks are looked up when the context
 * starts.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CloseReportSink {

	/**
	 * Takes a report. May block; should not for long. What it throws is logged, and
	 * nothing else comes of it.
	 * @param report what a close did, {@linkplain CloseReport#group() of which group}
	 */
	void accept(CloseReport report);

}
