package io.github.cleanupgroups.spring.autoconfigure;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Turns a call into a member of its group. The interceptors behind this one, and the
 * method, run on the member's thread.
 */
final class GroupedAsyncInterceptor implements MethodInterceptor {

	private final GroupedCalls calls;

	GroupedAsyncInterceptor(GroupedCalls calls) {
		this.calls = calls;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) {
		Object target = invocation.getThis();
		Assert.state(target != null, () -> invocation.getMethod() + " has no target");
		GroupedCall call = this.calls.call(target.getClass(), invocation.getMethod());
		// No clone: before this interceptor nobody goes on with the invocation, as with
		// @Async.
		return call.submit(invocation);
	}

}
