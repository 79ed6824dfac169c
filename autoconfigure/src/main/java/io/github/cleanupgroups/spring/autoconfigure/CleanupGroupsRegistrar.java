package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConstructorArgumentValues;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;

/**
 * Turns configured names into beans: pools, groups, their task executors, and a lifecycle
 * for each phase in which some group is closed. Wrong configuration ends the start here,
 * before any bean exists.
 *
 * <p>
 * All definitions are plain ones, factory methods and constructors with values, so that
 * ahead-of-time processing can write them down.
 */
final class CleanupGroupsRegistrar implements ImportBeanDefinitionRegistrar {

	static final String REGISTRY = "cleanupGroups";

	static final String SHUTDOWN = "cleanupGroupsShutdown";

	private static final String ADOPTION = "cleanupGroupsAdoption";

	private static final String LIFECYCLE = "cleanupGroupsLifecycle";

	private final Environment environment;

	CleanupGroupsRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry beans) {
		CleanupGroupsProperties properties = checkedProperties();
		Set<String> pools = new LinkedHashSet<>();
		pools.add(CleanupGroupsProperties.DEFAULT_POOL);
		pools.addAll(properties.pools().keySet());
		List<Problem> taken = new ArrayList<>();
		pools.forEach((name) -> register(beans, "pools", name, GroupNames.POOL, pool(name), taken));
		Set<Integer> phases = new LinkedHashSet<>();
		phases.add(properties.shutdown().phase());
		properties.groups().forEach((name, group) -> {
			register(beans, "groups", name, GroupNames.GROUP, group(name), taken);
			registerTaskExecutor(beans, name);
			phases.add(group.phaseOr(properties.shutdown().phase()));
		});
		if (!taken.isEmpty()) {
			throw new CleanupGroupsConfigurationException(taken);
		}
		registerAdoption(beans, properties);
		phases.forEach((phase) -> beans.registerBeanDefinition(LIFECYCLE + "-" + phase, lifecycle(phase)));
	}

	private static void registerAdoption(BeanDefinitionRegistry beans, CleanupGroupsProperties properties) {
		Map<String, String> groups = new LinkedHashMap<>();
		properties.groups().forEach((name, group) -> group.adopt().forEach((bean) -> groups.put(bean, name)));
		if (!groups.isEmpty()) {
			RootBeanDefinition definition = new RootBeanDefinition(AdoptingBeanPostProcessor.class);
			definition.getConstructorArgumentValues().addIndexedArgumentValue(0, groups);
			definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			beans.registerBeanDefinition(ADOPTION, definition);
		}
	}

	private CleanupGroupsProperties checkedProperties() {
		if (!KeyCheck.mayHaveKeys(this.environment)) {
			return CleanupGroupsProperties.DEFAULT;
		}
		List<Problem> problems = new ArrayList<>(KeyCheck.problems(this.environment));
		if (!problems.isEmpty()) {
			throw new CleanupGroupsConfigurationException(problems);
		}
		CleanupGroupsProperties properties = Binder.get(this.environment)
			.bindOrCreate(CleanupGroupsProperties.PREFIX, CleanupGroupsProperties.class);
		problems.addAll(SettingsCheck.problems(properties));
		if (!problems.isEmpty()) {
			throw new CleanupGroupsConfigurationException(problems);
		}
		return properties;
	}

	private static void register(BeanDefinitionRegistry beans, String section, String name, String suffix,
			RootBeanDefinition definition, List<Problem> taken) {
		String beanName = GroupNames.beanName(name, suffix);
		if (beans.isBeanNameInUse(beanName)) {
			taken.add(new Problem(
					"The key '" + Keys.of(section + "." + name) + "' gives a bean '" + beanName
							+ "', but the application has a bean of that name already.",
					"Rename the bean, or '" + name + "'."));
			return;
		}
		beans.registerBeanDefinition(beanName, definition);
	}

	/** It is found by its qualifier: where its name is taken, any other will do. */
	private static void registerTaskExecutor(BeanDefinitionRegistry beans, String group) {
		RootBeanDefinition definition = new RootBeanDefinition(GroupTaskExecutor.class);
		ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
		arguments.addIndexedArgumentValue(0, new RuntimeBeanReference(REGISTRY));
		arguments.addIndexedArgumentValue(1, group);
		// Neither a candidate by type alone nor a reason for Spring Boot to back off.
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, group));
		String beanName = GroupNames.beanName(group, GroupNames.TASK_EXECUTOR);
		while (beans.isBeanNameInUse(beanName)) {
			beanName = "cleanupGroups." + beanName;
		}
		beans.registerBeanDefinition(beanName, definition);
	}

	private static RootBeanDefinition pool(String name) {
		return madeByRegistry(ThreadPool.class, "configuredPool", name);
	}

	private static RootBeanDefinition group(String name) {
		return madeByRegistry(CleanupGroup.class, "get", name);
	}

	private static RootBeanDefinition madeByRegistry(Class<?> type, String factoryMethod, String name) {
		RootBeanDefinition definition = new RootBeanDefinition(type);
		definition.setFactoryBeanName(REGISTRY);
		definition.setFactoryMethodName(factoryMethod);
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		// Spring would infer close(), which waits without end; the registry closes both.
		definition.setDestroyMethodName("");
		return definition;
	}

	private static RootBeanDefinition lifecycle(int phase) {
		RootBeanDefinition definition = new RootBeanDefinition(GroupsLifecycle.class);
		ConstructorArgumentValues arguments = definition.getConstructorArgumentValues();
		arguments.addIndexedArgumentValue(0, new RuntimeBeanReference(SHUTDOWN));
		arguments.addIndexedArgumentValue(1, phase);
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		// A lifecycle that another lifecycle injects ends the wait for its phase too
		// early.
		definition.setAutowireCandidate(false);
		return definition;
	}

}
