package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.annotation.Bean;

import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Auto-configuration of what lets changed settings take effect when Spring Cloud says
 * that the environment has changed.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class)
@ConditionalOnClass(EnvironmentChangeEvent.class)
@ConditionalOnBean(CleanupGroups.class)
public final class CleanupGroupsRefreshAutoConfiguration {

	@Bean
	EnvironmentChangeListener cleanupGroupsEnvironmentChangeListener(CleanupGroups groups) {
		return new EnvironmentChangeListener(groups);
	}

}
