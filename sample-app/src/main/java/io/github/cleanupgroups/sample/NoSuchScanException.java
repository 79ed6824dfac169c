package io.github.cleanupgroups.sample;

import java.io.Serial;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * There is no scan of the given id.
 */
final class NoSuchScanException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	NoSuchScanException(String id) {
		super(HttpStatus.NOT_FOUND,
				ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, "There is no scan '" + id + "'."), null);
	}

}
