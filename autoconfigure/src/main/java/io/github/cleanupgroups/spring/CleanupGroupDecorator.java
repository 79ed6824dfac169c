package io.github.cleanupgroups.spring;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackDecorator;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberKind;

/**
 * Puts something around the callbacks of an application's groups: a bean of this type is
 * asked about everything that becomes a member of any group, on whatever way. Several are
 * nested in their {@link org.springframework.core.annotation.Order order}, the first one
 * outside of the others, and all inside of the application's
 * {@link org.springframework.core.task.TaskDecorator}s.
 *
 * <p>
 * Decorators are looked up once, when all singletons exist; what was submitted before has
 * nothing around it.
 *
 * @since 0.1.0
 * @see CallbackDecorator
 */
@FunctionalInterface
public interface CleanupGroupDecorator {

	/**
	 * Called on the thread that submits a one-off or makes an object, without a lock.
	 * What this throws goes to the caller, and nothing becomes a member.
	 * @param group which group it will be a member of
	 * @param kind what it will be
	 * @param name what it will be called
	 * @return what to put around its callbacks, or null for nothing
	 */
	CallbackDecorator.@Nullable Decoration decorate(CleanupGroup group, MemberKind kind, String name);

}
