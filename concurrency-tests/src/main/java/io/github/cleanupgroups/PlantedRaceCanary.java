package io.github.cleanupgroups;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A planted bug: a group that looks whether it is closed and then adds. A run that does
 * not find what gets lost here cannot be trusted with the rest.
 */
public class PlantedRaceCanary {

	/** Fails, or the checker is blind. */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "accepted, and cancelled by the close")
	@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
	@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "accepted, and lost")
	@State
	public static class LookThenAdd {

		private final Queue<String> queue = new ConcurrentLinkedQueue<>();

		private volatile boolean closed;

		@Actor
		public void submit(II_Result r) {
			if (!this.closed) {
				this.queue.add("callback");
				r.r1 = 1;
			}
		}

		@Actor
		public void close(II_Result r) {
			this.closed = true;
			r.r2 = (this.queue.poll() != null) ? 1 : 0;
		}

	}

}
