package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * Auto-configuration of {@link GroupedAsync @GroupedAsync}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class)
public final class GroupedAsyncAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static GroupedAsyncBeanPostProcessor groupedAsyncBeanPostProcessor() {
		return new GroupedAsyncBeanPostProcessor();
	}

}
