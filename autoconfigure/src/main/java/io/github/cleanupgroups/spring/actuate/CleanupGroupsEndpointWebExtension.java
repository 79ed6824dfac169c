package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

/**
 * Web extension of {@link CleanupGroupsEndpoint}: what cannot be is a problem detail with
 * a status of its own, and what takes time is accepted with status 202.
 *
 * <p>
 * Each operation is there twice: Spring Boot makes one with parameters insist on a JSON
 * body, and {@code curl -X POST} sends none. What takes none is apart for servlets and
 * for reactive applications, because who asks would be such a parameter. Parameters are
 * texts, because one that Spring Boot cannot convert is an empty answer.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = CleanupGroupsEndpoint.class)
public abstract sealed class CleanupGroupsEndpointWebExtension
		permits CleanupGroupsEndpointServletExtension, CleanupGroupsEndpointReactiveExtension {

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
	public final WebEndpointResponse<Object> group(@Selector String group) {
		GroupDescriptor found = this.delegate.group(group);
		return (found != null) ? new WebEndpointResponse<>(found)
				: problem(HttpStatus.NOT_FOUND.value(), Operations.noSuchGroup(group));
	}

	/**
	 * Does something to all groups.
	 * @param securityContext who asks
	 * @param operation which
	 * @param readiness as {@link CleanupGroupsEndpoint#operateAll}
	 * @return all groups and pools, or a problem detail
	 */
	@WriteOperation
	public final WebEndpointResponse<Object> operateAll(SecurityContext securityContext, @Selector String operation,
			@Nullable String readiness) {
		return onAll(securityContext.getPrincipal(), operation, new OperationArguments().with("readiness", readiness));
	}

	/**
	 * Does something to one group.
	 * @param securityContext who asks
	 * @param group its name
	 * @param operation which
	 * @param mode as {@link CleanupGroupsEndpoint#operate}
	 * @param timeout likewise
	 * @param minThreads likewise
	 * @param maxThreads likewise
	 * @param maxConcurrency likewise
	 * @param queueCapacity likewise
	 * @param weight likewise
	 * @param readiness not for one group: refused
	 * @return the group, or a problem detail
	 */
	@WriteOperation
	public final WebEndpointResponse<Object> operate(SecurityContext securityContext, @Selector String group,
			@Selector String operation, @Nullable String mode, @Nullable String timeout, @Nullable String minThreads,
			@Nullable String maxThreads, @Nullable String maxConcurrency, @Nullable String queueCapacity,
			@Nullable String weight, @Nullable String readiness) {
		return onOne(securityContext.getPrincipal(), group, operation,
				new OperationArguments().with("mode", mode)
					.with("timeout", timeout)
					.with("minThreads", minThreads)
					.with("maxThreads", maxThreads)
					.with("maxConcurrency", maxConcurrency)
					.with("queueCapacity", queueCapacity)
					.with("weight", weight)
					.with("readiness", readiness));
	}

	final WebEndpointResponse<Object> onAll(@Nullable Principal principal, String operation,
			OperationArguments arguments) {
		try {
			boolean goesOn = this.delegate.operations().performOnAll(principal, operation, arguments);
			return done(goesOn, this.delegate.groups());
		}
		catch (OperationRefusedException ex) {
			return problem(ex.status(), String.valueOf(ex.getMessage()));
		}
	}

	final WebEndpointResponse<Object> onOne(@Nullable Principal principal, String group, String operation,
			OperationArguments arguments) {
		try {
			boolean goesOn = this.delegate.operations().perform(principal, group, operation, arguments);
			return done(goesOn, this.delegate.group(group));
		}
		catch (OperationRefusedException ex) {
			return problem(ex.status(), String.valueOf(ex.getMessage()));
		}
	}

	private static WebEndpointResponse<Object> done(boolean goesOn, @Nullable Object body) {
		HttpStatus status = goesOn ? HttpStatus.ACCEPTED : HttpStatus.OK;
		return (body != null) ? new WebEndpointResponse<>(body, status.value())
				: new WebEndpointResponse<>(status.value());
	}

	private static WebEndpointResponse<Object> problem(int status, String detail) {
		return new WebEndpointResponse<>(ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail),
				status, MediaType.APPLICATION_PROBLEM_JSON);
	}

}
