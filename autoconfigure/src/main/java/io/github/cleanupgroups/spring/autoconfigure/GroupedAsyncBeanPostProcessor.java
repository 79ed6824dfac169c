package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.EmbeddedValueResolver;

/**
 * Puts the interceptor of grouped methods around beans that have some, before all other
 * interceptors: transactions, retries and limits belong to the member, not to its caller.
 * Checks those methods first.
 */
@SuppressWarnings("serial")
final class GroupedAsyncBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements SmartInitializingSingleton {

	private @Nullable GroupedCalls calls;

	private @Nullable UncaughtExceptions uncaught;

	/**
	 * Whether the context's singletons are being created. Written by the thread that
	 * starts the context, read by whoever creates a bean.
	 */
	private volatile boolean starting = true;

	GroupedAsyncBeanPostProcessor() {
		setBeforeExistingAdvisors(true);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		this.uncaught = new UncaughtExceptions(beanFactory);
		this.calls = new GroupedCalls(beanFactory, new EmbeddedValueResolver((ConfigurableBeanFactory) beanFactory),
				this.uncaught);
		this.advisor = new DefaultPointcutAdvisor(new GroupedAsyncPointcut(this.calls),
				new GroupedAsyncInterceptor(this.calls));
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AopInfrastructureBean) {
			return bean;
		}
		boolean targetGrouped = resolve(AopUtils.getTargetClass(bean), beanName);
		// All there is of a JDK proxy that is not Spring's.
		boolean beanGrouped = resolve(bean.getClass(), beanName);
		if (!targetGrouped && !beanGrouped) {
			return bean;
		}
		Object processed = super.postProcessAfterInitialization(bean, beanName);
		if (this.starting) {
			closeGroupsBefore(beanName);
		}
		return processed;
	}

	private boolean resolve(Class<?> type, String beanName) {
		GroupedCalls known = Objects.requireNonNull(this.calls);
		GroupedType grouped = known.type(type);
		known.resolve(grouped, beanName);
		return grouped.hasGroupedMethods();
	}

	/**
	 * Where a start fails, no lifecycle closes the groups: the registry does when it is
	 * destroyed. Members need this bean and all that it depends on until then. Not for
	 * beans that are created later: should their creation fail after all, Spring would
	 * destroy the registry of a running application with them.
	 */
	private void closeGroupsBefore(String beanName) {
		ConfigurableListableBeanFactory beans = Objects.requireNonNull(this.beanFactory);
		if (beans.containsBeanDefinition(beanName) && beans.isSingleton(beanName)) {
			beans.registerDependentBean(beanName, CleanupGroupsRegistrar.REGISTRY);
		}
	}

	/** Late, threads of a pool may be unable to get beans. */
	@Override
	public void afterSingletonsInstantiated() {
		this.starting = false;
		Objects.requireNonNull(this.uncaught).prepare();
	}

}
