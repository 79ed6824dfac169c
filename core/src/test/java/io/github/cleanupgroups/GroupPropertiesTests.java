package io.github.cleanupgroups;

import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1 to P6 of semantics 4.2 over random schedules of work and one-offs. A failure names
 * its seed; {@code -Dcleanupgroups.seed=...} begins with that schedule.
 */
@Timeout(600)
class GroupPropertiesTests {

	private static final int SCHEDULES = 3_000;

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	@Test
	void properties_underRandomSchedules_hold() {
		long seed = Long.getLong("cleanupgroups.seed", new Random().nextLong());
		List<ThreadPool> pools = List.of(this.engine.pool(1), this.engine.pool(3));
		ExecutorService actors = Executors.newFixedThreadPool(3, this.engine.threadFactory());
		try {
			for (int schedule = 0; schedule < SCHEDULES; schedule++) {
				run(seed + schedule, pools, actors);
			}
		}
		finally {
			actors.shutdownNow();
		}
	}

	private static void run(long seed, List<ThreadPool> pools, ExecutorService actors) {
		RandomSchedule schedule = new RandomSchedule(seed, pools);
		try {
			schedule.run(actors);
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError("-Dcleanupgroups.seed=" + seed + ": " + schedule, ex);
		}
	}

}
