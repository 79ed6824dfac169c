package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many callbacks run at once, and who is waited for, on seeded random schedules. A
 * failure prints its seed.
 */
@Timeout(600)
class ConcurrencyPropertiesTests {

	private static final int SEEDS = 1_500;

	// P7
	@Test
	void callbacksAtOnce_onRandomSchedules_neverExceedTheLimits() throws Exception {
		for (long seed = 1; seed <= SEEDS; seed++) {
			Schedule schedule = new Schedule(seed);
			schedule.run();
			assertThat(schedule.mostAtOnce.get()).as("at once in the pool, seed %d", seed)
				.isBetween(1, schedule.maxThreads);
			assertThat(schedule.mostOfGroupAtOnce.get()).as("at once of the group, seed %d", seed)
				.isLessThanOrEqualTo(schedule.maxConcurrency);
		}
	}

	// P8, R108, R109
	@Test
	void disassociatedCallbacks_onRandomSchedules_areAwaitedByTheGroupAlone() throws Exception {
		for (long seed = 1; seed <= SEEDS; seed++) {
			Schedule schedule = new Schedule(seed);
			schedule.run();
			assertThat(schedule.associatedAfterWait).as("associated ones after a member's wait, seed %d", seed)
				.isZero();
			assertThat(schedule.runningAfterClose).as("running ones after the group's close, seed %d", seed).isZero();
			assertThat(schedule.ended.get()).as("ended in all, seed %d", seed).isEqualTo(schedule.submitted);
		}
	}

	/**
	 * Two threads that submit to a few works; then a wait for each, and a close of all.
	 */
	private static final class Schedule {

		private final Random random;

		final int maxThreads;

		final int maxConcurrency;

		private final AtomicInteger atOnce = new AtomicInteger();

		private final AtomicInteger ofGroupAtOnce = new AtomicInteger();

		final AtomicInteger mostAtOnce = new AtomicInteger();

		final AtomicInteger mostOfGroupAtOnce = new AtomicInteger();

		final AtomicInteger ended = new AtomicInteger();

		private final AtomicInteger associated = new AtomicInteger();

		private final List<Work> works = new ArrayList<>();

		final int submitted;

		int associatedAfterWait;

		int runningAfterClose;

		Schedule(long seed) {
			this.random = new Random(seed);
			this.maxThreads = 1 + this.random.nextInt(4);
			this.maxConcurrency = 1 + this.random.nextInt(4);
			this.submitted = 2 * (1 + this.random.nextInt(20));
		}

		void run() throws Exception {
			ThreadPool pool = ThreadPool.builder("pool").maxThreads(this.maxThreads).build();
			CleanupGroup group = CleanupGroup.builder("group").maxConcurrency(this.maxConcurrency).build();
			CallbackEnvironment environment = CallbackEnvironment.builder().pool(pool).cleanupGroup(group).build();
			CallbackEnvironment stranger = CallbackEnvironment.builder().pool(pool).build();
			for (int i = 0; i < 3; i++) {
				boolean disassociates = this.random.nextBoolean();
				this.works.add(environment.newWork((instance) -> runMember(instance, disassociates)));
			}
			List<Work> order = new ArrayList<>();
			for (int i = 0; i < this.submitted; i++) {
				order.add(this.works.get(this.random.nextInt(this.works.size())));
			}
			Thread other = new Thread(() -> submit(order.subList(0, this.submitted / 2), stranger));
			other.start();
			submit(order.subList(this.submitted / 2, this.submitted), stranger);
			other.join();
			for (Work work : this.works) {
				work.awaitCallbacks(Pending.AWAIT);
			}
			this.associatedAfterWait = this.associated.get();
			group.close();
			this.runningAfterClose = this.ofGroupAtOnce.get();
			pool.close();
			assertThat(pool.awaitTermination(Duration.ofSeconds(30))).isTrue();
		}

		private void submit(List<Work> order, CallbackEnvironment stranger) {
			for (Work work : order) {
				work.submit();
				stranger.trySubmit((instance) -> runStranger());
			}
		}

		private void runStranger() {
			most(this.mostAtOnce, this.atOnce.incrementAndGet());
			Thread.onSpinWait();
			this.atOnce.decrementAndGet();
		}

		private void runMember(CallbackInstance instance, boolean disassociates) {
			most(this.mostAtOnce, this.atOnce.incrementAndGet());
			most(this.mostOfGroupAtOnce, this.ofGroupAtOnce.incrementAndGet());
			this.associated.incrementAndGet();
			Thread.onSpinWait();
			this.associated.decrementAndGet();
			if (disassociates) {
				instance.disassociate();
				for (int i = 0; i < 100; i++) {
					Thread.onSpinWait();
				}
			}
			this.ended.incrementAndGet();
			this.ofGroupAtOnce.decrementAndGet();
			this.atOnce.decrementAndGet();
		}

		private static void most(AtomicInteger most, int now) {
			most.accumulateAndGet(now, Math::max);
		}

	}

}
