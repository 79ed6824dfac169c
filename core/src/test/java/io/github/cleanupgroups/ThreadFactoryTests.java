package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where a pool's threads come from, and what happens where none come.
 */
@Timeout(60)
class ThreadFactoryTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());

	private final ManualTimeSource time = new ManualTimeSource();

	private final AtomicBoolean broken = new AtomicBoolean();

	/** Makes threads, or what a broken factory gives. */
	private ThreadPool pool(int maxThreads, ThreadFactory whileBroken) {
		ThreadFactory plain = this.engine.threadFactory();
		return this.engine.watch(ThreadPool.builder("pool")
			.maxThreads(maxThreads)
			.timeSource(this.time)
			.threadFactory((task) -> this.broken.get() ? whileBroken.newThread(task) : plain.newThread(task))
			.onUncaught((member, failure) -> this.uncaught.add(member + ": " + failure.getMessage()))
			.build());
	}

	@SuppressWarnings("NullAway")
	private static Thread none(Runnable task) {
		return null;
	}

	private static Thread failing(Runnable task) {
		throw new IllegalStateException("no more threads");
	}

	private CallbackEnvironment environment(ThreadPool pool, CleanupGroup group) {
		return CallbackEnvironment.builder().pool(pool).cleanupGroup(group).memberName("letter").build();
	}

	@Test
	@SuppressWarnings("ThreadPriorityCheck")
	void threads_withoutAFactory_areNamedAfterThePoolAndPlain() throws Exception {
		ThreadPool pool = this.engine.watch(ThreadPool.builder("press").build());
		CompletableFuture<Thread> worker = new CompletableFuture<>();
		Thread submitter = new Thread(() -> CallbackEnvironment.builder()
			.pool(pool)
			.build()
			.trySubmit((instance) -> worker.complete(Thread.currentThread())), "submitter");
		submitter.setDaemon(true);
		submitter.setPriority(Thread.MIN_PRIORITY);
		submitter.start();
		Thread thread = worker.get(20, TimeUnit.SECONDS);
		assertThat(thread.getName()).startsWith("press-");
		assertThat(thread.isDaemon()).isFalse();
		assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreads_whereThereAreNone_failTheBuildNamingPoolAndJava() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> ThreadPool.builder("press").virtualThreads(true).build())
			.withMessageContainingAll("'press'", "Java 21");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreads_whereThereAreSome_runCallbacksWithinTheLimits() throws Exception {
		ThreadPool pool = this.engine
			.watch(ThreadPool.builder("press").virtualThreads(true).minThreads(1).maxThreads(2).build());
		Gate gate = this.engine.gate();
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		Work work = CallbackEnvironment.builder().pool(pool).build().newWork((instance) -> {
			seen.add(Thread.currentThread().toString());
			gate.pass();
		});
		for (int i = 0; i < 6; i++) {
			work.submit();
		}
		gate.awaitArrivals(2);
		assertThat(pool.stats()).isEqualTo(new PoolStats(1, 2, 2, 2, 4, 0));
		gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(seen).hasSize(6)
			.allMatch((thread) -> thread.startsWith("VirtualThread[#") && thread.contains("press-"));
	}

	@Test
	void factory_thatGivesNull_refusesTheOneOffNamingAllAndHangsNothing() throws Exception {
		ThreadPool pool = pool(2, ThreadFactoryTests::none);
		CleanupGroup group = this.engine.group("mail");
		this.broken.set(true);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> environment(pool, group).submit(() -> 1))
			.withMessageContainingAll("'pool'", "'mail'", "'letter'", "thread");
		assertThat(environment(pool, group).trySubmit((instance) -> {
		})).isFalse();
		assertThat(this.uncaught).isNotEmpty().allMatch((each) -> each.contains("'pool'") || each.contains("pool"));
		assertThat(pool.stats()).isEqualTo(new PoolStats(0, 2, 0, 0, 0, 0));
		assertThat(group.closeMembers(CloseOptions.awaitPending()).closedMembers()).isZero();
	}

	@Test
	void factory_thatThrows_refusesTheWorkAndHangsNothing() throws Exception {
		ThreadPool pool = pool(2, ThreadFactoryTests::failing);
		CleanupGroup group = this.engine.group(CleanupGroup.builder("mail").queueCapacity(1));
		Work work = environment(pool, group).newWork((instance) -> {
		});
		this.broken.set(true);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(work::submit)
			.withMessageContainingAll("'pool'", "'mail'", "'letter'", "thread");
		assertThat(this.uncaught).containsExactly("thread factory of pool pool: no more threads");
		assertThat(pool.stats()).isEqualTo(new PoolStats(0, 2, 0, 0, 0, 0));
		assertThat(group.closeMembers(CloseOptions.awaitPending()).completedCallbacks()).isZero();
	}

	@Test
	void factory_thatWorksAgain_servesAgain() throws Exception {
		ThreadPool pool = pool(2, ThreadFactoryTests::failing);
		CleanupGroup group = this.engine.group("mail");
		this.broken.set(true);
		environment(pool, group).trySubmit((instance) -> {
		});
		this.broken.set(false);
		assertThat(environment(pool, group).submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void factory_thatFailsWhileAThreadIsBusy_leavesTheCallbackToThatThread() throws Exception {
		ThreadPool pool = pool(2, ThreadFactoryTests::failing);
		CallbackEnvironment environment = environment(pool, this.engine.group("mail"));
		Gate gate = this.engine.gate();
		environment.trySubmit(gate);
		gate.awaitArrival();
		this.broken.set(true);
		CompletableFuture<String> second = environment.submit(() -> "ran");
		gate.open();
		assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	// F41: who is idle by then must be woken for what the lost thread was to run
	@Test
	void factory_thatFailsOnceOthersAreIdle_leavesNothingQueued() throws Exception {
		Gate inFactory = this.engine.gate();
		ThreadPool pool = pool(2, (task) -> {
			inFactory.passUninterruptibly();
			throw new IllegalStateException("no more threads");
		});
		CallbackEnvironment environment = environment(pool, this.engine.group("mail"));
		Gate gate = this.engine.gate();
		environment.trySubmit(gate);
		gate.awaitArrival();
		this.broken.set(true);
		AtomicInteger runs = new AtomicInteger();
		this.engine.start("submitter", () -> environment.trySubmit((instance) -> runs.incrementAndGet()));
		inFactory.awaitArrival();
		gate.open();
		eventually("runs", 1, runs::get);
		this.time.awaitParked(1);
		CompletableFuture<String> next = environment.submit(() -> "ran");
		inFactory.open();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	// F41: what came in while the only thread was being made
	@Test
	void factory_thatFailsWithOthersQueuedMeanwhile_triesAgainForThem() throws Exception {
		Gate inFactory = this.engine.gate();
		ThreadPool pool = pool(2, (task) -> {
			this.broken.set(false);
			inFactory.passUninterruptibly();
			throw new IllegalStateException("no more threads");
		});
		CallbackEnvironment environment = environment(pool, this.engine.group("mail"));
		this.broken.set(true);
		this.engine.start("submitter", () -> environment.trySubmit((instance) -> {
		}));
		inFactory.awaitArrival();
		CompletableFuture<String> next = environment.submit(() -> "ran");
		inFactory.open();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void factory_thatFailsWhenATaskIsDue_cancelsTheTaskAndTheNextOnesStillFire() throws Exception {
		ThreadPool pool = pool(1, ThreadFactoryTests::failing);
		CallbackEnvironment environment = environment(pool, this.engine.group("mail"));
		this.broken.set(true);
		ScheduledFuture<?> lost = environment.asExecutorService().schedule(() -> 1, 1, TimeUnit.SECONDS);
		this.time.advance(Duration.ofSeconds(1));
		eventually("cancelled", true, lost::isCancelled);
		this.broken.set(false);
		ScheduledFuture<Integer> next = environment.asExecutorService().schedule(() -> 2, 1, TimeUnit.SECONDS);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	@Test
	void minThreads_thatCannotBeStarted_failNoBuild() throws Exception {
		this.broken.set(true);
		ThreadPool pool = this.engine.watch(ThreadPool.builder("pool")
			.minThreads(2)
			.threadFactory(ThreadFactoryTests::failing)
			.onUncaught((member, failure) -> this.uncaught.add(member))
			.build());
		assertThat(pool.stats().threads()).isZero();
		assertThat(this.uncaught).isNotEmpty();
	}

}
