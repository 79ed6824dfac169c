package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown at the call where the queue of a group has no room
 * ({@link CleanupGroup.Builder#queueCapacity(int)}). The message names the group and the
 * member.
 *
 * @since 0.1.0
 */
public final class QueueFullException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	QueueFullException(String message) {
		super(message);
	}

}
