package io.github.cleanupgroups;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The canary: both modes must find a group that looks whether it is closed and then adds.
 * Where they do not, the other tests here prove nothing.
 */
class PlantedRaceTests {

	@Test
	void modelChecking_ofAPlantedRace_findsIt() {
		assertThatExceptionOfType(LincheckAssertionError.class)
			.isThrownBy(() -> Effort.modelChecking().sequentialSpecification(Sound.class).check(LookThenAdd.class));
	}

	@Test
	void stress_ofAPlantedRace_findsIt() {
		// A few are enough, unless others keep the processors busy.
		assertThatExceptionOfType(LincheckAssertionError.class).isThrownBy(() -> Effort.stress()
			.invocationsPerIteration(20_000)
			.sequentialSpecification(Sound.class)
			.check(LookThenAdd.class));
	}

	/** What was accepted after the close has taken everything is lost. */
	public static class LookThenAdd {

		private final Queue<String> queue = new ConcurrentLinkedQueue<>();

		private volatile boolean closed;

		@Operation
		public boolean submit() {
			return !this.closed && this.queue.add("callback");
		}

		@Operation(runOnce = true)
		public int close() {
			this.closed = true;
			int count = 0;
			while (this.queue.poll() != null) {
				count++;
			}
			return count;
		}

		@Operation
		public int pending() {
			return this.queue.size();
		}

	}

	/** What it claims to be. */
	public static class Sound {

		private final ArrayDeque<String> queue = new ArrayDeque<>();

		private boolean closed;

		public boolean submit() {
			return !this.closed && this.queue.add("callback");
		}

		public int close() {
			this.closed = true;
			int count = this.queue.size();
			this.queue.clear();
			return count;
		}

		public int pending() {
			return this.queue.size();
		}

	}

}
