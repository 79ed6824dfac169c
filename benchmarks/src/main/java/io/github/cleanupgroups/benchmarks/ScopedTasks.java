package io.github.cleanupgroups.benchmarks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * A {@code StructuredTaskScope} of Java 25, where it is a preview: found at run time, for
 * this is compiled for Java 17.
 */
final class ScopedTasks implements Tasks {

	private static final MethodHandle OPEN;

	private static final MethodHandle FORK;

	private static final MethodHandle JOIN;

	private static final MethodHandle CLOSE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.publicLookup();
			Class<?> scope = Class.forName("java.util.concurrent.StructuredTaskScope");
			Class<?> subtask = Class.forName("java.util.concurrent.StructuredTaskScope$Subtask");
			OPEN = lookup.findStatic(scope, "open", MethodType.methodType(scope))
				.asType(MethodType.methodType(AutoCloseable.class));
			FORK = lookup.findVirtual(scope, "fork", MethodType.methodType(subtask, Runnable.class))
				.asType(MethodType.methodType(void.class, AutoCloseable.class, Runnable.class));
			JOIN = lookup.findVirtual(scope, "join", MethodType.methodType(Object.class))
				.asType(MethodType.methodType(void.class, AutoCloseable.class));
			CLOSE = lookup.findVirtual(scope, "close", MethodType.methodType(void.class))
				.asType(MethodType.methodType(void.class, AutoCloseable.class));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("StructuredTaskScope as in Java 25 is not there", ex);
		}
	}

	/** One a thread that opens: each producer has a scope of its own. */
	private static final ThreadLocal<AutoCloseable> scope = new ThreadLocal<>();

	@Override
	public void open(int members) {
		try {
			scope.set((AutoCloseable) OPEN.invokeExact());
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void execute() {
		try {
			FORK.invokeExact(scope.get(), (Runnable) ScopedTasks::nothing);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void nothing() {
	}

	@Override
	public void finish() {
		try {
			AutoCloseable opened = scope.get();
			JOIN.invokeExact(opened);
			CLOSE.invokeExact(opened);
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public <T> Future<T> submit(Callable<T> task) {
		throw new UnsupportedOperationException("a scope has no futures");
	}

	@Override
	public boolean isConfined() {
		return true;
	}

	@Override
	public void close() {
	}

}
