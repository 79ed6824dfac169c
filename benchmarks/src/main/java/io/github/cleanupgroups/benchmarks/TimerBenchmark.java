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

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.Timer;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * <b>Question 7</b>: what does it cost to arm, re-arm and disarm timers?
 *
 * <p>
 * Workload: {@code timers} of them, due in one to eleven minutes in no order, are armed;
 * armed again at another time; disarmed in random order. Rivals cancel and schedule anew,
 * the executor removing what is cancelled. Arming includes making the timer object or the
 * task; {@code set} arms timer objects that were made before, which rivals have none of:
 * they make a task each time; {@code ask} only looks at each of ours. In
 * {@code armCollected} no collection falls into the score. Netty's wheel sorts in what is
 * armed, and takes out what is cancelled, later, on its own thread: its callers do not
 * wait for that, and the score leaves it out.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 7}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {

	/** Whose turn it is. */
	@Param("CLEANUP_GROUP")
	public TimerRival rival;

	/** How many timers. */
	@Param("1000000")
	public int timers;

	private long[] due;

	private int[] order;

	private Timers armed;

	/** Decides when they are due, and in which order they are disarmed. */
	@Setup(Level.Trial)
	public void shuffle() {
		Random random = new Random(42);
		this.due = random.longs(this.timers, 60_000, 660_000).toArray();
		List<Integer> numbers = new ArrayList<>();
		for (int i = 0; i < this.timers; i++) {
			numbers.add(i);
		}
		Collections.shuffle(numbers, random);
		this.order = numbers.stream().mapToInt(Integer::intValue).toArray();
	}

	/** Makes what keeps the timers. */
	@Setup(Level.Invocation)
	public void start() {
		this.armed = this.rival.create(this.timers);
	}

	/** Ends it, with as little left for the next shot's collections as it can. */
	@TearDown(Level.Invocation)
	public void stop() {
		this.armed.close();
	}

	/** Arms all. */
	@Benchmark
	public void arm() {
		armAll();
	}

	/** Arms all in a heap in which nothing else is. */
	@Benchmark
	public void armCollected(Collected before) {
		armAll();
	}

	/** Arms all, where the timer objects were made before. */
	@Benchmark
	public void set(Made before) {
		armAll();
	}

	/** Arms all again. */
	@Benchmark
	public void rearm(Armed before) {
		for (int i : this.order) {
			this.armed.rearm(i, this.due[this.timers - 1 - i]);
		}
	}

	/** Disarms all. */
	@Benchmark
	public void disarm(Armed before) {
		for (int i : this.order) {
			this.armed.disarm(i);
		}
	}

	/**
	 * Looks at each in the order in which they are disarmed, under the pool's lock: what
	 * disarming would take at the least if it took the lock.
	 */
	@Benchmark
	public int ask(Armed before) {
		int count = 0;
		for (int i : this.order) {
			count += this.armed.isArmed(i) ? 1 : 0;
		}
		return count;
	}

	private void armAll() {
		for (int i = 0; i < this.timers; i++) {
			this.armed.arm(i, this.due[i]);
		}
	}

	/** All are armed before the measurement begins. */
	@State(Scope.Benchmark)
	public static class Armed {

		/** Arms them. */
		@Setup(Level.Invocation)
		public void arm(TimerBenchmark benchmark) {
			benchmark.armAll();
		}

	}

	/** The heap is collected before the measurement begins. */
	@State(Scope.Benchmark)
	public static class Collected {

		/** Collects it. */
		@Setup(Level.Invocation)
		public void collect() {
			System.gc();
		}

	}

	/** All are made before the measurement begins, where they are objects. */
	@State(Scope.Benchmark)
	public static class Made {

		/** Makes them. */
		@Setup(Level.Invocation)
		public void make(TimerBenchmark benchmark) {
			for (int i = 0; i < benchmark.timers; i++) {
				benchmark.armed.make(i);
			}
		}

	}

	/** Some timers, by number. */
	interface Timers extends AutoCloseable {

		@Override
		void close();

		/** Makes the object that will be armed, where there is such a thing. */
		default void make(int number) {
		}

		void arm(int number, long millis);

		void rearm(int number, long millis);

		void disarm(int number);

		/** Returns once all that is armed stands where it stays until it is due. */
		default void awaitSorted() throws InterruptedException {
		}

		/** Whether it is armed, of timers that say so. */
		default boolean isArmed(int number) {
			throw new UnsupportedOperationException("cannot be asked");
		}

	}

	/** Who keeps the timers. */
	public enum TimerRival {

		/** This library. */
		CLEANUP_GROUP {
			@Override
			Timers create(int timers) {
				return new GroupTimers(timers);
			}
		},
		/** The JDK's, set to remove what is cancelled. */
		SCHEDULED_EXECUTOR {
			@Override
			Timers create(int timers) {
				return new ScheduledTimers(timers);
			}
		},
		/** Netty's. */
		HASHED_WHEEL {
			@Override
			Timers create(int timers) {
				return new WheelTimers(timers);
			}
		},
		/** The least that arming takes. */
		LINK_LIMIT {
			@Override
			Timers create(int timers) {
				return new LinkLimit(timers);
			}
		};

		abstract Timers create(int timers);

	}

	private static final class GroupTimers implements Timers {

		private final ThreadPool pool = ThreadPool.builder("timers").maxThreads(2).build();

		private final CleanupGroup group = CleanupGroup.create("timers");

		private final CallbackEnvironment environment = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(this.group)
			.build();

		private final Timer[] timers;

		GroupTimers(int timers) {
			this.timers = new Timer[timers];
		}

		@Override
		public void make(int number) {
			this.timers[number] = this.environment.newTimer((instance) -> {
			});
		}

		@Override
		public void arm(int number, long millis) {
			if (this.timers[number] == null) {
				make(number);
			}
			this.timers[number].set(Duration.ofMillis(millis));
		}

		@Override
		public void rearm(int number, long millis) {
			this.timers[number].set(Duration.ofMillis(millis));
		}

		@Override
		public void disarm(int number) {
			this.timers[number].unset();
		}

		@Override
		public boolean isArmed(int number) {
			return this.timers[number].isArmed();
		}

		@Override
		public void close() {
			this.group.closeMembersAsync(CloseOptions.cancelPending()).join();
			this.pool.close();
			Arrays.fill(this.timers, null);
		}

	}

	private static final class ScheduledTimers implements Timers {

		private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(2);

		private final ScheduledFuture<?>[] timers;

		ScheduledTimers(int timers) {
			this.executor.setRemoveOnCancelPolicy(true);
			this.timers = new ScheduledFuture<?>[timers];
		}

		@Override
		public void arm(int number, long millis) {
			this.timers[number] = this.executor.schedule(() -> {
			}, millis, TimeUnit.MILLISECONDS);
		}

		@Override
		public void rearm(int number, long millis) {
			disarm(number);
			arm(number, millis);
		}

		@Override
		public void disarm(int number) {
			this.timers[number].cancel(false);
		}

		@Override
		public void close() {
			// Else it makes arrays of all that is armed, and these hold it when they are
			// dead.
			for (int i = 0; i < this.timers.length; i++) {
				disarm(i);
			}
			this.executor.shutdownNow();
			Arrays.fill(this.timers, null);
		}

	}

	private static final class WheelTimers implements Timers {

		private final HashedWheelTimer wheel = new HashedWheelTimer();

		private final Timeout[] timers;

		WheelTimers(int timers) {
			this.timers = new Timeout[timers];
			this.wheel.start();
		}

		@Override
		public void arm(int number, long millis) {
			this.timers[number] = this.wheel.newTimeout((timeout) -> {
			}, millis, TimeUnit.MILLISECONDS);
		}

		@Override
		public void rearm(int number, long millis) {
			disarm(number);
			arm(number, millis);
		}

		@Override
		public void disarm(int number) {
			this.timers[number].cancel();
		}

		/** It sorts in what comes in the order in which that comes. */
		@Override
		public void awaitSorted() throws InterruptedException {
			CountDownLatch last = new CountDownLatch(1);
			this.wheel.newTimeout((timeout) -> last.countDown(), 0, TimeUnit.MILLISECONDS);
			last.await();
		}

		@Override
		public void close() {
			// Else it keeps a set of all that is armed.
			for (int i = 0; i < this.timers.length; i++) {
				disarm(i);
			}
			this.wheel.stop();
			Arrays.fill(this.timers, null);
		}

	}

}
