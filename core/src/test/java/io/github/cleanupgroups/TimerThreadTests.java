package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The one thread that lets timers expire: when there is one, what it survives, and how
 * much may be armed.
 */
@Timeout(300)
class TimerThreadTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private final ConcurrentLinkedQueue<Thread> made = new ConcurrentLinkedQueue<>();

	private final ConcurrentLinkedQueue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean startsFail = new AtomicBoolean();

	private final AtomicBoolean makingFails = new AtomicBoolean();

	private Runnable beforeFailing = () -> {
	};

	private final ThreadPool pool = this.engine.watch(ThreadPool.builder("pool")
		.maxThreads(2)
		.keepAlive(Duration.ofSeconds(10))
		.timeSource(this.time)
		.threadFactory(this.engine.threadFactory())
		.timerThreads(this::timerThread)
		.onUncaught((member, failure) -> this.uncaught.add(failure))
		.build());

	private final CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).build();

	private Thread timerThread(Runnable task) {
		if (this.makingFails.get()) {
			throw new OutOfMemoryError("no room for a thread");
		}
		Thread thread = new Thread(task, Clockwork.TIMERS) {

			@Override
			public synchronized void start() {
				if (TimerThreadTests.this.startsFail.get()) {
					TimerThreadTests.this.beforeFailing.run();
					throw new OutOfMemoryError("unable to create native thread");
				}
				super.start();
			}

		};
		this.made.add(thread);
		return this.engine.watch(thread);
	}

	private void awaitNoThread() {
		AlarmClock alarms = this.pool.dispatcher().armed().alarms();
		while (this.pool.dispatcher().inspect(alarms::hasThread)) {
			Thread.onSpinWait();
		}
	}

	@Test
	void thread_ofAPoolWithoutTimers_isNotThere() throws Exception {
		this.environment.submit(() -> 1).get(30, TimeUnit.SECONDS);
		Wait wait = this.environment.newWait((instance, result) -> {
		});
		wait.set(Signal.event());
		assertThat(this.made).isEmpty();
		wait.unset();
	}

	@Test
	void thread_withNothingArmedForTheKeepAlive_endsAndComesAgain() throws Exception {
		for (int round = 1; round <= 3; round++) {
			CountDownLatch fired = new CountDownLatch(1);
			this.environment.newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(1));
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
			this.time.advance(Duration.ofSeconds(1));
			assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(10));
			assertThat(this.made).hasSize(round);
			this.time.advance(Duration.ofSeconds(10));
			awaitNoThread();
		}
	}

	// What is due waits for few of those that are filed for later
	@Test
	void timers_thousandInOneSlot_areFiledAheadWithPausesAndFire() throws Exception {
		int count = 1_000;
		long tick = 1 << 23;
		CountDownLatch fired = new CountDownLatch(count);
		for (int i = 0; i < count; i++) {
			this.environment.newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(5));
		}
		for (int second = 1; second <= 4; second++) {
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
			this.time.advance(Duration.ofSeconds(1));
		}
		// Their slot begins with the tick 576, and is 32 wide.
		Duration ahead = Duration.ofNanos(560 * tick).minusSeconds(4);
		this.time.awaitAsleep(Clockwork.TIMERS, ahead);
		this.time.advance(ahead);
		Duration pauses = Duration.ZERO;
		for (int filed = 128; filed < count; filed += 128) {
			this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofNanos(50_000));
			this.time.advance(Duration.ofNanos(50_000));
			pauses = pauses.plusNanos(50_000);
		}
		// Their tick is the one in which five seconds are over.
		Duration left = Duration.ofNanos(36 * tick).minus(pauses);
		this.time.awaitAsleep(Clockwork.TIMERS, left);
		this.time.advance(left);
		assertThat(fired.getCount()).isEqualTo(count);
		this.time.advance(Duration.ofNanos(tick));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
	}

	// Lost wake-up: the end of the thread races with arming
	@Test
	void timers_armedJustAsTheThreadEnds_fireAllTheSame() throws Exception {
		ThreadPool hasty = this.engine.pool(ThreadPool.builder("hasty").maxThreads(2).keepAlive(Duration.ZERO));
		CallbackEnvironment hurried = CallbackEnvironment.builder().pool(hasty).build();
		for (int i = 0; i < 3_000; i++) {
			CountDownLatch fired = new CountDownLatch(1);
			hurried.newTimer((instance) -> fired.countDown()).set(Duration.ofNanos(1 + i % 50 * 1_000L));
			assertThat(fired.await(30, TimeUnit.SECONDS)).as("timer %d", i).isTrue();
		}
	}

	// Lost wake-up: arming something earlier than all others, from several threads
	@Test
	void timers_armedByManyThreads_areAllWokenFor() throws Exception {
		ThreadPool real = this.engine.pool(2);
		CallbackEnvironment shared = CallbackEnvironment.builder().pool(real).build();
		int each = 2_000;
		CountDownLatch fired = new CountDownLatch(4 * each);
		for (int t = 0; t < 4; t++) {
			Random random = new Random(t);
			this.engine.start("armer", () -> {
				for (int i = 0; i < each; i++) {
					Timer timer = shared.newTimer((instance) -> fired.countDown());
					timer.set(Duration.ofHours(1));
					timer.set(Duration.ofNanos(random.nextInt(3_000_000)), Duration.ofDays(1),
							Duration.ofNanos(random.nextInt(2) * 500_000L));
				}
			});
		}
		assertThat(fired.await(120, TimeUnit.SECONDS)).as("%d of them did not fire", fired.getCount()).isTrue();
	}

	@Test
	void thread_thatIsInterrupted_goesOnAndSleeps() throws Exception {
		CountDownLatch fired = new CountDownLatch(1);
		this.environment.newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		Thread thread = this.made.peek();
		assertThat(thread).isNotNull();
		int before = this.time.wakeUps(Clockwork.TIMERS);
		thread.interrupt();
		while (this.time.wakeUps(Clockwork.TIMERS) == before) {
			Thread.onSpinWait();
		}
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		assertThat(thread.isInterrupted()).isFalse();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void timer_forWhichNoThreadCanBeStarted_isRefusedAndNotArmed() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Timer timer = this.environment.newTimer((instance) -> runs.incrementAndGet());
		Signal signal = Signal.event();
		Wait wait = this.environment.newWait((instance, result) -> runs.incrementAndGet());
		this.startsFail.set(true);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> timer.set(Duration.ofSeconds(1)))
			.withMessageContaining("'pool'")
			.withMessageContaining("timer");
		assertThat(timer.isArmed()).isFalse();
		assertThat(timer.unset()).isEqualTo(Disarm.NOT_SET);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> wait.set(signal, Duration.ofSeconds(1)));
		assertThat(wait.unset()).isEqualTo(Disarm.NOT_SET);
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.environment.asExecutorService().schedule(() -> 1, 1, TimeUnit.SECONDS));
		this.startsFail.set(false);
		signal.signal();
		assertThat(signal.tryConsume()).isTrue();
		timer.set(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		while (runs.get() == 0) {
			Thread.onSpinWait();
		}
	}

	// Whoever postpones a timer without the pool's lock relies on the thread
	@Test
	void timer_thatIsArmedWhileTheThreadCannotBeStarted_firesOnceItIsPostponed() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Timer armed = this.environment.newTimer((instance) -> runs.incrementAndGet());
		this.beforeFailing = () -> armed.set(Duration.ofSeconds(1));
		this.startsFail.set(true);
		Timer refused = this.environment.newTimer((instance) -> runs.incrementAndGet());
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> refused.set(Duration.ofSeconds(1)));
		this.startsFail.set(false);
		armed.set(Duration.ofSeconds(2));
		this.time.advance(Duration.ofSeconds(2));
		while (runs.get() == 0) {
			Thread.onSpinWait();
		}
		assertThat(runs).hasValue(1);
	}

	@Test
	void timer_thatCannotBeSet_isNotArmedForWhatItWasSetToBefore() {
		Timer armed = this.environment.newTimer((instance) -> {
		});
		this.beforeFailing = () -> armed.set(Duration.ofSeconds(1));
		this.startsFail.set(true);
		Timer refused = this.environment.newTimer((instance) -> {
		});
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> refused.set(Duration.ofSeconds(1)));
		this.makingFails.set(true);
		assertThatExceptionOfType(OutOfMemoryError.class)
			.isThrownBy(() -> armed.set(Duration.ofSeconds(1), Duration.ofSeconds(1)));
		assertThat(armed.isArmed()).isFalse();
		assertThat(armed.unset()).isEqualTo(Disarm.NOT_SET);
		this.makingFails.set(false);
		this.startsFail.set(false);
	}

	// What fails on the timer thread must not end it: all timers would be dead
	@Test
	void thread_whoseExpiryFails_letsTheOthersExpire() throws Exception {
		AtomicBoolean factoryFails = new AtomicBoolean(true);
		ThreadPool poor = this.engine
			.watch(ThreadPool.builder("poor").maxThreads(1).timeSource(this.time).threadFactory((task) -> {
				if (factoryFails.get()) {
					throw new OutOfMemoryError("no threads left");
				}
				return this.engine.threadFactory().newThread(task);
			})
				.timerThreads(this.engine.timerThreads())
				.onUncaught((member, failure) -> this.uncaught.add(failure))
				.build());
		CallbackEnvironment inPoor = CallbackEnvironment.builder().pool(poor).build();
		ScheduledFuture<Integer> lost = inPoor.asExecutorService().schedule(() -> 1, 1, TimeUnit.SECONDS);
		CountDownLatch fired = new CountDownLatch(1);
		inPoor.newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(2));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		assertThat(lost.isCancelled()).as("its owner does not hang").isTrue();
		assertThat(this.uncaught).isNotEmpty();
		factoryFails.set(false);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void thread_madeFromADaemonThread_isNoDaemonAndKeepsNothingOfIt() throws Exception {
		InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
		ConcurrentLinkedQueue<Thread> found = new ConcurrentLinkedQueue<>();
		Thread daemon = new Thread(() -> {
			inherited.set("of the application");
			found.add(PoolThreads.timer("plain")
				.newThread(() -> found.add((inherited.get() == null) ? Thread.currentThread()
						: new Thread("it inherited a thread-local"))));
		});
		daemon.setDaemon(true);
		daemon.start();
		daemon.join();
		Thread thread = found.peek();
		assertThat(thread).isNotNull();
		assertThat(thread.isDaemon()).isFalse();
		thread.start();
		thread.join();
		assertThat(found).hasSize(2).containsOnly(thread);
	}

	// A million armed timers are ordinary
	@Test
	void million_armedTimers_areArmedAndTakenBackInRandomOrder() throws Exception {
		int count = 1_000_000;
		AtomicInteger runs = new AtomicInteger();
		Callback callback = (instance) -> runs.incrementAndGet();
		Random random = new Random(3);
		List<Timer> timers = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			Timer timer = this.environment.newTimer(callback);
			timer.set(Duration.ofNanos(1 + random.nextInt(1_000_000_000)));
			timers.add(timer);
		}
		assertThat(this.pool.dispatcher().inspect(this.pool.dispatcher().armed().alarms()::filed)).isEqualTo(count);
		Collections.shuffle(timers, random);
		for (Timer timer : timers.subList(0, count - 1_000)) {
			assertThat(timer.unset() == Disarm.PREVENTED).isTrue();
		}
		this.time.advance(Duration.ofSeconds(1));
		while (runs.get() < 1_000) {
			Thread.onSpinWait();
		}
		// Those that were taken back leave as they are filed anew.
		while (this.pool.dispatcher().inspect(this.pool.dispatcher().armed().alarms()::filed) > 0) {
			Thread.onSpinWait();
		}
		timers.forEach(Timer::close);
		assertThat(runs).hasValue(1_000);
	}

	// No thread per wait: R75
	@Test
	void hundredThousand_armedWaits_needNoThreadMoreThanThePoolHas() throws Exception {
		int count = 100_000;
		AtomicInteger runs = new AtomicInteger();
		Signal latch = Signal.latch();
		List<Signal> events = new ArrayList<>();
		int before = Thread.getAllStackTraces().size();
		for (int i = 0; i < count; i++) {
			Wait wait = this.environment.newWait((instance, result) -> runs.incrementAndGet());
			if (i % 2 == 0) {
				wait.set(latch);
			}
			else {
				Signal event = Signal.event();
				events.add(event);
				wait.set(event);
			}
		}
		assertThat(this.pool.stats().threads()).isZero();
		assertThat(Thread.getAllStackTraces().size()).isLessThanOrEqualTo(before + 1);
		events.forEach(Signal::signal);
		latch.signal();
		assertThat(this.pool.stats().threads()).isLessThanOrEqualTo(2);
		while (runs.get() < count) {
			Thread.onSpinWait();
		}
		assertThat(this.made).isEmpty();
		assertThat(this.pool.stats().threads()).isLessThanOrEqualTo(2);
	}

	@Test
	void delayedTask_disarmedByACloseBeforeTheTimerThreadFailsToStart_endsOnce() {
		CleanupGroup group = this.engine.group(CleanupGroup.builder("mail"));
		ScheduledExecutorService view = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(group)
			.build()
			.asExecutorService();
		this.beforeFailing = group::close;
		this.startsFail.set(true);
		ScheduledFuture<Integer> task = view.schedule(() -> 1, 1, TimeUnit.SECONDS);
		this.startsFail.set(false);
		assertThat(task.isCancelled()).isTrue();
		view.shutdown();
		assertThat(view.isTerminated()).as("no task is counted, or counted off twice").isTrue();
	}

	private CallbackEnvironment troubled(FailingTimeSource failing) {
		return CallbackEnvironment.builder()
			.pool(this.engine.pool(ThreadPool.builder("troubled")
				.maxThreads(1)
				.timeSource(failing)
				.onUncaught((member, failure) -> this.uncaught.add(failure))))
			.build();
	}

	// An Error on the thread itself must not leave what is armed with nobody to look
	@Test
	void thread_thatFailsLooking_looksAgain() throws Exception {
		FailingTimeSource failing = new FailingTimeSource(this.time, Clockwork.TIMERS);
		CountDownLatch fired = new CountDownLatch(1);
		troubled(failing).newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		failing.failNextRead();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.uncaught).extracting(Throwable::getMessage).containsExactly(FailingTimeSource.MESSAGE);
	}

	@Test
	void thread_thatFailsGoingToSleep_looksAgain() throws Exception {
		FailingTimeSource failing = new FailingTimeSource(this.time, Clockwork.TIMERS);
		CountDownLatch fired = new CountDownLatch(1);
		failing.failNextPark();
		troubled(failing).newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.uncaught).hasSize(1);
	}

	// Lost wake-up: who arms on the thread itself finds it awake, but it has looked
	@Test
	void timer_setOnTheThreadAfterItHasLooked_isNotLate() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		AtomicReference<@Nullable Timer> soon = new AtomicReference<>();
		CountDownLatch fired = new CountDownLatch(2);
		ThreadPool poor = this.engine.watch(ThreadPool.builder("poor")
			.maxThreads(1)
			.keepAlive(Duration.ofSeconds(10))
			.timeSource(this.time)
			.threadFactory((task) -> {
				// The first call is made as the expiry is; the second one by a thread
				// that
				// has found nothing more, and would sleep.
				if (calls.incrementAndGet() == 1) {
					throw new OutOfMemoryError("no threads left");
				}
				Timer set = soon.getAndSet(null);
				if (set != null) {
					set.set(Duration.ofSeconds(1));
				}
				return this.engine.threadFactory().newThread(task);
			})
			.timerThreads(this.engine.timerThreads())
			.onUncaught((member, failure) -> this.uncaught.add(failure))
			.build());
		CallbackEnvironment inPoor = CallbackEnvironment.builder().pool(poor).build();
		soon.set(inPoor.newTimer((instance) -> fired.countDown()));
		inPoor.newTimer((instance) -> fired.countDown()).set(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		this.time.awaitAsleep(Clockwork.TIMERS, Duration.ofSeconds(1));
		this.time.advance(Duration.ofSeconds(1));
		assertThat(fired.await(30, TimeUnit.SECONDS)).isTrue();
	}

}
