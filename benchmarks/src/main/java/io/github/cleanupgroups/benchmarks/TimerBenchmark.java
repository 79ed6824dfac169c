package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

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
 * {@code armCollected} no collection falls into the score, with the table's heap. Netty's
 * wheel sorts in what is armed, and takes out what is cancelled, later, on its own
 * thread: its callers do not wait for that, and the score leaves it out.
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
		this.due = due(this.timers, random);
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

	/** Arms all right after the heap was collected. */
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
		this.armed.armAll(this.due);
	}

	/** In how many milliseconds each is due. */
	static long[] due(int timers, Random random) {
		return random.longs(timers, 60_000, 660_000).toArray();
	}

	/** All are armed before the measurement begins. */
	@State(Scope.Benchmark)
	public static class Armed {

		/** Arms them. */
		@Setup(Level.Invocation)
		public void arm(TimerBenchmark benchmark) throws InterruptedException {
			benchmark.armAll();
			// Who takes back what is not sorted in yet saves the sorting.
			benchmark.armed.awaitSorted();
		}

	}

	/** The heap is collected before the measurement begins. */
	@State(Scope.Benchmark)
	public static class Collected {

		/** Collects it. */
		@Setup(Level.Invocation)
		public void collect(TimerBenchmark benchmark) {
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

}
