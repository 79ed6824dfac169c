package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;

import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.StaticMethodMatcherPointcut;

/**
 * Matches grouped methods.
 */
final class GroupedAsyncPointcut extends StaticMethodMatcherPointcut {

	private final GroupedCalls calls;

	GroupedAsyncPointcut(GroupedCalls calls) {
		this.calls = calls;
	}

	@Override
	public ClassFilter getClassFilter() {
		return (type) -> this.calls.type(type).hasGroupedMethods();
	}

	@Override
	public boolean matches(Method method, Class<?> targetClass) {
		return this.calls.type(targetClass).isGrouped(method);
	}

}
