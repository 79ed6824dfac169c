package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.aop.interceptor.SimpleAsyncUncaughtExceptionHandler;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.scheduling.annotation.AsyncConfigurer;

import io.github.cleanupgroups.spring.GroupedAsync;

/**
 * Where the exceptions of {@code void} methods go: to the handler that {@code @Async}
 * uses too, of the application's {@link AsyncConfigurer}; else to a bean that is one;
 * else into the log.
 */
final class UncaughtExceptions {

	private static final Log logger = LogFactory.getLog(GroupedAsync.class);

	private final BeanFactory beanFactory;

	/** Written once it is known, by whoever asks first. */
	private volatile @Nullable AsyncUncaughtExceptionHandler handler;

	UncaughtExceptions(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/** Looks the handler up while beans can still be created. */
	void prepare() {
		handler();
	}

	void handle(Throwable failure, Method method, @Nullable Object[] arguments) {
		try {
			handler().handleUncaughtException(failure, method, arguments);
		}
		catch (Throwable ex) {
			ex.addSuppressed(failure);
			logger.error("The handler of uncaught exceptions threw itself at what " + method.toGenericString()
					+ " had thrown", ex);
		}
	}

	private AsyncUncaughtExceptionHandler handler() {
		AsyncUncaughtExceptionHandler known = this.handler;
		if (known == null) {
			known = find();
			this.handler = known;
		}
		return known;
	}

	private AsyncUncaughtExceptionHandler find() {
		try {
			return this.beanFactory.getBeanProvider(AsyncConfigurer.class)
				.orderedStream()
				.map(AsyncConfigurer::getAsyncUncaughtExceptionHandler)
				.filter(Objects::nonNull)
				.findFirst()
				.orElseGet(() -> this.beanFactory.getBeanProvider(AsyncUncaughtExceptionHandler.class)
					.getIfUnique(SimpleAsyncUncaughtExceptionHandler::new));
		}
		catch (BeansException ex) {
			logger.warn("The application's handler of uncaught exceptions is not available", ex);
			return new SimpleAsyncUncaughtExceptionHandler();
		}
	}

}
