package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;

import io.github.cleanupgroups.spring.CleanupGroupDecorator;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.GroupScope;

/**
 * Auto-configuration of cleanup groups: their registry, a bean for each configured pool
 * and group and for each group's task executor, and the lifecycle that closes them.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@EnableConfigurationProperties(CleanupGroupsProperties.class)
@Import(CleanupGroupsRegistrar.class)
@ImportRuntimeHints(SettingsDiff.Hints.class)
public final class CleanupGroupsAutoConfiguration {

	@Bean(name = CleanupGroupsRegistrar.REGISTRY, destroyMethod = "destroy")
	GroupRegistry cleanupGroups(CleanupGroupsProperties properties, Environment environment, ApplicationContext context,
			ObjectProvider<TaskDecorator> taskDecorators) {
		Boolean propagateContext = (properties.propagateContext() != null) ? properties.propagateContext()
				: environment.getProperty("spring.task.execution.propagate-context", Boolean.class);
		return new GroupRegistry(properties, Threading.VIRTUAL.isActive(environment), context, () -> observers(context),
				new GroupDecorators(() -> decorators(context, taskDecorators, propagateContext)), environment);
	}

	/**
	 * Those of this context, inside of the task decorators that Spring Boot would take.
	 */
	private static List<CleanupGroupDecorator> decorators(ApplicationContext context,
			ObjectProvider<TaskDecorator> taskDecorators, @Nullable Boolean propagateContext) {
		List<CleanupGroupDecorator> decorators = new ArrayList<>(
				context.getBeansOfType(CleanupGroupDecorator.class).values());
		AnnotationAwareOrderComparator.sort(decorators);
		TaskDecorator ofTasks = TaskDecorators.all(taskDecorators.orderedStream().toList(), propagateContext);
		if (ofTasks != null) {
			decorators.add(0, TaskDecoration.by(ofTasks));
		}
		return decorators;
	}

	@Bean(destroyMethod = "stop")
	StuckWatch cleanupGroupsStuckWatch(GroupRegistry registry, CleanupGroupsProperties properties) {
		return new StuckWatch(registry, properties.stuck());
	}

	/** Nobody asks for it. */
	@Bean
	static LazyInitializationExcludeFilter cleanupGroupsStuckWatchExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(StuckWatch.class);
	}

	/** Those of this context: a parent's follow the parent's groups. */
	private static List<CleanupGroupObserver> observers(ApplicationContext context) {
		List<CleanupGroupObserver> observers = new ArrayList<>(
				context.getBeansOfType(CleanupGroupObserver.class).values());
		AnnotationAwareOrderComparator.sort(observers);
		return observers;
	}

	@Bean
	static CustomScopeConfigurer cleanupGroupScope() {
		CustomScopeConfigurer configurer = new CustomScopeConfigurer();
		configurer.addScope(GroupScope.NAME, new CleanupGroupScope());
		return configurer;
	}

	@Bean(CleanupGroupsRegistrar.SHUTDOWN)
	GroupShutdown cleanupGroupsShutdown(ApplicationContext context, GroupRegistry registry,
			CleanupGroupsProperties properties) {
		return new GroupShutdown(context, registry, properties.shutdown());
	}

}
