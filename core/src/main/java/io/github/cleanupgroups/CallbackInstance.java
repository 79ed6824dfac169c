package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * One execution of a callback, handed to it (PTP_CALLBACK_INSTANCE, R101).
 *
 * <p>
 * It is valid inside its own callback only: on the callback's thread, until the
 * finalization callback and the registered actions have ended. Used anywhere else, every
 * method throws {@link IllegalStateException}.
 *
 * @since 0.1.0
 */
public interface CallbackInstance {

	/**
	 * What runs.
	 * @return the kind of member
	 */
	MemberKind kind();

	/**
	 * Whose callback runs.
	 * @return the member object, or null in a one-off
	 */
	@Nullable Member member();

	/**
	 * What the member's creator gave it.
	 * @return the context, or null where there was none
	 */
	@Nullable Object context();

	/**
	 * Says that this callback may not return soon (CallbackMayRunLong, R102). May be
	 * called again without effect.
	 * @return true where another thread of the pool can take over within its maximum, and
	 * where its environment has said so before
	 * ({@link CallbackEnvironment.Builder#runsLong(boolean)}, R24)
	 */
	boolean mayRunLong();

	/**
	 * Takes this execution out of what {@link Member#awaitCallbacks(Pending)} waits for
	 * (DisassociateCurrentThreadFromCallback, R108). A close of the group still waits for
	 * it (R109). A second call has no effect (R110).
	 */
	void disassociate();

	/**
	 * Registers what happens after the callback and its finalization callback have ended
	 * and before the member counts as finished: releasing a lock, counting down a latch,
	 * closing a class loader (the five {@code ...WhenCallbackReturns} functions in one,
	 * R103-R107). All actions run, in the order of their registration, also where one of
	 * them or the callback throws.
	 * @param action what to do, on this thread
	 */
	void whenReturned(Runnable action);

	/**
	 * Whether the group of this member is being closed: a hint to end early.
	 * @return true from the moment on that the close has sealed the group's members
	 */
	boolean isClosing();

}
