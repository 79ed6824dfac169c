package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What is armed in a pool, and the one thread that lets it expire. Guarded by the pool's
 * lock, but for {@link #run()}.
 *
 * <p>
 * There are two queues, for monotonic time and for the wall clock. Nobody tells when the
 * wall clock is set, so while something is armed on it the thread looks once a second.
 *
 * <p>
 * States of the thread and who makes the transition:
 *
 * <pre>
 * none   -> made    whoever arms something (pool lock)
 * made   -> none    the same, where the thread could not be started
 * made   -> awake   the thread itself
 * awake  -> asleep  the thread
 * asleep -> awake   the thread at its time; before that whoever arms what must expire
 *                   sooner, or is the first of many, and the close of the pool
 * awake  -> none    the thread, once nothing has stood in a queue for as long as the pool
 *                   keeps an idle thread, or the pool is closed (pool lock, in one step
 *                   with seeing that nothing stands there)
 * </pre>
 */
final class AlarmClock implements Runnable {

	/** How late a wall clock that was set may be noticed. */
	private static final long LONGEST_SLEEP_ON_WALL_CLOCK = Duration.ofSeconds(1).toNanos();

	/** Later than anything is armed for, and still comparable by difference. */
	static final long FAR = Long.MAX_VALUE / 2;

	/**
	 * How many expire, or move in the wheel, before the lock is released for a moment.
	 */
	private static final int BATCH = 256;

	/**
	 * How many are filed ahead before the thread sleeps: whatever is due waits for these.
	 */
	private static final int AHEAD = 128;

	/**
	 * How long it sleeps at most before it files more ahead: workers need the lock for
	 * those that are due, and do not get it from a thread that releases it only for a
	 * moment.
	 */
	private static final long PAUSE_NANOS = 50_000;

	/**
	 * Where so many stand in the queue the thread looks at least once a second. What is
	 * armed while it sleeps is filed by the time at which it looked last, and may come
	 * into a slot that it should file ahead.
	 */
	private static final int MANY = 1_000;

	private static final long LONGEST_SLEEP_BESIDE_MANY = Duration.ofSeconds(1).toNanos();

	private final Dispatcher dispatcher;

	private final ThreadFactory threads;

	private final long keepAliveNanos;

	private final AlarmQueue monotonic;

	private final AlarmQueue wallClock = new AlarmQueue(0);

	/**
	 * The thread, null where there is none. Written under the pool's lock; read without
	 * by who postpones a timer, which needs a thread that comes upon it.
	 */
	private volatile @Nullable Attendant thread;

	/**
	 * Until when the thread sleeps at most, on either clock; arming something that must
	 * expire before wakes it.
	 */
	private long sleepsUntil;

	private long sleepsUntilOnWallClock;

	/** Whether few stood in the queue of monotonic time when it fell asleep. */
	private boolean sleepsBesideFew;

	/** Since when nothing has stood in a queue; only while the thread sleeps for that. */
	private long idleSince;

	private boolean idle;

	private boolean closed;

	AlarmClock(Dispatcher dispatcher, ThreadFactory threads, long keepAliveNanos) {
		this.dispatcher = dispatcher;
		this.threads = threads;
		this.keepAliveNanos = keepAliveNanos;
		this.monotonic = new AlarmQueue(dispatcher.time.nanoTime());
	}

	/** A moment on the wall clock as a number that can be compared by difference. */
	static long nanosOf(Instant instant) {
		// From 1970 to 2116: what is before has passed, what is after does not come.
		if (instant.getEpochSecond() < 0) {
			return 0;
		}
		if (instant.getEpochSecond() >= FAR / TimeUnit.SECONDS.toNanos(1)) {
			return FAR;
		}
		return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
	}

	/** A moment on the wall clock, as alarms count it. */
	long wallClockNanos() {
		return nanosOf(this.dispatcher.time.instant());
	}

	/** How many stand in a queue, the stale ones with them. */
	int filed() {
		return this.monotonic.size() + this.wallClock.size();
	}

	boolean hasThread() {
		return this.thread != null;
	}

	/**
	 * Arms an alarm. Moves one that is armed, which stays on its clock and has no window,
	 * before or after.
	 * @return what the caller does once it has released the lock, so that the thread
	 * knows; null where it need not
	 */
	@SuppressWarnings("ReferenceEquality")
	@Nullable Runnable arm(Alarm alarm, long due) {
		Attendant sleeper = this.thread;
		if (sleeper == null) {
			// First what may fail: a thread that is known is one that will be started.
			Thread made = this.threads.newThread(this);
			Attendant attendant = new Attendant(made);
			Runnable start = () -> start(made, alarm);
			queueOf(alarm).add(alarm, due);
			this.thread = attendant;
			return start;
		}
		queueOf(alarm).add(alarm, due);
		if (!mustWakeFor(alarm, due + alarm.windowNanos())) {
			return null;
		}
		if (sleeper.thread == Thread.currentThread()) {
			// It is awake, but may have looked already.
			sleeper.remember();
			return null;
		}
		return sleeper::call;
	}

	/**
	 * Starts the thread. Where the machine has none left, what was to be armed is not,
	 * and its caller hears of it; what others have armed in this very moment expires once
	 * somebody arms something again.
	 */
	private void start(Thread made, Alarm alarm) {
		try {
			made.start();
		}
		catch (Throwable ex) {
			List<Runnable> unlocked = new ArrayList<>(0);
			boolean armed = this.dispatcher.inspect(() -> {
				this.thread = null;
				boolean stillArmed = alarm.guard() && alarm.isFiled();
				alarm.disarm(unlocked);
				return stillArmed;
			});
			Aftermath.runAll(unlocked);
			if (!armed) {
				// A close came first, and has told whom it concerns; or it was taken
				// back.
				return;
			}
			throw new RejectedExecutionException(
					"pool '" + this.dispatcher.name + "' could not start the thread that lets " + alarm + " expire",
					ex);
		}
	}

	private boolean mustWakeFor(Alarm alarm, long latest) {
		if (alarm.isOnWallClock()) {
			boolean sooner = latest - this.sleepsUntilOnWallClock < 0;
			this.sleepsUntilOnWallClock = sooner ? latest : this.sleepsUntilOnWallClock;
			return sooner;
		}
		if (this.sleepsBesideFew && this.monotonic.size() >= MANY) {
			this.sleepsBesideFew = false;
			return true;
		}
		boolean sooner = latest - this.sleepsUntil < 0;
		this.sleepsUntil = sooner ? latest : this.sleepsUntil;
		return sooner;
	}

	private AlarmQueue queueOf(Alarm alarm) {
		return alarm.isOnWallClock() ? this.wallClock : this.monotonic;
	}

	/** Returns false where it was not armed. */
	boolean disarm(Alarm alarm) {
		if (!alarm.isFiled()) {
			return false;
		}
		queueOf(alarm).remove(alarm);
		return true;
	}

	/**
	 * Lets the thread end; everything has been disarmed.
	 * @param unlocked takes what the caller does once it has released the lock
	 */
	void close(List<Runnable> unlocked) {
		this.closed = true;
		Attendant sleeper = this.thread;
		if (sleeper != null) {
			unlocked.add(sleeper::call);
		}
	}

	@Override
	public void run() {
		List<Runnable> unlocked = new ArrayList<>();
		try {
			Attendant self = this.dispatcher.inspect(() -> Objects.requireNonNull(this.thread, "thread"));
			boolean goesOn = true;
			while (goesOn) {
				goesOn = round(self, unlocked);
			}
		}
		catch (Throwable ex) {
			// Whoever arms next gets another thread.
			this.dispatcher.locked(() -> this.thread = null);
			this.dispatcher.uncaught("timer thread of pool " + this.dispatcher.name, ex);
		}
	}

	/**
	 * Looks once, and sleeps. What fails is tried again: others rely on this thread.
	 * @return whether it goes on
	 */
	@SuppressWarnings({ "ReferenceEquality", "ThreadPriorityCheck" })
	private boolean round(Attendant self, List<Runnable> unlocked) {
		try {
			self.beginRound();
			long nanos = this.dispatcher.armed().expire(unlocked);
			unlocked.forEach(this::runGuarded);
			unlocked.clear();
			if (nanos > 0 && self.mayPark()) {
				this.dispatcher.time.parkNanos(this, nanos);
				// Not for this thread: it would turn every park into a busy loop.
				boolean ignored = Thread.interrupted();
			}
			return nanos >= 0;
		}
		catch (Throwable ex) {
			this.dispatcher.uncaught("timer thread of pool " + this.dispatcher.name, ex);
			Thread.yield();
			return this.dispatcher.inspect(() -> this.thread == self);
		}
	}

	/** What one expiry fails with must not keep the others from coming. */
	private void runGuarded(Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			this.dispatcher.uncaught("timer thread of pool " + this.dispatcher.name, ex);
		}
	}

	/**
	 * For the thread: lets expire what is due.
	 * @param unlocked takes what is to be done without the lock
	 * @return how long it may sleep then; negative where it is to end
	 */
	long expire(List<Runnable> unlocked) {
		// The wall clock first: the periods that begin with an expiry must not begin
		// before it.
		long onWallClock = this.wallClock.isEmpty() ? 0 : wallClockNanos();
		long now = this.dispatcher.time.nanoTime();
		int steps = expire(this.monotonic, now, now, unlocked);
		if (!this.wallClock.isEmpty()) {
			steps += expire(this.wallClock, onWallClock, now, unlocked);
		}
		if (steps < BATCH) {
			int filed = fileAhead();
			if (filed == AHEAD) {
				return pause(now, onWallClock);
			}
			steps += filed;
		}
		if (steps > 0) {
			return 0;
		}
		long nanos = Math.min(sleep(now), sleepOnWallClock());
		if (filed() == 0) {
			return idle(now);
		}
		this.idle = false;
		return nanos;
	}

	private int fileAhead() {
		int filed = this.monotonic.fileAhead(AHEAD);
		return filed + this.wallClock.fileAhead(AHEAD - filed);
	}

	/**
	 * How long it sleeps before it files more ahead: not longer than until the next that
	 * is near is due, as the clock showed when the round began. It sleeps also where that
	 * has come meanwhile: then workers need the lock the more.
	 */
	private long pause(long now, long onWallClock) {
		long nanos = Math.min(PAUSE_NANOS, this.monotonic.nanosToNext(now));
		boolean onBoth = !this.wallClock.isEmpty();
		if (onBoth) {
			nanos = Math.min(nanos, this.wallClock.nanosToNext(onWallClock));
		}
		this.sleepsUntil = now + nanos;
		this.sleepsUntilOnWallClock = onBoth ? onWallClock + nanos : FAR;
		this.idle = false;
		return nanos;
	}

	private static int expire(AlarmQueue queue, long onItsClock, long now, List<Runnable> unlocked) {
		int steps = queue.advance(onItsClock, BATCH);
		while (steps < BATCH) {
			Alarm alarm = queue.poll(onItsClock);
			if (alarm == null) {
				break;
			}
			steps++;
			if (!alarm.guard()) {
				continue;
			}
			if (alarm.due() - onItsClock > 0) {
				// It has been postponed.
				queue.add(alarm, alarm.due());
				alarm.free();
			}
			else {
				Runnable rest = alarm.expire(alarm.due(), now);
				if (rest != null) {
					unlocked.add(rest);
				}
			}
		}
		return steps;
	}

	private long idle(long now) {
		if (!this.idle) {
			this.idle = true;
			this.idleSince = now;
		}
		long left = this.keepAliveNanos - (now - this.idleSince);
		if (left <= 0 || this.closed) {
			this.thread = null;
			this.idle = false;
			return -1;
		}
		return left;
	}

	private long sleep(long now) {
		if (this.monotonic.isEmpty()) {
			this.sleepsUntil = now + FAR;
			this.sleepsBesideFew = true;
			return FAR;
		}
		this.sleepsUntil = this.monotonic.wakeAt();
		// Not again for the same that come and go.
		this.sleepsBesideFew = this.monotonic.size() < (this.sleepsBesideFew ? MANY : MANY / 2);
		if (!this.sleepsBesideFew && this.sleepsUntil - now > LONGEST_SLEEP_BESIDE_MANY) {
			this.sleepsUntil = now + LONGEST_SLEEP_BESIDE_MANY;
		}
		return Math.max(0, this.sleepsUntil - now);
	}

	private long sleepOnWallClock() {
		if (this.wallClock.isEmpty()) {
			this.sleepsUntilOnWallClock = FAR;
			return FAR;
		}
		this.sleepsUntilOnWallClock = this.wallClock.wakeAt();
		long nanos = this.sleepsUntilOnWallClock - wallClockNanos();
		return Math.max(0, Math.min(LONGEST_SLEEP_ON_WALL_CLOCK, nanos));
	}

}
