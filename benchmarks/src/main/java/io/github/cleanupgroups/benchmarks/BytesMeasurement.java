package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.Signal;
import io.github.cleanupgroups.ThreadPool;
import org.openjdk.jol.info.GraphLayout;

/**
 * <b>Question 4</b>: how many bytes does each kind of member keep?
 *
 * <p>
 * Workload: of each kind 100,000 are added to a pool whose threads are held; JOL counts
 * all bytes that can be reached from the pool and the group, before and after. What the
 * program itself brings (its lambda, its signal) is shared and not counted. A process of
 * its own: prints one line a kind.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 4}
 */
final class BytesMeasurement {

	private static final int COUNT = 100_000;

	private static final Callback NOTHING = (instance) -> {
	};

	private final ThreadPool pool = ThreadPool.builder("bytes").maxThreads(1).build();

	private final CleanupGroup group = CleanupGroup.create("bytes");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.build();

	private final List<Object> others = new ArrayList<>();

	private BytesMeasurement() throws InterruptedException {
		Gate gate = new Gate(1);
		CallbackEnvironment.builder().pool(this.pool).build().trySubmit((instance) -> gate.hold());
		gate.awaitHeld();
	}

	/**
	 * Collects first: a collection in the middle of a walk would move what it has
	 * counted.
	 */
	private long size() {
		System.gc();
		return GraphLayout.parseInstance(this.pool, this.group, this.others.toArray()).totalSize();
	}

	private static void print(String name, BytesMeasurement measured, Runnable adding) {
		adding.run();
		// The first walk loads classes that the second one finds.
		measured.size();
		long before = measured.size();
		for (int i = 0; i < COUNT; i++) {
			adding.run();
		}
		print(name, measured.size() - before);
	}

	/**
	 * To a tenth of a byte: what the virtual machine keeps in its threads and classes is
	 * reachable too, and grows by some hundred bytes now and then.
	 */
	private static void print(String name, long all) {
		System.out.println(name + "=" + Math.round(10.0 * all / COUNT) / 10.0);
	}

	public static void main(String[] args) throws InterruptedException {
		BytesMeasurement oneOffs = new BytesMeasurement();
		print("one-off", oneOffs, () -> oneOffs.environment.trySubmit(NOTHING));
		BytesMeasurement futures = new BytesMeasurement();
		print("future", futures, () -> {
			Future<Boolean> ignored = futures.environment.submit(BytesMeasurement::nothing);
		});
		BytesMeasurement works = new BytesMeasurement();
		print("work", works, () -> works.environment.newWork(NOTHING));
		BytesMeasurement timers = new BytesMeasurement();
		print("timer", timers, () -> timers.environment.newTimer(NOTHING).set(Duration.ofHours(1)));
		BytesMeasurement waits = new BytesMeasurement();
		Signal signal = Signal.latch();
		print("wait", waits, () -> waits.environment.newWait((instance, result) -> {
		}).set(signal));
		BytesMeasurement groups = new BytesMeasurement();
		List<CleanupGroup> empty = new ArrayList<>();
		for (int i = 0; i < COUNT; i++) {
			groups.others.add("an object");
		}
		long before = groups.size();
		for (int i = 0; i < COUNT; i++) {
			empty.add(CleanupGroup.create("group"));
		}
		groups.others.clear();
		groups.others.addAll(empty);
		print("group", groups.size() - before);
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static Boolean nothing() {
		return true;
	}

}
