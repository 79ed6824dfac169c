package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

import io.github.cleanupgroups.CallbackEnvironment;

/**
 * How calls of one method become members: everything that is the same for each call.
 */
abstract sealed class GroupedCall {

	private final CallbackEnvironment environment;

	private GroupedCall(CallbackEnvironment environment) {
		this.environment = environment;
	}

	final CallbackEnvironment environment() {
		return this.environment;
	}

	/**
	 * Queues a call.
	 * @param invocation nobody else's: it is used on another thread
	 * @return what the caller gets
	 */
	abstract @Nullable Object submit(MethodInvocation invocation);

	private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
		try {
			return invocation.proceed();
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new UndeclaredThrowableException(ex);
		}
	}

	/** The method returns nothing: somebody has to hear what it throws. */
	static final class WithoutResult extends GroupedCall {

		private final Method method;

		private final UncaughtExceptions uncaught;

		WithoutResult(CallbackEnvironment environment, Method method, UncaughtExceptions uncaught) {
			super(environment);
			this.method = method;
			this.uncaught = uncaught;
		}

		@Override
		@SuppressWarnings("FutureReturnValueIgnored") // whatever it tells, the handler
														// hears
		@Nullable Object submit(MethodInvocation invocation) {
			environment().submit(() -> {
				try {
					return proceed(invocation);
				}
				catch (Throwable ex) {
					this.uncaught.handle(ex, this.method, invocation.getArguments());
					// It counts as failed: its future, which nobody has, says so.
					throw ex;
				}
			});
			return null;
		}

	}

	/** The method returns a future. */
	static final class WithFuture extends GroupedCall {

		WithFuture(CallbackEnvironment environment) {
			super(environment);
		}

		@Override
		CompletableFuture<Object> submit(MethodInvocation invocation) {
			return environment().submitAsync(() -> stage(proceed(invocation)));
		}

		@SuppressWarnings("unchecked")
		private static CompletionStage<Object> stage(@Nullable Object returned) throws Exception {
			if (returned instanceof CompletionStage<?> stage) {
				return (CompletionStage<Object>) stage;
			}
			return CompletableFuture.completedFuture((returned instanceof Future<?> future) ? await(future) : null);
		}

		/** Such a future tells nobody when it is complete. */
		private static @Nullable Object await(Future<?> future) throws Exception {
			try {
				return future.get();
			}
			catch (ExecutionException ex) {
				if (ex.getCause() instanceof Exception cause) {
					throw cause;
				}
				if (ex.getCause() instanceof Error cause) {
					throw cause;
				}
				throw ex;
			}
			catch (InterruptedException ex) {
				future.cancel(true);
				throw ex;
			}
		}

	}

	/** The call waits for the commit of a transaction, where there is one. */
	static final class AfterCommit extends GroupedCall {

		private final GroupedCall call;

		private final Method method;

		private final UncaughtExceptions uncaught;

		AfterCommit(GroupedCall call, Method method, UncaughtExceptions uncaught) {
			super(call.environment());
			this.call = call;
			this.method = method;
			this.uncaught = uncaught;
		}

		@Override
		@Nullable Object submit(MethodInvocation invocation) {
			if (!CommittedCall.isInTransaction()) {
				return this.call.submit(invocation);
			}
			CommittedCall waiting = new CommittedCall(environment(), () -> this.call.submit(invocation));
			if (this.call instanceof WithoutResult) {
				waiting.onRefusal((refusal) -> this.uncaught.handle(refusal, this.method, invocation.getArguments()));
			}
			waiting.awaitCommit();
			return (this.call instanceof WithoutResult) ? null : waiting;
		}

	}

	/** The method returns a publisher: subscriptions make members. */
	static final class WithPublisher extends GroupedCall {

		private final boolean single;

		WithPublisher(CallbackEnvironment environment, boolean single) {
			super(environment);
			this.single = single;
		}

		@Override
		Object submit(MethodInvocation invocation) {
			// Each subscription is a call of its own.
			ProxyMethodInvocation proxied = (ProxyMethodInvocation) invocation;
			return MemberPublisher.of(this.single, environment(), () -> proceed(proxied.invocableClone()));
		}

	}

	/** The method suspends: each call of it is a publisher that Spring subscribes to. */
	static final class WithCoroutine extends GroupedCall {

		private final boolean single;

		private final Executor pool;

		WithCoroutine(CallbackEnvironment environment, boolean single, Executor pool) {
			super(environment);
			this.single = single;
			this.pool = pool;
		}

		@Override
		Object submit(MethodInvocation invocation) {
			// A flow can be collected more than once.
			ProxyMethodInvocation proxied = (ProxyMethodInvocation) invocation;
			return MemberPublisher.of(this.single, environment(), () -> proceed(
					MemberDispatcher.dispatched((ProxyMethodInvocation) proxied.invocableClone(), this.pool)));
		}

	}

}
