package io.github.cleanupgroups.spring.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConstructorArgumentValues;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;

/**
 * Puts a group's executor where consumers look for the application's, by its name. Comes
 * after Spring Boot, whose definition it replaces: what else Spring Boot makes for its
 * executor stays. A bean of the application's own stays as well.
 */
final class ApplicationExecutorRegistrar implements ImportBeanDefinitionRegistrar {

	static final String KEY = CleanupGroupsProperties.PREFIX + ".application-executor.group";

	private static final Log logger = LogFactory.getLog(ApplicationExecutorRegistrar.class);

	private static final String NAME = TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME;

	/** Where Spring looks for the executor of plain {@code @Async} methods. */
	private static final String ALIAS = "taskExecutor";

	private final Environment environment;

	ApplicationExecutorRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry beans) {
		boolean replaces = isMadeBySpringBoot(beans);
		if (!replaces && beans.isBeanNameInUse(NAME)) {
			logger.warn("The key '" + KEY + "' has no effect: the application has a bean '" + NAME
					+ "' of its own. Remove the one or the other.");
			return;
		}
		if (replaces) {
			beans.removeBeanDefinition(NAME);
		}
		RootBeanDefinition definition = new RootBeanDefinition(GroupTaskExecutor.class);
		ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
		arguments.addIndexedArgumentValue(0, new RuntimeBeanReference(CleanupGroupsRegistrar.REGISTRY));
		arguments.addIndexedArgumentValue(1, this.environment.getRequiredProperty(KEY));
		// Spring Boot has none where the application has executors: by type these are
		// meant.
		definition.setDefaultCandidate(replaces);
		beans.registerBeanDefinition(NAME, definition);
		if (!beans.isBeanNameInUse(ALIAS)) {
			beans.registerAlias(NAME, ALIAS);
		}
	}

	private static boolean isMadeBySpringBoot(BeanDefinitionRegistry beans) {
		if (!beans.containsBeanDefinition(NAME)
				|| !(beans.getBeanDefinition(NAME) instanceof AnnotatedBeanDefinition definition)) {
			return false;
		}
		MethodMetadata factoryMethod = definition.getFactoryMethodMetadata();
		return factoryMethod != null && factoryMethod.getDeclaringClassName()
			.startsWith(TaskExecutionAutoConfiguration.class.getPackageName() + ".");
	}

}
