package io.github.cleanupgroups.sample;

import java.util.concurrent.CompletionException;

/**
 * What made a future fail. A chain of futures wraps it on its way, the future that failed
 * first does not.
 */
final class FutureFailure {

	private FutureFailure() {
	}

	static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

}
