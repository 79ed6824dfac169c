package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayDeque;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Feared: a worker looks, finds nothing, and leaves while something is queued; two
 * workers take the same; something of a lower priority or of a later time comes first.
 */
class QueueDisciplineTests {

	@Test
	void queue_modelChecked_isFirstInFirstOutByPriority() {
		Effort.modelChecking().sequentialSpecification(TwoQueues.class).check(Engine.class);
	}

	@Test
	void queue_underStress_isFirstInFirstOutByPriority() {
		Effort.stress().sequentialSpecification(TwoQueues.class).check(Engine.class);
	}

	/** The dispatcher of a pool, with each taker a worker of its own. */
	@Param(name = "id", gen = IntGen.class, conf = "1:9")
	public static class Engine {

		private final ThreadPool pool = ThreadPool.builder("pool")
			.maxThreads(100)
			.keepAlive(Duration.ZERO)
			.timeSource(new StoppedTime())
			.threadFactory(HandDrivenPool::unstarted)
			.build();

		private final CallbackEnvironment high = CallbackEnvironment.builder()
			.pool(this.pool)
			.priority(Priority.HIGH)
			.build();

		private final CallbackEnvironment normal = CallbackEnvironment.builder().pool(this.pool).build();

		@Operation
		public boolean submitHigh(@Param(name = "id") int id) {
			return this.high.trySubmit(id, (instance) -> {
			});
		}

		@Operation
		public boolean submitNormal(@Param(name = "id") int id) {
			return this.normal.trySubmit(id, (instance) -> {
			});
		}

		@Operation
		public @Nullable Integer take() {
			Worker worker = new Worker(this.pool.dispatcher());
			worker.searching = false;
			try {
				RunningCallback taken = this.pool.dispatcher().next(worker);
				return (taken != null) ? (Integer) taken.entry().context() : null;
			}
			catch (StoppedTime.WouldWait ex) {
				// It has looked, found nothing, and would park.
				return null;
			}
		}

	}

	/** What a pool is to its users. */
	public static class TwoQueues {

		private final ArrayDeque<Integer> high = new ArrayDeque<>();

		private final ArrayDeque<Integer> normal = new ArrayDeque<>();

		public boolean submitHigh(int id) {
			return this.high.add(id);
		}

		public boolean submitNormal(int id) {
			return this.normal.add(id);
		}

		public @Nullable Integer take() {
			return this.high.isEmpty() ? this.normal.poll() : this.high.poll();
		}

	}

}
