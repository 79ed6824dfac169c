package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * An object that queues callbacks and belongs to a group from its creation on.
 *
 * <p>
 * A member is <em>open</em> until it is closed, by {@link #close()} or by a close of its
 * group, for good. Using it afterwards is a {@link MemberClosedException}. All methods
 * may be called from any thread, {@link #close()} also from the member's own callback
 * (R41).
 *
 * <p>
 * Memory effects: what a thread did before it submitted happens-before the callback; what
 * a callback did happens-before the return of a wait or close that waited for it.
 *
 * @since 0.1.0
 */
public sealed interface Member extends AutoCloseable permits Work, Timer, Wait, Io {

	/**
	 * What it is.
	 * @return its kind
	 */
	MemberKind kind();

	/**
	 * What it is called in messages, snapshots and reports.
	 * @return {@link CallbackEnvironment.Builder#memberName(String)}, or the name of its
	 * kind
	 */
	String name();

	/**
	 * What it was given at its creation.
	 * @return the context, or null where there was none
	 */
	@Nullable Object context();

	/**
	 * Where it belongs.
	 * @return its group, or null where its environment has none
	 */
	@Nullable CleanupGroup group();

	/**
	 * Whether it is closed, or being closed by its group.
	 * @return true from the beginning of the close on
	 */
	boolean isClosed();

	/**
	 * Waits until nothing of this member is queued or running, disassociated callbacks
	 * aside (WaitForThreadpool...Callbacks, R34-R38, R108). Submissions made meanwhile
	 * extend the wait.
	 * @param pending whether queued callbacks are awaited or, first, dropped
	 * @throws InterruptedException if the thread is interrupted while it waits
	 * @throws IllegalStateException if called from this member's own callback
	 */
	void awaitCallbacks(Pending pending) throws InterruptedException;

	/**
	 * As {@link #awaitCallbacks(Pending)}, for a limited time.
	 * @param pending whether queued callbacks are awaited or, first, dropped
	 * @param timeout the longest wait; zero tests without waiting
	 * @return false if the time passed first
	 * @throws InterruptedException if the thread is interrupted while it waits
	 * @throws IllegalStateException if called from this member's own callback
	 * @throws IllegalArgumentException if the timeout is negative
	 */
	boolean awaitCallbacks(Pending pending, Duration timeout) throws InterruptedException;

	/**
	 * Closes this member: nothing more can be submitted, what is queued still runs
	 * (CloseThreadpool..., R40). Never waits; closing again has no effect. The member
	 * leaves its group, but a close of the group still waits for, or drops, what is left
	 * of it (R115).
	 */
	@Override
	void close();

	/**
	 * When it is over.
	 * @return a future that completes after the last callback of a closed member;
	 * completing or cancelling it has no effect on the member
	 */
	CompletableFuture<Void> released();

}
