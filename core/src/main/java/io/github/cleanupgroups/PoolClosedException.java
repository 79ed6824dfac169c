package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown at the call where a pool refuses a callback or a new member because it is closed
 * (F39). The message names the group and the member.
 *
 * @since 0.1.0
 */
public final class PoolClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	PoolClosedException(String message) {
		super(message);
	}

}
