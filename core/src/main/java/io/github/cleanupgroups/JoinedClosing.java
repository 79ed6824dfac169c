package io.github.cleanupgroups;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A close that one call takes part in: its place among those that attend, which steps it
 * has taken with it, and what of it was over before - the leftover of a close that timed
 * out was reported once already.
 *
 * <p>
 * Used by one thread at a time: the one that begins the call, then the one that waits.
 */
final class JoinedClosing {

	private final Closing closing;

	/** The call's. */
	private final Deadline timeout;

	private final Closing.Leftover leftover;

	private final boolean abandoned;

	private final Set<CloseStep> taken = EnumSet.noneOf(CloseStep.class);

	/** What the call has announced, null as long as it does not wait. */
	private @Nullable Attendant attendant;

	private boolean left;

	private JoinedClosing(Closing closing, Deadline timeout) {
		this.closing = closing;
		this.timeout = timeout;
		this.leftover = closing.leftover();
		this.abandoned = closing.isAbandoned();
	}

	/** The call that begins it. Group lock. */
	static JoinedClosing begun(Closing closing, Deadline timeout) {
		return new JoinedClosing(closing, timeout);
	}

	/** One more call. Group lock. */
	static JoinedClosing join(Closing closing, Deadline timeout) {
		closing.join(timeout);
		return new JoinedClosing(closing, timeout);
	}

	Closing closing() {
		return this.closing;
	}

	/** Whether others had their time with it already when this call joined. */
	boolean isAbandoned() {
		return this.abandoned;
	}

	/** Announces who waits, once. */
	void attend(Attendant closer) {
		if (this.attendant == null) {
			this.attendant = closer;
			this.closing.attend(closer);
		}
	}

	/** Leaves, once. */
	void leave(Thread closer) {
		if (!this.left) {
			this.closing.leave(closer, this.timeout, this.attendant);
			this.left = true;
		}
	}

	boolean hasTaken(CloseStep step) {
		return this.taken.contains(step);
	}

	/** Says that a step is taken; answers whether it was not before. */
	boolean take(CloseStep step) {
		return this.taken.add(step);
	}

	CloseTally tally() {
		CloseTally since = this.closing.tally().minus(this.leftover.before());
		return since.plus(new CloseTally(this.leftover.members(), 0, 0));
	}

	/** Once a call. */
	List<Throwable> reportFailures() {
		return this.closing.reportFailures(this.leftover);
	}

}
