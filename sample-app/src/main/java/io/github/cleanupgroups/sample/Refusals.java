package io.github.cleanupgroups.sample;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * A closed group refuses at the call, before there is a future. Whoever goes on in a
 * chain of futures wants to hear of it there.
 */
final class Refusals {

	private Refusals() {
	}

	/** What the call returns, or a future that failed with what it throws. */
	static <T> CompletableFuture<T> toFailure(Callable<CompletableFuture<T>> call) {
		try {
			return call.call();
		}
		catch (Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
