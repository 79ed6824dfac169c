package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * Feared: a timer expires while it is set anew or taken back, and what the caller is
 * answered is not what happened.
 */
class TimerTests {

	@Test
	void timers_modelChecked_areLinearizable() {
		Effort.modelChecking().sequentialSpecification(TwoTimers.class).check(Engine.class);
	}

	@Test
	void timers_underStress_areLinearizable() {
		Effort.stress().sequentialSpecification(TwoTimers.class).check(Engine.class);
	}

	/** Two timers of a pool whose threads never run, and the clock in the test's hand. */
	@Param(name = "delay", gen = IntGen.class, conf = "1:3")
	@Param(name = "timer", gen = IntGen.class, conf = "0:1")
	public static class Engine {

		/** So that what is armed stands in the wheel, whose slots begin. */
		private static final long TICK = Duration.ofMillis(20).toNanos();

		private final StoppedTime time = new StoppedTime();

		private final ThreadPool pool = ThreadPool.builder("pool")
			.maxThreads(1)
			.timeSource(this.time)
			.threadFactory(HandDrivenPool::unstarted)
			.timerThreads(HandDrivenPool::unstarted)
			.build();

		private final List<Timer> timers = List.of(timer(), timer());

		private Timer timer() {
			return CallbackEnvironment.builder().pool(this.pool).build().newTimer((instance) -> {
			});
		}

		// In one thread: the time of a set counts from its call, before it takes effect.

		@Operation(nonParallelGroup = "clock")
		public void set(@Param(name = "timer") int timer, @Param(name = "delay") int delay) {
			this.timers.get(timer).set(Duration.ofNanos(delay * TICK));
		}

		@Operation(nonParallelGroup = "clock")
		public void tick() {
			this.time.moveTo(this.time.nanoTime() + TICK);
		}

		@Operation
		public Disarm unset(@Param(name = "timer") int timer) {
			return this.timers.get(timer).unset();
		}

		@Operation
		public boolean isSet(@Param(name = "timer") int timer) {
			return this.timers.get(timer).isSet();
		}

		@Operation
		public boolean isArmed(@Param(name = "timer") int timer) {
			return this.timers.get(timer).isArmed();
		}

		/**
		 * Lets expire what is due; the answer is how many callbacks are queued, which is
		 * asked in the same step.
		 */
		@Operation
		public int expire() {
			return this.pool.dispatcher().inspect(() -> {
				while (this.pool.dispatcher().armed().expire(new ArrayList<>()) == 0) {
					// There is more to do.
				}
				return (int) this.pool.stats().pendingCallbacks();
			});
		}

	}

	/**
	 * What timers are to their users.
	 */
	public static class TwoTimers {

		private static final int UNARMED = -1;

		private final int[] due = { UNARMED, UNARMED };

		private final boolean[] set = new boolean[2];

		private final boolean[] queued = new boolean[2];

		private int now;

		public void set(int timer, int delay) {
			this.set[timer] = true;
			this.due[timer] = this.now + delay;
		}

		public Disarm unset(int timer) {
			Disarm answer = Disarm.NOT_SET;
			if (this.set[timer]) {
				answer = this.queued[timer] ? Disarm.DEQUEUED
						: (this.due[timer] != UNARMED) ? Disarm.PREVENTED : Disarm.TOO_LATE;
			}
			this.set[timer] = false;
			this.queued[timer] = this.queued[timer] && answer != Disarm.DEQUEUED;
			this.due[timer] = UNARMED;
			return answer;
		}

		public boolean isSet(int timer) {
			return this.set[timer];
		}

		public boolean isArmed(int timer) {
			return this.due[timer] != UNARMED;
		}

		public void tick() {
			this.now++;
		}

		public int expire() {
			int count = 0;
			for (int timer = 0; timer < 2; timer++) {
				if (this.due[timer] != UNARMED && this.due[timer] <= this.now) {
					this.due[timer] = UNARMED;
					this.queued[timer] = true;
				}
				count += this.queued[timer] ? 1 : 0;
			}
			return count;
		}

	}

}
