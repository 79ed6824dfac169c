package io.github.cleanupgroups.sample;

import java.io.Serial;
import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * No scan can begin at present: a group that it needs is being drained or closed. Nothing
 * has been recorded of it.
 */
final class NotTakingScansException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	/** By then a drain is taken back, or another process has taken over. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

	private final HttpHeaders headers = new HttpHeaders();

	NotTakingScansException(String group) {
		super(HttpStatus.SERVICE_UNAVAILABLE,
				ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
						"No scan can begin: the group '" + group
								+ "' takes nothing new, because it is being drained or closed." + " Ask again later."),
				null);
		this.headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_AFTER.toSeconds()));
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	/** Without the status and the headers, which are no concern of a log. */
	@Override
	public String getMessage() {
		return String.valueOf(getBody().getDetail());
	}

}
