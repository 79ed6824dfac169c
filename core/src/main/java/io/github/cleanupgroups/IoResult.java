package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * How an operation of an {@link Io} object ended (R91). Immutable.
 *
 * @param <V> what the operation gives
 * @since 0.1.0
 */
public interface IoResult<V> {

	/**
	 * What it gave.
	 * @return null where it failed, or gave nothing
	 */
	@Nullable V value();

	/**
	 * Why it failed.
	 * @return null where it did not
	 */
	@Nullable Throwable failure();

	/**
	 * What was attached where it was initiated.
	 * @return the attachment, or null where there was none
	 */
	@Nullable Object attachment();

}
