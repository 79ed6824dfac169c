package io.github.cleanupgroups.spring.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

/**
 * Auto-configuration of the meters of cleanup groups.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ CleanupGroups.class, MeterRegistry.class })
public final class CleanupGroupMetricsAutoConfiguration {

	@Bean
	CleanupGroupMetrics cleanupGroupMetrics(MeterRegistry registry) {
		return new CleanupGroupMetrics(registry);
	}

}
