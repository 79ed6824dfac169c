package io.github.cleanupgroups;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How much Lincheck does: {@code -Dlincheck.effort=20} makes it twenty times as much.
 */
final class Effort {

	private static final int FACTOR = Integer.getInteger("lincheck.effort", 1);

	private Effort() {
	}

	static ModelCheckingOptions modelChecking() {
		return new ModelCheckingOptions().iterations(10 * FACTOR)
			.invocationsPerIteration(200 * FACTOR)
			.threads(2)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2)
			// Our lock spins a hundred times before it queues: that is no livelock.
			.loopBound(1_000);
	}

	static StressOptions stress() {
		return new StressOptions().iterations(10 * FACTOR)
			.invocationsPerIteration(500 * FACTOR)
			.threads(2)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2);
	}

}
