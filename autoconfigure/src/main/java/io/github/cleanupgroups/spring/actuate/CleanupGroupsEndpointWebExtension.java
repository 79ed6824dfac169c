package io.github.cleanupgroups.spring.actuate;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

/**
 * Web extension of {@link CleanupGroupsEndpoint}: an unknown group is a problem detail
 * with status 404.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = CleanupGroupsEndpoint.class)
public final class CleanupGroupsEndpointWebExtension {

	private final CleanupGroupsEndpoint delegate;

	CleanupGroupsEndpointWebExtension(CleanupGroupsEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * One group.
	 * @param group its name
	 * @return the group, or a problem detail
	 */
	@ReadOperation
	public WebEndpointResponse<Object> group(@Selector String group) {
		GroupDescriptor found = this.delegate.group(group);
		return (found != null) ? new WebEndpointResponse<>(found)
				: problem(HttpStatus.NOT_FOUND, "There is no cleanup group '" + group + "'.");
	}

	private static WebEndpointResponse<Object> problem(HttpStatus status, String detail) {
		return new WebEndpointResponse<>(ProblemDetail.forStatusAndDetail(status, detail), status.value(),
				MediaType.APPLICATION_PROBLEM_JSON);
	}

}
