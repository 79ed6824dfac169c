package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown at the call where a group refuses a new member: it is closed, or being closed,
 * or draining. The message names the group and the member.
 *
 * @since 0.1.0
 */
public final class GroupClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	GroupClosedException(String message) {
		super(message);
	}

}
