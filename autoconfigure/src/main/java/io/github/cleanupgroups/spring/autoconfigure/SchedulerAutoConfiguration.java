package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.util.Assert;
import org.springframework.util.ErrorHandler;

import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Auto-configuration of the scheduler as a view of a group: {@code @Scheduled} methods
 * become timers of it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = CleanupGroupsAutoConfiguration.class, before = TaskSchedulingAutoConfiguration.class)
@ConditionalOnProperty(SchedulerCheck.KEY)
@Import(SchedulerCheck.class)
public final class SchedulerAutoConfiguration {

	@Bean(SchedulerCheck.NAME)
	@ConditionalOnMissingBean(name = SchedulerCheck.NAME)
	GroupTaskScheduler taskScheduler(CleanupGroups groups, CleanupGroupsProperties properties,
			ObjectProvider<ErrorHandler> errorHandlers) {
		return new GroupTaskScheduler(groups, group(properties), errorHandlers.getIfUnique());
	}

	// A lifecycle that another one injects ends the wait for its phase too early.
	@Bean(autowireCandidate = false)
	@ConditionalOnBean(GroupTaskScheduler.class)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	SchedulerLifecycle cleanupGroupsSchedulerLifecycle(ApplicationContext context, GroupTaskScheduler scheduler,
			CleanupGroupsProperties properties) {
		int phaseOfGroup = properties.group(group(properties)).phaseOr(properties.shutdown().phase());
		return new SchedulerLifecycle(context, scheduler, phaseOfGroup);
	}

	private static String group(CleanupGroupsProperties properties) {
		String group = properties.scheduler().group();
		Assert.state(group != null, () -> "The key '" + SchedulerCheck.KEY + "' has no value");
		return group;
	}

}
