package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.UndeclaredThrowableException;

import org.jspecify.annotations.Nullable;

/**
 * Failures that a callback throws so that they are counted, though somebody has dealt
 * with them: the pool must not log them once more.
 */
final class HandledFailure {

	/** The last on this thread, until the pool has heard of it. */
	private static final ThreadLocal<Throwable> LAST = new ThreadLocal<>();

	private HandledFailure() {
	}

	/**
	 * Marks a failure that the current thread is about to throw out of a callback.
	 * @return what to throw
	 */
	static Exception mark(Throwable failure) {
		Throwable thrown = (failure instanceof Exception || failure instanceof Error) ? failure
				: new UndeclaredThrowableException(failure);
		LAST.set(thrown);
		if (thrown instanceof Error error) {
			throw error;
		}
		return (Exception) thrown;
	}

	/** Whether a failure that a callback of this thread has thrown was marked. */
	@SuppressWarnings("ReferenceEquality") // that very one
	static boolean take(Throwable failure) {
		@Nullable Throwable last = LAST.get();
		LAST.remove();
		return last == failure;
	}

}
