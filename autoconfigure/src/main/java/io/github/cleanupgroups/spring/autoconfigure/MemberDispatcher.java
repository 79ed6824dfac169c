package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.ExecutorsKt;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * Where one call of a suspending function runs: it begins on the thread of the member
 * that makes it, and goes on after a suspension on any thread of the pool. Spring would
 * leave both to the caller's dispatcher, and the thread that resumes a coroutine may be
 * one that must not be held, such as the timer of all delays.
 */
final class MemberDispatcher extends CoroutineDispatcher {

	private final CoroutineDispatcher pool;

	/** Whether the coroutine runs already. Set by the member's thread. */
	private final AtomicBoolean begun = new AtomicBoolean();

	private MemberDispatcher(CoroutineDispatcher pool) {
		this.pool = pool;
	}

	/**
	 * An invocation whose coroutine has a dispatcher of its own.
	 * @param invocation of a suspending function, nobody else's
	 * @param pool runs what comes after suspensions; where it refuses, the coroutine is
	 * cancelled and ends elsewhere
	 * @return the invocation
	 */
	static MethodInvocation dispatched(ProxyMethodInvocation invocation, Executor pool) {
		@Nullable Object[] arguments = invocation.getArguments().clone();
		Continuation<?> caller = continuation(arguments[arguments.length - 1]);
		CoroutineContext context = caller.getContext().plus(new MemberDispatcher(ExecutorsKt.from(pool)));
		arguments[arguments.length - 1] = new MemberContinuation(caller, context);
		invocation.setArguments(arguments);
		return invocation;
	}

	private static Continuation<?> continuation(@Nullable Object last) {
		if (last instanceof Continuation<?> continuation) {
			return continuation;
		}
		throw new IllegalArgumentException("a suspending function's last argument is its continuation, not " + last);
	}

	@Override
	public boolean isDispatchNeeded(CoroutineContext context) {
		return !this.begun.compareAndSet(false, true);
	}

	@Override
	public void dispatch(CoroutineContext context, Runnable block) {
		this.pool.dispatch(context, block);
	}

	/** The caller's continuation, in the context of the member. */
	private record MemberContinuation(Continuation<?> caller,
			CoroutineContext context) implements Continuation<Object> {

		@Override
		public CoroutineContext getContext() {
			return this.context;
		}

		@Override
		public void resumeWith(Object result) {
			this.caller.resumeWith(result);
		}

	}

}
