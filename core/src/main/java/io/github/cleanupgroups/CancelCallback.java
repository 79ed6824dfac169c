package io.github.cleanupgroups;

/**
 * Tells a member's owner that a close of the group has cancelled it
 * (PTP_CLEANUP_GROUP_CANCEL_CALLBACK, R128-R138).
 *
 * <p>
 * It is called once per member, not per dropped callback, also for members that were
 * idle; only by a close that cancels; on the closing thread, after the member's last
 * callback has ended, with no lock held. It is not called for a member that was closed by
 * itself, nor for a one-off that had started.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CancelCallback {

	/**
	 * Called once.
	 * @param cancellation what was cancelled and why
	 * @throws Exception whatever it likes: it is collected in
	 * {@link CloseReport#failures()}, and logged besides where no close waits any more;
	 * the other members are told all the same
	 */
	void cancelled(Cancellation cancellation) throws Exception;

}
