package io.github.cleanupgroups.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;

import io.github.cleanupgroups.CleanupGroup;

/**
 * The scope of {@link io.github.cleanupgroups.spring.GroupScope}: beans are attached to
 * the members of a group that are closed together.
 */
final class CleanupGroupScope implements Scope {

	/** One for all: a cycle may span several groups, and contexts. */
	private static final WaitForGraph WAITS = new WaitForGraph();

	@Override
	public Object get(String name, ObjectFactory<?> objectFactory) {
		return beans(name).get(name, objectFactory);
	}

	@Override
	public @Nullable Object remove(String name) {
		return beans(name).remove(name);
	}

	@Override
	public void registerDestructionCallback(String name, Runnable callback) {
		beans(name).onDestruction(name, callback);
	}

	@Override
	public @Nullable Object resolveContextualObject(String key) {
		return key.equals("group") ? NamedScope.currentGroup() : null;
	}

	@Override
	public @Nullable String getConversationId() {
		CleanupGroup group = NamedScope.currentGroup();
		return (group != null) ? group.name() : null;
	}

	private ScopedBeans beans(String name) {
		CleanupGroup group = NamedScope.currentGroup();
		if (group == null) {
			// No IllegalStateException: Spring would put a message of its own before it.
			throw new BeanCreationException(name, "Thread '" + Thread.currentThread().getName()
					+ "' runs no member of a cleanup group, whose bean this could be. Ask for it in a member,"
					+ " such as a @GroupedAsync method, or name the group: groups.inScope(\"mail\", () -> ...)");
		}
		return (ScopedBeans) group.attach(this, new ScopedBeans(group.name(), WAITS));
	}

}
