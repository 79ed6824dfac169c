package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hands out the pools, groups and gates of a test, and checks the engine after each: the
 * counters of every lane agree with what stands in it, everything can be closed, nothing
 * is left over of members, slots, room in queues or threads.
 *
 * A test class has one in a field marked with {@code RegisterExtension}.
 */
final class EngineInvariants implements AfterEachCallback {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Queue<ThreadPool> pools = new ConcurrentLinkedQueue<>();

	private final Queue<CleanupGroup> groups = new ConcurrentLinkedQueue<>();

	private final Queue<Gate> gates = new ConcurrentLinkedQueue<>();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private final AtomicInteger threadNumber = new AtomicInteger();

	/** A pool with so many threads at most. */
	ThreadPool pool(int maxThreads) {
		return pool(ThreadPool.builder("pool").maxThreads(maxThreads));
	}

	/** The pool described, whose threads are to be gone after the test. */
	ThreadPool pool(ThreadPool.Builder builder) {
		return watch(builder.threadFactory(threadFactory()).timerThreads(timerThreads()).build());
	}

	/** Checks a pool that the test has built with threads of its own. */
	ThreadPool watch(ThreadPool pool) {
		this.pools.add(pool);
		return pool;
	}

	/** Waits for a thread that the test has made to end after it. */
	Thread watch(Thread thread) {
		this.threads.add(thread);
		return thread;
	}

	/** Plain threads that are to be gone after the test. */
	ThreadFactory threadFactory() {
		return (task) -> {
			Thread thread = new Thread(task, "worker-" + this.threadNumber.incrementAndGet());
			this.threads.add(thread);
			return thread;
		};
	}

	/** Where the threads of timers come from, which are to be gone after the test. */
	ThreadFactory timerThreads() {
		return (task) -> {
			Thread thread = new Thread(task, "timers");
			this.threads.add(thread);
			return thread;
		};
	}

	CleanupGroup group(String name) {
		return group(CleanupGroup.builder(name));
	}

	CleanupGroup group(CleanupGroup.Builder builder) {
		CleanupGroup group = builder.build();
		this.groups.add(group);
		return group;
	}

	/**
	 * A gate that opens by itself when the test is over, so that a failure hangs nothing.
	 */
	Gate gate() {
		Gate gate = new Gate();
		this.gates.add(gate);
		return gate;
	}

