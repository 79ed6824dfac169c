package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The web extension in a servlet application.
 */
final class CleanupGroupsEndpointServletExtension extends CleanupGroupsEndpointWebExtension {

	CleanupGroupsEndpointServletExtension(CleanupGroupsEndpoint delegate) {
		super(delegate);
	}

	/** On all groups, without a body. */
	@WriteOperation
	WebEndpointResponse<Object> operateAll(@Selector String operation) {
		return onAll(principal(), operation, new OperationArguments());
	}

	/** On one group, without a body. */
	@WriteOperation
	WebEndpointResponse<Object> operate(@Selector String group, @Selector String operation) {
		return onOne(principal(), group, operation, new OperationArguments());
	}

	/** Null where nobody is known. */
	private static @Nullable Principal principal() {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
				? attributes.getRequest().getUserPrincipal() : null;
	}

}
