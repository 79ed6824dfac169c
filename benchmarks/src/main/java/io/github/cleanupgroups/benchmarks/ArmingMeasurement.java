package io.github.cleanupgroups.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;

/**
 * <b>Question 7</b>: what does arming a timer take of the processors, whichever thread
 * does it?
 *
 * <p>
 * Workload: as {@link TimerBenchmark} arms, in a collected heap, until all are sorted in,
 * which Netty's wheel does on its own thread. What moves them later, until they are due,
 * is left out; so are the threads of the virtual machine that collect and compile. A
 * process of its own: prints what all Java threads used, in nanoseconds a timer, the mean
 * of the last {@value #MEASURED} of {@value #ROUNDS} rounds.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 7}
 */
final class ArmingMeasurement {

	private static final int ROUNDS = 10;

	private static final int MEASURED = 4;

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private ArmingMeasurement() {
	}

	public static void main(String[] args) throws Exception {
		TimerRival rival = TimerRival.valueOf(args[0]);
		int timers = Integer.parseInt(args[1]);
		long[] due = TimerBenchmark.due(timers, new Random(42));
		long nanos = 0;
		for (int round = 0; round < ROUNDS; round++) {
			System.gc();
			try (Timers armed = rival.create(timers)) {
				long before = processorNanos();
				armed.armAll(due);
				armed.awaitSorted();
				nanos += (round < ROUNDS - MEASURED) ? 0 : processorNanos() - before;
			}
		}
		System.out.println(Run.TIME + "=" + (double) nanos / MEASURED / timers);
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static long processorNanos() {
		long sum = 0;
		for (long thread : THREADS.getAllThreadIds()) {
			sum += Math.max(0, THREADS.getThreadCpuTime(thread));
		}
		return sum;
	}

}
