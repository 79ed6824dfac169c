package io.github.cleanupgroups;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Waits for what happens on another thread with nothing to wait on: a thread that ends, a
 * callback that is booked.
 */
final class Eventually {

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

	private Eventually() {
	}

	/** Looks until a value is as expected. */
	@SuppressWarnings("ThreadPriorityCheck")
	static <T> void eventually(String what, @Nullable T expected, Supplier<@Nullable T> actual) {
		long start = System.nanoTime();
		T found = actual.get();
		while (!Objects.equals(found, expected)) {
			if (System.nanoTime() - start > PATIENCE_NANOS) {
				throw new AssertionError("expected " + what + " to become " + expected + ", but it stays " + found);
			}
			Thread.yield();
			found = actual.get();
		}
	}

}
