package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * What is armed in a pool: its timers, waits and delayed tasks, from the command that
 * sets them to where they expire or are disarmed. What expires is queued by the
 * {@link Dispatcher}; when, is the business of the {@link AlarmClock}.
 *
 * <p>
 * A part of its dispatcher: guarded by the pool's lock. Methods that say so are called
 * under it; the others take it themselves. Of the dispatcher it needs
 * {@link Dispatcher#refusal(Lane, boolean)} before it arms, {@link Dispatcher#expired}
 * for what expires, {@link Dispatcher#unqueue} and {@link Dispatcher#ended} for what is
 * queued of what it disarms, and {@link Dispatcher#isClosedNow()}.
 */
final class ArmedMembers {

	/**
	 * For how long a timer may be set that is free. One that is taken back stands among
	 * the alarms until then, and keeps its group reachable and the alarm thread alive.
	 */
	private static final long LONGEST_FREE = Duration.ofHours(1).toNanos();

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	private final Workers workers;

	private final TimeSource time;

	private final AlarmClock alarms;

	/** Lanes in which anything is armed or stale: the close of the pool disarms it. */
	private final Set<Lane> lanes = Collections.newSetFromMap(new IdentityHashMap<>());

	ArmedMembers(Dispatcher dispatcher, PoolLock lock, Workers workers, ThreadFactory alarmThreads) {
		this.dispatcher = dispatcher;
		this.lock = lock;
		this.workers = workers;
		this.time = dispatcher.time;
		this.alarms = new AlarmClock(dispatcher, alarmThreads, workers.keepAliveNanos());
	}

	AlarmClock alarms() {
		return this.alarms;
	}

	/**
	 * Arms a delayed task, which enters the lane when it expires. Only an open lane takes
	 * it: what a close has disarmed stays so.
	 */
	Admitted arm(TaskAlarm alarm, Lane lane, boolean inside, long due) {
		Runnable wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(lane, inside);
			if (refusal != null) {
				return refusal;
			}
			// First what may fail: nothing is in the lane then that is not armed.
			wake = this.alarms.arm(alarm, due);
			alarm.lane = lane;
			lane.linkArmed(alarm);
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			wake.run();
		}
		return Admitted.ENTERED;
	}

	/** Returns false where it was not armed: it has expired, or was disarmed before. */
	boolean disarm(TaskAlarm alarm) {
		this.lock.lockUnsettled();
		try {
			boolean armed = alarm.isFiled();
			alarm.disarm(List.of());
			return armed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Admitted armingRefusal(Lane lane, boolean inside) {
		Admitted refusal = this.dispatcher.refusal(lane, inside);
		return (refusal == null && lane.state != Lane.OPEN) ? Admitted.SEALED : refusal;
	}

	private @Nullable Admitted armingRefusal(MemberObject object, boolean inside) {
		return object.isClosedByItself() ? Admitted.MEMBER_CLOSED : armingRefusal(object.lane(), inside);
	}

	/**
	 * Sets a timer anew, whatever it was set to. Without the lock where that only
	 * postpones a free one.
	 * @param when it is due: from now, or a time on the wall clock
	 */
	Admitted set(TimerAlarm timer, long when, boolean onWallClock, @Nullable Rhythm rhythm, boolean inside) {
		// In this order: periods that begin with an expiry must not begin before it.
		long onItsClock = onWallClock ? this.alarms.wallClockNanos() : 0;
		long now = this.time.nanoTime();
		long due = onWallClock ? when : now + when;
		// What is due at once must not wait until the alarm thread comes by (R48).
		boolean mayBeFree = !onWallClock && rhythm == null && when > 0 && when <= LONGEST_FREE;
		if (mayBeFree && this.alarms.hasThread() && timer.postpone(due)) {
			return Admitted.ENTERED;
		}
		Runnable wakeClock;
		Worker wake;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(timer, inside);
			if (refusal != null) {
				return refusal;
			}
			boolean isDue = due - (onWallClock ? onItsClock : now) <= 0;
			timer.guard();
			if (timer.isFiled() && (isDue || !timer.canMoveTo(onWallClock, rhythm))) {
				this.alarms.disarm(timer);
			}
			boolean isSet = false;
			try {
				timer.setTo(onWallClock, rhythm);
				wakeClock = isDue ? timer.expire(due, now) : this.alarms.arm(timer, due);
				timer.countArmed();
				isSet = true;
			}
			finally {
				if (!isSet) {
					// Nor is it armed any longer for what it was set to before.
					timer.disarm(List.of());
				}
			}
			if (mayBeFree && !isDue) {
				timer.free();
			}
			wake = isDue ? this.workers.wakeOne() : null;
		}
		finally {
			this.lock.unlock();
		}
		if (wake != null) {
			this.workers.wakeOrStart(wake);
		}
		if (wakeClock != null) {
			wakeClock.run();
		}
		return Admitted.ENTERED;
	}

	/**
	 * Arms a wait anew, or activates it at once where its signal is present or its time
	 * is over. The caller holds the signal's lock, and does the rest once it has released
	 * it.
	 * @param unlocked takes that rest
	 */
	Admitted set(Arming arming, boolean present, boolean inside, List<Runnable> unlocked) {
		Wait wait = arming.wait;
		WaitTimeout timeout = arming.timeout;
		this.lock.lockUnsettled();
		try {
			Admitted refusal = armingRefusal(wait, inside);
			if (refusal != null) {
				return refusal;
			}
			wait.disarm(unlocked);
			wait.setTo(arming);
			long now = this.time.nanoTime();
			if (present) {
				activate(wait, WaitResult.SIGNALED, now);
			}
			else if (timeout != null) {
				if (timeout.due() - (timeout.isOnWallClock() ? this.alarms.wallClockNanos() : now) <= 0) {
					activate(wait, WaitResult.TIMED_OUT, now);
					unlocked.add(() -> arming.signal.forget(arming));
				}
				else {
					Runnable wakeClock = this.alarms.arm(timeout, timeout.due());
					if (wakeClock != null) {
						unlocked.add(wakeClock);
					}
				}
			}
			this.workers.wakeLater(unlocked);
			return Admitted.ENTERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A signal has something for an arming. The caller holds the signal's lock.
	 * @return false where it is armed no longer
	 */
	boolean signalled(Arming arming, List<Runnable> unlocked) {
		this.lock.lockUnsettled();
		try {
			if (this.dispatcher.isClosedNow() || !arming.wait.isArmedBy(arming)) {
				return false;
			}
			if (arming.timeout != null) {
				this.alarms.disarm(arming.timeout);
			}
			activate(arming.wait, WaitResult.SIGNALED, this.time.nanoTime());
			this.workers.wakeLater(unlocked);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Queues the callback of a wait. Pool lock. */
	void activate(Wait wait, WaitResult result, long now) {
		wait.activate(result);
		this.dispatcher.expired(wait, now);
	}

	/** Arms a timer for its next expiry. Pool lock, on the alarms' own thread. */
	@Nullable Runnable armAgain(TimerAlarm timer, long due) {
		return this.alarms.arm(timer, due);
	}

	/** Disarms an object. Pool lock. */
	boolean disarmAlarm(Alarm alarm) {
		return this.alarms.disarm(alarm);
	}

	/** A lane has something armed now, or has nothing any more. Pool lock. */
	void noteArmed(Lane lane) {
		if (lane.hasArmed()) {
			this.lanes.add(lane);
		}
		else {
			this.lanes.remove(lane);
		}
	}

	/** Takes a timer or wait out of what it was set to, and what is queued of it. */
	Disarm unset(MemberObject object) {
		List<Runnable> unlocked = new ArrayList<>(0);
		Aftermath aftermath = null;
		Disarm disarm;
		long dropped = 0;
		this.lock.lock();
		try {
			object.guard();
			boolean wasSet = object.isSetNow() && !object.isDisarmedForGood();
			boolean wasArmed = object.isArmedNow();
			object.disarm(unlocked);
			if (object.pending() > 0) {
				dropped = object.dropPending(unlocked);
				object.lane().cancelled += dropped;
				aftermath = this.dispatcher.unqueue(object.lane(), dropped, this.dispatcher.ended(object, null));
			}
			disarm = disarmed(wasSet, wasArmed, dropped > 0);
		}
		finally {
			this.lock.unlock();
		}
		try {
			Aftermath.runAll(unlocked);
		}
		finally {
			object.lane().generation.tellCancelled(dropped);
			if (aftermath != null) {
				aftermath.run();
			}
		}
		return disarm;
	}

	private static Disarm disarmed(boolean wasSet, boolean wasArmed, boolean wasQueued) {
		if (wasQueued) {
			return Disarm.DEQUEUED;
		}
		if (!wasSet) {
			return Disarm.NOT_SET;
		}
		return wasArmed ? Disarm.PREVENTED : Disarm.TOO_LATE;
	}

	/** For the thread of the alarms: lets expire what is due. */
	long expire(List<Runnable> unlocked) {
		this.lock.lockUnsettled();
		try {
			long nanos = this.alarms.expire(unlocked);
			this.workers.wakeLater(unlocked);
			return nanos;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Disarms all of a lane. Pool lock. */
	void disarmAll(Lane lane, List<Runnable> unlocked) {
		for (TaskAlarm armed = lane.firstArmed(); armed != null; armed = lane.firstArmed()) {
			// First what may fail: what is disarmed is told.
			unlocked.add(armed::disarmedByClose);
			armed.disarm(unlocked);
		}
		if (lane.armedObjects() > 0) {
			lane.objects.forEach((object) -> object.disarm(unlocked));
		}
	}

	/**
	 * Disarms everything, for good. Pool lock.
	 * @param unlocked takes what the caller does once it has released the lock
	 */
	void close(List<Runnable> unlocked) {
		List.copyOf(this.lanes).forEach((lane) -> disarmAll(lane, unlocked));
		this.alarms.close(unlocked);
	}

}
