package io.github.cleanupgroups.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Priority;

/**
 * Makes each call of a method a member of a cleanup group: it runs on a thread of the
 * group's pool, shows among the group's members as a
 * {@link io.github.cleanupgroups.MemberKind#CALLBACK CALLBACK}, and a close of the group
 * runs it or cancels it, waits for it, and completes its future.
 *
 * <pre class="code">
 * &#64;GroupedAsync("mail")
 * CompletableFuture&lt;Receipt&gt; send(Letter letter) { ... }
 * </pre>
 *
 * <p>
 * <b>What it may stand on.</b> A method of a bean that is neither private nor final nor
 * static, or a type, where it covers the public methods, inherited ones included. A
 * method's own annotation replaces its type's. On an interface it covers the methods of
 * that interface. As with every Spring proxy, a call from within the same object is an
 * ordinary call.
 *
 * <p>
 * <b>Return types.</b> {@code void}, {@link java.util.concurrent.Future},
 * {@link java.util.concurrent.CompletableFuture} and
 * {@link java.util.concurrent.CompletionStage}; where Reactor is present, {@code Mono}
 * and {@code Flux}; where {@code kotlinx-coroutines-reactor} is, any of a suspending
 * function. The future that the caller gets always completes: with what the method
 * returned or threw, or with a {@link io.github.cleanupgroups.MemberCancelledException}
 * if a close dropped the call. Cancelling it keeps a queued call from starting; a running
 * one is interrupted if the canceller allows. A method that returns a future that is not
 * complete stays a running member until it is, without holding a thread (a {@code Future}
 * that is no {@code CompletionStage} can only be waited for, and holds one). What a
 * {@code void} method throws goes to the application's
 * {@link org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler}, or else is
 * logged.
 *
 * <p>
 * <b>Publishers.</b> A method that returns a {@code Mono} or {@code Flux} is called when
 * that is subscribed to, once for each subscription, on a thread of the pool and with the
 * subscriber's context. The member runs until the publisher ends or the subscriber
 * cancels, without holding a thread. Where a close drops it, or interrupts what goes on
 * ({@link io.github.cleanupgroups.CloseOptions#interruptAfter}), the subscriber gets a
 * {@link io.github.cleanupgroups.MemberCancelledException} and the publisher is
 * cancelled; a refusal is an error signal too.
 *
 * <p>
 * <b>Suspending functions.</b> Each call is a member until the function returns or its
 * caller is cancelled. All of it runs on threads of the pool, and none is held while it
 * is suspended. The caller's coroutine gets what a subscriber would; mind that a
 * {@code MemberCancelledException} which it does not catch ends it as cancelled.
 *
 * <p>
 * <b>Refusals.</b> A call that the group does not take throws a
 * {@link java.util.concurrent.RejectedExecutionException} to its caller:
 * {@link io.github.cleanupgroups.GroupClosedException},
 * {@link io.github.cleanupgroups.QueueFullException} or
 * {@link io.github.cleanupgroups.PoolClosedException}.
 *
 * <p>
 * <b>Mistakes.</b> Another return type, an unknown group, a method that no proxy can
 * intercept, and {@code @Async} on the same method fail the start of the application; in
 * a lazy bean its creation.
 *
 * <p>
 * Can be used as a meta-annotation, with
 * {@link org.springframework.core.annotation.AliasFor} for its attributes.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface GroupedAsync {

	/**
	 * The name of the group, as in {@link CleanupGroups#get(String)}. May hold
	 * placeholders ({@code ${...}}) and SpEL expressions ({@code #{...}}), which are
	 * resolved once.
	 * @return a name, not blank
	 */
	@AliasFor("group")
	String value() default "";

	/**
	 * The same as {@link #value()}.
	 * @return a name, not blank
	 */
	@AliasFor("value")
	String group() default "";

	/**
	 * Which queued callbacks of the pool start first. An array only so that it can be
	 * left out: {@code priority = Priority.HIGH}.
	 * @return one priority; none stands for the group's
	 */
	Priority[] priority() default {};

	/**
	 * Whether calls may not return soon.
	 * @return see {@link CallbackEnvironment.Builder#runsLong(boolean)}
	 */
	boolean runsLong() default false;

	/**
	 * What messages, snapshots and reports call the members.
	 * @return a name; blank stands for {@code SimpleClassName.method}
	 */
	String label() default "";

	/**
	 * What a close of the group does with queued calls of this method.
	 * @return {@link OnClose#INHERIT} leaves it to the group
	 */
	OnClose onClose() default OnClose.INHERIT;

	/**
	 * Whether a call inside a transaction waits for its commit: only then it becomes a
	 * member, on the committing thread. Where the transaction is rolled back, the call is
	 * cancelled: its future completes with a
	 * {@link io.github.cleanupgroups.MemberCancelledException}. A call that the group
	 * does not take at the commit completes its future with the refusal; that of a
	 * {@code void} method goes to the handler of uncaught exceptions, for the transaction
	 * is committed all the same. Without a transaction a call is a member at once. Who
	 * waits for the future inside of the transaction waits for itself. Transactions are
	 * those of the current thread, not reactive ones; needs {@code spring-tx}.
	 * @return false for members at once
	 */
	boolean afterCommit() default false;

}
