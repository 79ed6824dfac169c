package io.github.cleanupgroups.spring.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;

/**
 * The group that the current thread uses beans of: the one that was named, or that of the
 * callback which runs, whichever is the inner one.
 */
final class NamedScope {

	private static final ThreadLocal<NamedScope> CURRENT = new ThreadLocal<>();

	private final CleanupGroup group;

	/** Whose callback was running when the group was named. */
	private final @Nullable CleanupGroup around;

	private NamedScope(CleanupGroup group) {
		this.group = group;
		this.around = CleanupGroup.current().orElse(null);
	}

	static <T extends @Nullable Object> T within(CleanupGroup group, Supplier<T> action) {
		@Nullable NamedScope outer = CURRENT.get();
		CURRENT.set(new NamedScope(group));
		try {
			return action.get();
		}
		finally {
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	static @Nullable CleanupGroup currentGroup() {
		CleanupGroup running = CleanupGroup.current().orElse(null);
		@Nullable NamedScope named = CURRENT.get();
		return (named != null && named.around == running) ? named.group : running;
	}

}
