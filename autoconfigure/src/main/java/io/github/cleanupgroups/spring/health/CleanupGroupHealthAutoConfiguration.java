package io.github.cleanupgroups.spring.health;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

/**
 * Auto-configuration of the health of cleanup groups.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class)
@ConditionalOnClass(HealthContributor.class)
@ConditionalOnBooleanProperty("management.health.cleanupgroups.enabled")
@ConditionalOnBean(CleanupGroups.class)
public final class CleanupGroupHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "cleanupGroupsHealthContributor", "cleanupGroupsHealthIndicator" })
	CleanupGroupsHealthContributor cleanupGroupsHealthContributor(CleanupGroups groups) {
		return new CleanupGroupsHealthContributor(groups);
	}

}
