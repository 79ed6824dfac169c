package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * <b>Question 1</b>: what does it cost to submit N one-offs and to wait for all of them?
 *
 * <p>
 * Workload: {@code producers} threads submit {@code members} empty tasks to a pool of
 * {@code threads}; then the group's members are closed, which waits for them. The score
 * is the time of all of that. Rivals wait with a latch, by the futures they keep, or by
 * joining their scope. With {@code groups} above one, ours spreads them over so many
 * groups, one after another, and closes the members of each.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 1}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OneOffBenchmark {

	/** Whose turn it is. */
	@Param("CLEANUP_GROUP")
	public Rival rival;

	/** How many tasks. */
	@Param("10000")
	public int members;

	/** How many threads submit. */
	@Param("1")
	public int producers;

	/** How many threads run. */
	@Param("2")
	public int threads;

	/** How many groups they are spread over. */
	@Param("1")
	public int groups;

	private Tasks tasks;

	private final List<Thread> others = new ArrayList<>();

	private CyclicBarrier begin;

	private CyclicBarrier end;

	/** Makes the pool and, beside the thread of the benchmark, the producers. */
	@Setup
	public void start() {
		this.tasks = (this.groups > 1) ? new GroupTasks(this.threads, this.groups) : this.rival.create(this.threads);
		this.begin = new CyclicBarrier(this.producers);
		this.end = new CyclicBarrier(this.producers);
		for (int i = 1; i < this.producers; i++) {
			Thread thread = new Thread(this::produceForEver, "producer-" + i);
			thread.setDaemon(true);
			thread.start();
			this.others.add(thread);
		}
	}

	/** Ends the pool and the producers. */
	@TearDown
	public void stop() throws Exception {
		this.others.forEach(Thread::interrupt);
		for (Thread other : this.others) {
			other.join();
		}
		this.tasks.close();
	}

	/** One batch. */
	@Benchmark
	public void submitAndClose() throws Exception {
		if (!this.tasks.isConfined()) {
			this.tasks.open(this.members / this.producers * this.producers);
		}
		if (this.producers > 1) {
			this.begin.await();
		}
		produce();
		if (this.producers > 1) {
			this.end.await();
		}
		if (!this.tasks.isConfined()) {
			this.tasks.finish();
		}
	}

	private void produceForEver() {
		try {
			for (;;) {
				this.begin.await();
				produce();
				this.end.await();
			}
		}
		catch (Exception ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void produce() throws Exception {
		int share = this.members / this.producers;
		if (this.tasks.isConfined()) {
			this.tasks.open(share);
		}
		for (int i = 0; i < share; i++) {
			this.tasks.execute();
		}
		if (this.tasks.isConfined()) {
			this.tasks.finish();
		}
	}

}
