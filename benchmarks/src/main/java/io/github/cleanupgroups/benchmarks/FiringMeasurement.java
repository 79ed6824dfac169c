package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import io.netty.util.HashedWheelTimer;

/**
 * <b>Question 7</b>, its other half: how late do timers fire, and does any fire early?
 *
 * <p>
 * Workload: so many timers, due within two seconds evenly, after a second in which they
 * are armed. A process of its own: prints how late they were (99th percentile) in
 * nanoseconds, and how many were early.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 7}
 */
final class FiringMeasurement {

	private FiringMeasurement() {
	}

	public static void main(String[] args) throws Exception {
		int timers = Integer.parseInt(args[1]);
		long armingMillis = 500 + timers / 400L;
		long[] late = new long[timers];
		CountDownLatch latch = new CountDownLatch(timers);
		Clock clock = Clock.of(args[0]);
		long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(armingMillis);
		for (int i = 0; i < timers; i++) {
			int number = i;
			long due = begin + TimeUnit.SECONDS.toNanos(2) / timers * i;
			clock.at(due - System.nanoTime(), () -> {
				late[number] = System.nanoTime() - due;
				latch.countDown();
			});
		}
		latch.await();
		Arrays.sort(late);
		System.out.println(Run.COUNT + "=" + Arrays.stream(late).filter((nanos) -> nanos < 0).count());
		System.out.println(Run.TIME + "=" + late[(int) (timers * 0.99)]);
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	/** Whatever runs something later. */
	private interface Clock {

		void at(long delayNanos, Runnable task);

		static Clock of(String rival) {
			switch (TimerBenchmark.TimerRival.valueOf(rival)) {
				case CLEANUP_GROUP -> {
					ThreadPool pool = ThreadPool.builder("timers").maxThreads(2).build();
					CallbackEnvironment environment = CallbackEnvironment.builder()
						.pool(pool)
						.cleanupGroup(CleanupGroup.create("timers"))
						.build();
					return (delay, task) -> environment.newTimer((instance) -> task.run())
						.set(Duration.ofNanos(Math.max(0, delay)));
				}
				case SCHEDULED_EXECUTOR -> {
					ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(2);
					return (delay, task) -> {
						ScheduledFuture<?> ignored = executor.schedule(task, delay, TimeUnit.NANOSECONDS);
					};
				}
				default -> {
					HashedWheelTimer wheel = new HashedWheelTimer();
					return (delay, task) -> wheel.newTimeout((timeout) -> task.run(), delay, TimeUnit.NANOSECONDS);
				}
			}
		}

	}

}
