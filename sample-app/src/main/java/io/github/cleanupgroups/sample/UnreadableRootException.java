package io.github.cleanupgroups.sample;

import java.io.Serial;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A scan cannot begin at a root: it is no directory, or not one that can be listed.
 */
final class UnreadableRootException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	UnreadableRootException(String detail) {
		super(HttpStatus.BAD_REQUEST, ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, detail), null);
	}

	/** Without the status and the headers, which are no concern of a log. */
	@Override
	public String getMessage() {
		return String.valueOf(getBody().getDetail());
	}

}
