package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What a callback may leave behind on its thread and must not (R16, F36): priority,
 * context class loader, name. The interrupt flag is the dispatcher's, which alone knows
 * whether an interrupt is still on its way.
 */
record ThreadState(int priority, @Nullable ClassLoader contextClassLoader, String name) {

	static ThreadState of(Thread thread) {
		return new ThreadState(thread.getPriority(), thread.getContextClassLoader(), thread.getName());
	}

	/** Puts back what differs; setting is the expensive part. */
	// Whether it is the same object is what is asked; and it puts back, where the
	// callback has set.
	@SuppressWarnings({ "StringEquality", "ReferenceEquality", "ThreadPriorityCheck" })
	void restore(Thread thread) {
		if (thread.getPriority() != this.priority) {
			thread.setPriority(this.priority);
		}
		if (thread.getContextClassLoader() != this.contextClassLoader) {
			thread.setContextClassLoader(this.contextClassLoader);
		}
		if (thread.getName() != this.name) {
			thread.setName(this.name);
		}
	}

}
