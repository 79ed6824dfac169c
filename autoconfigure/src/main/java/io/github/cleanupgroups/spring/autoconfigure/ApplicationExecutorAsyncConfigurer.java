package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.Executor;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.scheduling.annotation.AsyncConfigurer;

/**
 * Lets plain {@code @Async} methods use the application's executor, whatever other
 * executors there are.
 */
final class ApplicationExecutorAsyncConfigurer implements AsyncConfigurer {

	private final BeanFactory beanFactory;

	ApplicationExecutorAsyncConfigurer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Executor getAsyncExecutor() {
		return this.beanFactory.getBean(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME,
				Executor.class);
	}

}
