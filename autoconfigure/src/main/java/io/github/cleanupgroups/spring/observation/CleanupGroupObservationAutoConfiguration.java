package io.github.cleanupgroups.spring.observation;

import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

/**
 * Auto-configuration of the observations of cleanup groups' callbacks.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBooleanProperty("cleanup-groups.observations.enabled")
@ConditionalOnBean({ CleanupGroups.class, ObservationRegistry.class })
public final class CleanupGroupObservationAutoConfiguration {

	@Bean
	CallbackObservations cleanupGroupCallbackObservations(ObservationRegistry registry,
			ObjectProvider<CallbackObservationConvention> convention) {
		return new CallbackObservations(registry, convention.getIfAvailable());
	}

}
