package io.github.cleanupgroups.sample;

import java.io.Serial;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A root is being scanned already, perhaps under another name.
 */
final class ScanRunningException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	ScanRunningException(Scan running) {
		super(HttpStatus.CONFLICT, problem(running), null);
	}

	private static ProblemDetail problem(Scan running) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT,
				"Scan " + running.id() + " is scanning '" + running.root() + "'.");
		problem.setProperty("scan", String.valueOf(running.id()));
		return problem;
	}

}
