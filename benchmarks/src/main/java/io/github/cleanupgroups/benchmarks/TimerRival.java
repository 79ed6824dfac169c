package io.github.cleanupgroups.benchmarks;

import java.time.Duration;
import java.util.Arrays;
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

/**
 * Who keeps the timers of {@link TimerBenchmark}.
 */
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
	/** The least that arming takes with a lock, where a timer is a member. */
	LINK_LIMIT {
		@Override
		Timers create(int timers) {
			return new LinkLimit(timers);
		}
	};

	abstract Timers create(int timers);

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
			// Else shutdownNow makes arrays of all, and these hold it when they are dead.
			disarmAll(this.timers.length);
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
			// Else stop makes a set of all, and that holds it when it is dead.
			disarmAll(this.timers.length);
			this.wheel.stop();
			Arrays.fill(this.timers, null);
		}

	}

}
