package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;

/**
 * Recognises a callback that ends the application and does not return before it has
 * ended.
 */
final class ShutdownStack {

	/**
	 * Where more callbacks run, their stacks are not looked at to find out whether a
	 * close waits for itself: each costs time.
	 */
	static final int MOST_STACKS = 64;

	private static final String CONTEXT = "org.springframework.context.support.AbstractApplicationContext";

	private static final String LIFECYCLE = "org.springframework.context.support.DefaultLifecycleProcessor";

	private static final String LOCK = "java.util.concurrent.locks.ReentrantLock";

	private ShutdownStack() {
	}

	/**
	 * Whether the thread waits for a shutdown.
	 * @param stack innermost frame first
	 * @param stops whether one such callback is known to be what stops this context
	 */
	static boolean waits(List<StackTraceElement> stack, boolean stops) {
		for (int i = 0; i < stack.size(); i++) {
			String type = stack.get(i).getClassName();
			// System.exit returns never, and shutdown hooks run meanwhile.
			if (type.equals("java.lang.Shutdown") || (stops && type.startsWith(LIFECYCLE))) {
				return true;
			}
			// Somebody else is closing the context already and holds its lock.
			if (type.equals(CONTEXT) && stack.get(i).getMethodName().equals("close") && i > 0
					&& stack.get(i - 1).getClassName().equals(LOCK)) {
				return true;
			}
		}
		return false;
	}

}
