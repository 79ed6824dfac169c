package io.github.cleanupgroups.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;

/**
 * A bean for each group: it lives as long as the members that share it.
 *
 * <pre class="code">
 * &#64;Component
 * &#64;GroupScope
 * class TenantConnection implements DisposableBean { ... }
 * </pre>
 *
 * <p>
 * <b>Which group.</b> That whose member runs on the current thread, as
 * {@link io.github.cleanupgroups.CleanupGroup#current()} says; or that named by
 * {@link CleanupGroups#inScope CleanupGroups.inScope}. What a member hands to other
 * threads, and the stage that a method goes on as, is outside. Outside of every group a
 * bean of this scope is a
 * {@link org.springframework.beans.factory.BeanCreationException}.
 *
 * <p>
 * <b>How long.</b> It is created when the first member asks for it; the others of the
 * group get the same one. When the members are closed, it is destroyed: after the last of
 * their callbacks and cancel callbacks, before that close returns, the latest bean first.
 * Members that join after the beginning of the close get beans of their own. A group that
 * is open below another one has beans of its own too. Beans of the scope that ask for
 * each other while they are created fail with a
 * {@link org.springframework.beans.factory.BeanCurrentlyInCreationException} as the root
 * cause, on one thread and on several.
 *
 * <p>
 * Singletons get a proxy injected which finds the bean at each call, unless
 * {@link #proxyMode()} says otherwise. Beans of the scope are used by several members at
 * once: they have to be thread-safe.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Scope(GroupScope.NAME)
public @interface GroupScope {

	/** The name of the scope. */
	String NAME = "cleanupGroup";

	/**
	 * What is injected in place of the bean.
	 * @return a proxy of the bean's class by default
	 */
	@AliasFor(annotation = Scope.class)
	ScopedProxyMode proxyMode() default ScopedProxyMode.TARGET_CLASS;

}
