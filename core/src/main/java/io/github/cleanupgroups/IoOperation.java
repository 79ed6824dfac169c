package io.github.cleanupgroups;

import java.nio.channels.CompletionHandler;

/**
 * The token of one operation of an {@link Io} object: from {@link Io#start()}, to be
 * passed as completion handler to the channel whose operation it is (StartThreadpoolIo,
 * R84).
 *
 * <p>
 * It has one end: the channel completes or fails it, or the program withdraws it. A
 * second end is an {@link IllegalStateException}. Where a close has forgotten the
 * operation meanwhile, its end only lets go of the object. Thread-safe.
 *
 * @param <V> what the operation gives
 * @since 0.1.0
 */
public interface IoOperation<V> extends CompletionHandler<V, Object> {

	/**
	 * Takes back the announcement of an operation that will not end by itself, because it
	 * was not begun or failed at the call (CancelThreadpoolIo, R87). It cancels nothing
	 * that is under way.
	 * @throws IllegalStateException if it has ended before
	 */
	void withdraw();

}
