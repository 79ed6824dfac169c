package io.github.cleanupgroups.spring.actuate;

import java.io.Serial;

/**
 * An operation that cannot be, with the status that says so over HTTP.
 */
final class OperationRefusedException extends RuntimeException {

	static final int BAD_REQUEST = 400;

	static final int NOT_FOUND = 404;

	static final int CONFLICT = 409;

	@Serial
	private static final long serialVersionUID = 1L;

	private final int status;

	OperationRefusedException(int status, String detail) {
		super(detail);
		this.status = status;
	}

	int status() {
		return this.status;
	}

}
