package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;
import io.netty.util.HashedWheelTimer;

/**
 * <b>Question 7</b>, its other half: how late do timers fire, and does any fire early?
 *
 * <p>
 * Workload: so many timers, {@value #EACH_SECOND} of them due each second, after some
 * time in which they are armed in no order and the heap is collected; and the same again,
 * once everything is compiled. A process of its own: prints how late those of the second
 * time were (99th percentile) in nanoseconds, and how many of either were early.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 7}
 */
final class FiringMeasurement {

	/** The same rate for every number of timers: a million takes two seconds. */
	static final int EACH_SECOND = 500_000;

	private FiringMeasurement() {
	}

	public static void main(String[] args) throws Exception {
		int timers = Integer.parseInt(args[1]);
		Clock clock = Clock.of(args[0]);
		List<Integer> order = new ArrayList<>();
		for (int i = 0; i < timers; i++) {
			order.add(i);
		}
		Collections.shuffle(order, new Random(42));
		long[] first = fire(clock, order);
		long[] second = fire(clock, order);
		System.out.println(Run.COUNT + "="
				+ LongStream.concat(Arrays.stream(first), Arrays.stream(second)).filter((nanos) -> nanos < 0).count());
		System.out.println(Run.TIME + "=" + second[(int) (timers * 0.99)]);
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	/** How late each was, the least first. */
	private static long[] fire(Clock clock, List<Integer> order) throws InterruptedException {
		int timers = order.size();
		long armingMillis = 500 + timers / 400L;
		long[] late = new long[timers];
		CountDownLatch latch = new CountDownLatch(timers);
		long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(armingMillis);
		for (int number : order) {
			long due = begin + TimeUnit.SECONDS.toNanos(1) / EACH_SECOND * number;
			clock.at(due - System.nanoTime(), () -> {
				late[number] = System.nanoTime() - due;
				latch.countDown();
			});
		}
		// Else what arming has allocated is collected while they fire, in some forks and
		// not in others.
		System.gc();
		if (System.nanoTime() - begin > 0) {
			throw new IllegalStateException("arming took too long");
		}
		latch.await();
		Arrays.sort(late);
		return late;
	}

	/** Whatever runs something later. */
	private interface Clock {

		void at(long delayNanos, Runnable task);

		static Clock of(String rival) {
			switch (TimerRival.valueOf(rival)) {
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
				case HASHED_WHEEL -> {
					HashedWheelTimer wheel = new HashedWheelTimer();
					return (delay, task) -> wheel.newTimeout((timeout) -> task.run(), delay, TimeUnit.NANOSECONDS);
				}
				default -> throw new IllegalArgumentException(rival + " lets nothing fire");
			}
		}

	}

}
