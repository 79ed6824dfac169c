package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.ClassUtils;

import io.github.cleanupgroups.CleanupGroup;

/**
 * Puts an {@link AdoptedExecutor} around each executor that a group adopts. What is named
 * and cannot be adopted ends the start.
 */
final class AdoptingBeanPostProcessor
		implements SmartInstantiationAwareBeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton {

	private static final String KEY = "adopt";

	/** Names of groups by the names of beans, as configured. */
	private final Map<String, String> groups;

	/** Names of groups by the names of bean definitions. */
	private final Map<String, String> groupsByBean = new LinkedHashMap<>();

	private final Set<String> adopted = ConcurrentHashMap.newKeySet();

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	AdoptingBeanPostProcessor(Map<String, String> groups) {
		this.groups = groups;
	}

	@Override
	public void setBeanFactory(BeanFactory factory) {
		ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) factory;
		this.beanFactory = beans;
		List<Problem> problems = new ArrayList<>();
		this.groups.forEach((bean, group) -> check(beans, bean, group, problems));
		if (!problems.isEmpty()) {
			throw new CleanupGroupsConfigurationException(problems);
		}
	}

	private void check(ConfigurableListableBeanFactory beans, String bean, String group, List<Problem> problems) {
		String names = "The key '" + Keys.ofGroup(group, KEY) + "' names '" + bean + "', ";
		if (!beans.containsLocalBean(bean)) {
			problems.add(new Problem(names + "but there is no bean of that name.",
					"Correct the name or remove it. " + Spelling.suggest(bean, executors(beans))));
			return;
		}
		Class<?> type = beans.getType(bean, false);
		if (type != null && !AdoptedExecutor.isExecutor(type)) {
			problems.add(new Problem(names + "which is a " + type.getName() + " and no executor that can be adopted.",
					"Name an Executor or TaskScheduler that is not made of a group. "
							+ Spelling.suggest(bean, executors(beans))));
			return;
		}
		String other = this.groupsByBean.putIfAbsent(canonical(beans, bean), group);
		if (other != null) {
			problems.add(new Problem(names + "which is an alias of a bean that group '" + other + "' adopts.",
					"Remove one of the two names."));
		}
	}

	private static List<String> executors(ConfigurableListableBeanFactory beans) {
		List<String> names = new ArrayList<>();
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = beans.getType(name, false);
			if (type != null && AdoptedExecutor.isExecutor(type)) {
				names.add(name);
			}
		}
		return names;
	}

	private static String canonical(ConfigurableListableBeanFactory beans, String bean) {
		if (!beans.containsBeanDefinition(bean)) {
			for (String alias : beans.getAliases(bean)) {
				if (beans.containsBeanDefinition(alias)) {
					return alias;
				}
			}
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		String group = this.groupsByBean.get(beanName);
		if (group == null || !AdoptedExecutor.isExecutor(bean.getClass())) {
			return bean;
		}
		AdoptedExecutor executor = Objects.requireNonNull(this.beanFactory)
			.getBean(CleanupGroupsRegistrar.REGISTRY, GroupRegistry.class)
			.adopt(beanName, group, () -> threadsOf(bean));
		this.adopted.add(beanName);
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			advised.addAdvice(0, executor);
			return bean;
		}
		ProxyFactory proxy = proxy(bean.getClass(), executor);
		proxy.setTarget(bean);
		return proxy.getProxy(Objects.requireNonNull(this.beanFactory).getBeanClassLoader());
	}

	/**
	 * For the proxy's class, which ahead-of-time processing keeps: where no classes can
	 * be defined at run time, it has to be there.
	 */
	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		String group = this.groupsByBean.get(beanName);
		if (group == null || !AdoptedExecutor.isExecutor(beanClass) || Proxy.isProxyClass(beanClass)) {
			return beanClass;
		}
		return proxy(beanClass, new AdoptedExecutor(beanName, CleanupGroup.create(group), () -> 0))
			.getProxyClass(Objects.requireNonNull(this.beanFactory).getBeanClassLoader());
	}

	/** Of one that does not tell, more than it can have. */
	private static int threadsOf(Object bean) {
		if (bean instanceof ThreadPoolTaskExecutor executor) {
			return executor.getPoolSize();
		}
		if (bean instanceof ThreadPoolTaskScheduler scheduler) {
			return scheduler.getPoolSize();
		}
		return (bean instanceof ThreadPoolExecutor executor) ? executor.getPoolSize() : Integer.MAX_VALUE;
	}

	private static ProxyFactory proxy(Class<?> type, AdoptedExecutor executor) {
		ProxyFactory proxy = new ProxyFactory(ClassUtils.getAllInterfacesForClass(type));
		proxy.setTargetClass(type);
		proxy.setProxyTargetClass(!Modifier.isFinal(type.getModifiers()));
		proxy.addAdvice(executor);
		return proxy;
	}

	/** What was created before this processor works as ever, and so is not followed. */
	@Override
	public void afterSingletonsInstantiated() {
		List<Problem> problems = new ArrayList<>();
		this.groupsByBean.forEach((bean, group) -> {
			if (!this.adopted.contains(bean) && Objects.requireNonNull(this.beanFactory).containsSingleton(bean)) {
				problems.add(new Problem(
						"The key '" + Keys.ofGroup(group, KEY) + "' names '" + bean
								+ "', which cannot be adopted: it is no executor, or was created too early.",
						"Remove the name, or see to it that no bean post processor needs that bean."));
			}
		});
		if (!problems.isEmpty()) {
			throw new CleanupGroupsConfigurationException(problems);
		}
	}

}
