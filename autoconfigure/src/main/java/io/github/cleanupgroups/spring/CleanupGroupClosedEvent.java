package io.github.cleanupgroups.spring;

import java.io.Serial;

import org.springframework.context.ApplicationEvent;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;

/**
 * A close of a cleanup group, or of its members, has returned. Published for every close
 * of every group in the {@link CleanupGroups registry}, at the application's end and at
 * any other time, on the thread that closed and before the close returns.
 *
 * <p>
 * At the end of the application this is, beside the log, the only way to learn what a
 * close did: meter registries are closed before the first group is.
 *
 * @since 0.1.0
 */
public final class CleanupGroupClosedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient CloseOptions options;

	private final transient CloseReport report;

	/**
	 * An event.
	 * @param group which group was closed
	 * @param options how
	 * @param report what happened
	 */
	public CleanupGroupClosedEvent(CleanupGroup group, CloseOptions options, CloseReport report) {
		super(group);
		this.options = options;
		this.report = report;
	}

	/**
	 * Which group was closed.
	 * @return the group; it is still open where only its members were closed
	 */
	public CleanupGroup group() {
		return (CleanupGroup) getSource();
	}

	/**
	 * How it was closed.
	 * @return what the closer asked for
	 */
	public CloseOptions options() {
		return this.options;
	}

	/**
	 * What happened.
	 * @return the report that the closer got
	 */
	public CloseReport report() {
		return this.report;
	}

}