	/** Runs something on a thread that is to have ended by the end of the test. */
	Thread start(String name, Step step) {
		Thread thread = new Thread(() -> {
			try {
				step.run();
			}
			catch (Exception ex) {
				throw new IllegalStateException(name, ex);
			}
		}, name);
		this.threads.add(thread);
		thread.start();
		return thread;
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		Thread checker = new Thread(() -> {
			try {
				checkAndClose();
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		}, "engine-invariants");
		checker.setDaemon(true);
		checker.start();
		checker.join(PATIENCE.toMillis());
		Throwable found = failure.get();
		if (checker.isAlive()) {
			found = new AssertionError("after the test the engine does not come to rest: " + this.pools + ", "
					+ this.groups + "; the check stands at " + List.of(checker.getStackTrace()));
		}
		if (found != null && context.getExecutionException().isEmpty()) {
			throw new AssertionError("engine invariants after " + context.getDisplayName(), found);
		}
	}

	private void checkAndClose() throws InterruptedException {
		checkConsistency();
		this.gates.forEach(Gate::open);
		for (CleanupGroup group : this.groups) {
			CloseReport report = group.close(CloseOptions.cancelPending());
			assertThat(report.stillRunning()).isEmpty();
		}
		this.pools.forEach(ThreadPool::close);
		for (ThreadPool pool : this.pools) {
			assertThat(pool.awaitTermination(PATIENCE)).as("%s terminates", pool).isTrue();
		}
		for (Thread thread : this.threads) {
			thread.join(PATIENCE.toMillis());
			assertThat(thread.isAlive()).as("%s has ended", thread).isFalse();
		}
		checkConsistency();
		this.pools.forEach(EngineInvariants::checkEmpty);
		this.groups.forEach(EngineInvariants::checkEmpty);
	}

	/**
	 * Counters and contents of every lane agree. May be called at any moment of a test.
	 */
	void checkConsistency() {
		for (ThreadPool pool : this.pools) {
			checkConsistency(pool.dispatcher().ungrouped);
			for (CleanupGroup group : this.groups) {
				group.lanes(pool.dispatcher()).forEach(EngineInvariants::checkConsistency);
			}
		}
	}

	private static void checkConsistency(Lane lane) {
		List<Runnable> checks = new ArrayList<>();
		lane.dispatcher.inspect(lane, (inspected) -> compare(inspected, checks));
		checks.forEach(Runnable::run);
	}

	/** Reads under the lock; what was read is compared after it was released. */
	private static void compare(Lane lane, List<Runnable> checks) {
		if (lane.sweeps > 0) {
			return;
		}
		long[] found = new long[9];
		// What is pending of an object need not stand in the queue: operations under way.
		Set<Entry> entries = Collections.newSetFromMap(new IdentityHashMap<>());
		lane.forEachQueued((entry) -> {
			entries.add(entry);
			found[1] += (entry instanceof OneOff oneOff && oneOff.isQueued()) ? 1 : 0;
		});
		lane.objects.forEach(entries::add);
		lane.lingering.forEach(entries::add);
		entries.forEach((entry) -> found[0] += entry.pending());
		lane.forEachRunning((running) -> {
			found[2]++;
			found[3] += (running.entry() instanceof OneOff) ? 1 : 0;
		});
		lane.objects.forEach((object) -> {
			found[4] += (object.state() == MemberState.QUEUED) ? 1 : 0;
			found[5] += (object.state() == MemberState.RUNNING) ? 1 : 0;
			found[7] += object.countsAsArmed() ? 1 : 0;
		});
		for (TaskAlarm armed = lane.firstArmed(); armed != null; armed = armed.nextArmed) {
			found[6]++;
		}
		found[8] = lane.dispatcher.memberThreads().unbegun(lane).size();
		long[] counted = { lane.pending, lane.queuedOneOffs, lane.running, lane.runningOneOffs,
				count(lane, MemberState.QUEUED), count(lane, MemberState.RUNNING), lane.armed, lane.armedObjects(),
				lane.unbegun };
		boolean emptyIfOver = lane.state != Lane.CLOSED || (lane.isIdle() && lane.lingering.size() == 0);
		boolean disarmedIfClosed = lane.state == Lane.OPEN || !lane.hasArmed();
		checks.add(() -> {
			assertThat(counted)
				.as("pending, queued one-offs, running, running one-offs, queued, running objects, armed tasks, "
						+ "armed objects, threads to begin of %s", lane.generation)
				.isEqualTo(found);
			assertThat(emptyIfOver).as("the closed lane of %s is empty", lane.generation).isTrue();
			assertThat(disarmedIfClosed).as("nothing of %s is armed once it is sealed", lane.generation).isTrue();
		});
	}

	private static int count(Lane lane, MemberState state) {
		int count = 0;
		for (MemberKind kind : MemberKind.values()) {
			count += lane.objects.tally().count(kind, state);
		}
		return count;
	}

	private static void checkEmpty(ThreadPool pool) {
		PoolStats stats = pool.stats();
		assertThat(stats.pendingCallbacks()).as("pending callbacks of %s", pool).isZero();
		assertThat(stats.activeThreads()).as("active threads of %s", pool).isZero();
		Lane ungrouped = pool.dispatcher().ungrouped;
		assertThat(ungrouped.isIdle()).as("callbacks of %s without group are over", pool).isTrue();
		AlarmClock alarms = pool.dispatcher().armed().alarms();
		assertThat(pool.dispatcher().inspect(alarms::filed)).as("alarms of %s", pool).isZero();
		// It leaves by itself once the pool is closed: nobody can wait for one that the
		// test's own factory has not made.
		eventually("the timer thread of " + pool, false, () -> pool.dispatcher().inspect(alarms::hasThread));
	}

	private static void checkEmpty(CleanupGroup group) {
		assertThat(group.isClosing()).as("%s is still closing", group).isFalse();
		assertThat(group.memberCounts().total()).as("members of %s", group).isZero();
		assertThat(group.memberCounts().pendingCallbacks()).as("pending callbacks of %s", group).isZero();
		assertThat(group.memberCounts().runningCallbacks()).as("running callbacks of %s", group).isZero();
		ConcurrencyLimit limit = group.concurrencyLimit();
		if (limit != null) {
			for (int slot = 0; slot < limit.maximum(); slot++) {
				assertThat(limit.tryAcquire()).as("slot %d of %s is free", slot, group).isTrue();
			}
			assertThat(limit.tryAcquire()).as("no slot of %s was given back twice", group).isFalse();
		}
		QueueBound bound = group.queueBound();
		if (bound != null) {
			for (int room = 0; room < bound.capacity(); room++) {
				assertThat(bound.tryAcquire()).as("room %d of %s is free", room, group).isTrue();
			}
			assertThat(bound.tryAcquire()).as("no room of %s was given back twice", group).isFalse();
		}
	}

	/** Something that a thread of a test does. */
	@FunctionalInterface
	interface Step {

		void run() throws Exception;

	}

}
