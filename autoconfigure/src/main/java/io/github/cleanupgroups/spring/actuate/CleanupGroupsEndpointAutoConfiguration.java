package io.github.cleanupgroups.spring.actuate;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

/**
 * Auto-configuration of the {@code cleanupgroups} endpoint.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(CleanupGroupsEndpoint.class)
@ConditionalOnBean(CleanupGroups.class)
public final class CleanupGroupsEndpointAutoConfiguration {

	@Bean
	LastCloses cleanupGroupLastCloses() {
		return new LastCloses();
	}

	@Bean
	CleanupGroupsEndpoint cleanupGroupsEndpoint(CleanupGroups groups, LastCloses lastCloses,
			ApplicationContext context) {
		return new CleanupGroupsEndpoint(groups, lastCloses, new Operations(groups, context));
	}

	/** Apart, because servlets are optional. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ProblemDetail.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnAvailableEndpoint(endpoint = CleanupGroupsEndpoint.class, exposure = EndpointExposure.WEB)
	static class ServletExtension {

		@Bean
		CleanupGroupsEndpointServletExtension cleanupGroupsEndpointWebExtension(CleanupGroupsEndpoint endpoint) {
			return new CleanupGroupsEndpointServletExtension(endpoint);
		}

	}

	/** Apart, because Reactor is optional. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ProblemDetail.class)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnAvailableEndpoint(endpoint = CleanupGroupsEndpoint.class, exposure = EndpointExposure.WEB)
	static class ReactiveExtension {

		@Bean
		CleanupGroupsEndpointReactiveExtension cleanupGroupsEndpointWebExtension(CleanupGroupsEndpoint endpoint) {
			return new CleanupGroupsEndpointReactiveExtension(endpoint);
		}

	}

}
