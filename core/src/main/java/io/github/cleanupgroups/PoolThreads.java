package io.github.cleanupgroups;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread factories of pools, and of threads of members' own, that were given none.
 */
final class PoolThreads {

	private static final int FIRST_WITH_VIRTUAL = 21;

	private PoolThreads() {
	}

	/**
	 * Not daemons: what was submitted and never closed is still run before the process
	 * ends.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	static ThreadFactory platform(String pool) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, pool + "-" + number.incrementAndGet());
			// It would have these from the thread that happened to submit.
			thread.setDaemon(false);
			thread.setPriority(Thread.NORM_PRIORITY);
			return thread;
		};
	}

	/** Threads that run one thing each: virtual ones where this Java has them. */
	static ThreadFactory single(String name) {
		return (Runtime.version().feature() >= FIRST_WITH_VIRTUAL) ? virtual(name) : platform(name);
	}

	/**
	 * The thread that lets timers expire. It keeps nothing of whoever armed first: no
	 * inherited thread-locals, no class loader of an application.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	static ThreadFactory timer(String pool) {
		return (task) -> {
			Thread thread = new Thread(null, task, pool + "-timer", 0, false);
			thread.setDaemon(false);
			thread.setPriority(Thread.NORM_PRIORITY);
			thread.setContextClassLoader(ThreadPool.class.getClassLoader());
			return thread;
		};
	}

	/**
	 * The thread of a {@link CoarseClock}. It keeps nothing of whoever asked first, and
	 * keeps no process alive.
	 */
	@SuppressWarnings("ThreadPriorityCheck")
	static ThreadFactory ticker() {
		return (task) -> {
			Thread thread = new Thread(null, task, "cleanup-groups-clock", 0, false);
			thread.setDaemon(true);
			thread.setPriority(Thread.NORM_PRIORITY);
			thread.setContextClassLoader(null);
			return thread;
		};
	}

	/**
	 * Virtual threads, looked up at run time: this library is built for Java 17.
	 * @throws UnsupportedOperationException where there are none
	 */
	static ThreadFactory virtual(String pool) {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			Class<?> type = Class.forName("java.lang.Thread$Builder");
			Method named = type.getMethod("name", String.class, long.class);
			return (ThreadFactory) type.getMethod("factory").invoke(named.invoke(builder, pool + "-", 1L));
		}
		catch (NoSuchMethodException | ClassNotFoundException | IllegalAccessException | InvocationTargetException ex) {
			throw new UnsupportedOperationException(
					"pool '" + pool + "' asks for virtual threads, which need Java 21 or later; this is Java "
							+ Runtime.version().feature(),
					ex);
		}
	}

}
