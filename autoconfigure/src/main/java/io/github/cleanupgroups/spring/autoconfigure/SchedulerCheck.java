package io.github.cleanupgroups.spring.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;

/**
 * Warns where a group was to be the scheduler, but the application has one of its own,
 * which stays. Comes after the scheduler's own definition, and defines nothing.
 */
final class SchedulerCheck implements ImportBeanDefinitionRegistrar {

	static final String KEY = CleanupGroupsProperties.PREFIX + ".scheduler.group";

	/** Where Spring looks for the scheduler. */
	static final String NAME = "taskScheduler";

	private static final Log logger = LogFactory.getLog(SchedulerCheck.class);

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry beans) {
		if (!isMadeHere(importing, beans)) {
			logger.warn("The key '" + KEY + "' has no effect: the application has a bean '" + NAME
					+ "' of its own. Remove the one or the other.");
		}
	}

	private static boolean isMadeHere(AnnotationMetadata importing, BeanDefinitionRegistry beans) {
		if (!beans.containsBeanDefinition(NAME)
				|| !(beans.getBeanDefinition(NAME) instanceof AnnotatedBeanDefinition definition)) {
			return false;
		}
		MethodMetadata factoryMethod = definition.getFactoryMethodMetadata();
		return factoryMethod != null && factoryMethod.getDeclaringClassName().equals(importing.getClassName());
	}

}
