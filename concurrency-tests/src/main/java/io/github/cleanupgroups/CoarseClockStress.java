package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Somebody asks for a ticker in the moment in which the last one ends: there is one.
 */
public class CoarseClockStress {

	private static final int TICKS_OF_PATIENCE = 100;

	/** It goes on, or another is started; never both. */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "it goes on")
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "another is started")
	@State
	public static class AskAgainstEnd {

		private final AtomicInteger started = new AtomicInteger();

		private final CoarseClock clock = new CoarseClock(() -> 1, (task) -> {
			this.started.incrementAndGet();
			return HandDrivenPool.unstarted(task);
		});

		public AskAgainstEnd() {
			this.clock.ask();
			for (int i = 0; i < TICKS_OF_PATIENCE; i++) {
				this.clock.tick();
			}
		}

		@Actor
		public void tick(II_Result r) {
			r.r1 = this.clock.tick() ? 1 : 0;
		}

		@Actor
		public void ask() {
			this.clock.ask();
		}

		@Arbiter
		public void after(II_Result r) {
			r.r2 = this.started.get() - 1;
		}

	}

}
