package io.github.cleanupgroups.spring.actuate;

import java.security.Principal;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.util.ClassUtils;

/**
 * The web extension in a reactive application: there the context of a request tells who
 * asks, and only a publisher sees it.
 */
final class CleanupGroupsEndpointReactiveExtension extends CleanupGroupsEndpointWebExtension {

	private static final boolean SECURITY = ClassUtils.isPresent(
			"org.springframework.security.core.context.ReactiveSecurityContextHolder",
			CleanupGroupsEndpointReactiveExtension.class.getClassLoader());

	CleanupGroupsEndpointReactiveExtension(CleanupGroupsEndpoint delegate) {
		super(delegate);
	}

	/** On all groups, without a body. */
	@WriteOperation
	Mono<WebEndpointResponse<Object>> operateAll(@Selector String operation) {
		return withPrincipal((principal) -> onAll(principal, operation, new OperationArguments()));
	}

	/** On one group, without a body. */
	@WriteOperation
	Mono<WebEndpointResponse<Object>> operate(@Selector String group, @Selector String operation) {
		return withPrincipal((principal) -> onOne(principal, group, operation, new OperationArguments()));
	}

	/**
	 * On a thread that may block, as Spring Boot has it for operations that return no
	 * publisher.
	 */
	private static Mono<WebEndpointResponse<Object>> withPrincipal(
			Function<@Nullable Principal, WebEndpointResponse<Object>> operation) {
		return principal().map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.publishOn(Schedulers.boundedElastic())
			.map((principal) -> operation.apply(principal.orElse(null)));
	}

	/** Empty where nobody is known. */
	private static Mono<Principal> principal() {
		return SECURITY ? Security.principal() : Mono.empty();
	}

	/** Apart, because Spring Security is optional. */
	private static final class Security {

		static Mono<Principal> principal() {
			return ReactiveSecurityContextHolder.getContext().mapNotNull(SecurityContext::getAuthentication);
		}

	}

}
