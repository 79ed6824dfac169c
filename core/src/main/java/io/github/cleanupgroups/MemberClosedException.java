package io.github.cleanupgroups;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown at the call where a member is used that was closed, by itself or together with
 * its group (F1, R45). The message names the group and the member.
 *
 * @since 0.1.0
 */
public final class MemberClosedException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	MemberClosedException(String message) {
		super(message);
	}

}
