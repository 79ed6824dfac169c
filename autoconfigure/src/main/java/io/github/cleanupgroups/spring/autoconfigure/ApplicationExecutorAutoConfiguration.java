package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.AsyncConfigurer;

/**
 * Auto-configuration of the application's executor as a view of a group: what Spring Boot
 * would run on a pool of its own becomes members.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { CleanupGroupsAutoConfiguration.class, TaskExecutionAutoConfiguration.class })
@ConditionalOnProperty("cleanup-groups.application-executor.group")
@Import(ApplicationExecutorRegistrar.class)
public final class ApplicationExecutorAutoConfiguration {

	/** Spring Boot's own is missing where the application has another executor. */
	@Bean
	@ConditionalOnMissingBean(AsyncConfigurer.class)
	ApplicationExecutorAsyncConfigurer applicationExecutorAsyncConfigurer(BeanFactory beanFactory) {
		return new ApplicationExecutorAsyncConfigurer(beanFactory);
	}

}
