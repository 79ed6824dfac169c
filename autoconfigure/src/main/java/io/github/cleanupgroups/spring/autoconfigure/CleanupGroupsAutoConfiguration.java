package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.env.Environment;

import io.github.cleanupgroups.spring.CleanupGroupObserver;

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
	GroupRegistry cleanupGroups(CleanupGroupsProperties properties, Environment environment,
			ApplicationContext context) {
		return new GroupRegistry(properties, Threading.VIRTUAL.isActive(environment), context, () -> observers(context),
				environment);
	}

	/** Those of this context: a parent's follow the parent's groups. */
	private static List<CleanupGroupObserver> observers(ApplicationContext context) {
		List<CleanupGroupObserver> observers = new ArrayList<>(
				context.getBeansOfType(CleanupGroupObserver.class).values());
		AnnotationAwareOrderComparator.sort(observers);
		return observers;
	}

	@Bean(CleanupGroupsRegistrar.SHUTDOWN)
	GroupShutdown cleanupGroupsShutdown(ApplicationContext context, GroupRegistry registry,
			CleanupGroupsProperties properties) {
		return new GroupShutdown(context, registry, properties.shutdown());
	}

}
