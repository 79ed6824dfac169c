package io.github.cleanupgroups;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Timer} is to the alarms of its pool: where it stands among them, and for
 * when.
 *
 * <p>
 * All of that is guarded by the pool's lock, with one exception. A timer that is set to
 * expire once, on the monotonic clock, with nothing of it queued or running, is
 * <em>free</em>: what {@link #unset} and a later {@link Timer#set(java.time.Duration)
 * set} do to it changes the timer alone, so they need no lock. It stays where it stands
 * in its queue: whoever comes upon it there takes out what was disarmed, and files anew
 * what was postponed. No close need be reckoned with: it guards what it disarms, and
 * nothing is free after that.
 */
abstract sealed class TimerAlarm extends ArmableObject permits Timer {

	// How it is handled.

	/** By the holder of the pool's lock alone. */
	private static final byte GUARDED = 0;

	/** It is armed, and whoever postpones or disarms it needs no lock. */
	private static final byte FREE = 1;

	/** A thread looks when it is due, and may put that off: two steps. */
	private static final byte MOVING = 2;

	/** It was disarmed while it was free, and stands in its queue. */
	private static final byte LEFT = 3;

	private static final int SPINS = 1_000;

	private static final VarHandle HANDLING;

	private static final VarHandle DUE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			HANDLING = lookup.findVarHandle(TimerAlarm.class, "handling", byte.class);
			DUE = lookup.findVarHandle(TimerAlarm.class, "due", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * How it is handled:
	 *
	 * <pre>
	 * GUARDED    -> FREE     set, under the pool's lock
	 * FREE, LEFT -> MOVING   set, without
	 * MOVING     -> FREE     the same thread, which has put off when it is due
	 * MOVING     -> what it was   the same thread, where it has not
	 * FREE       -> LEFT     unset, without the pool's lock
	 * FREE, LEFT -> GUARDED  whoever sets, disarms or lets expire under the pool's lock
	 * </pre>
	 */
	private volatile byte handling;

	/**
	 * Whether it expired while its callback was running, which it must not overlap. Pool
	 * lock.
	 */
	private boolean expiryHeld;

	/** Where it stands in its alarm queue. Pool lock. */
	private int place = NOWHERE;

	/**
	 * When it is due, while it is armed. Written under the pool's lock while it is
	 * guarded, else by who moves it; read by both. Under the pool's lock it is read while
	 * somebody may move it: what is read is not too late then, and whole.
	 */
	@SuppressWarnings("UnusedVariable")
	private long due;

	private @Nullable Alarm previousAlarm;

	private @Nullable Alarm nextAlarm;

	TimerAlarm(CallbackEnvironment environment, @Nullable Object context, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
	}

	// Without a lock.

	/** Whether it may be that {@link #postpone} does it. */
	final boolean isFree() {
		byte now = this.handling;
		return now == FREE || now == LEFT;
	}

	/**
	 * Sets it to a later time, where that needs no lock. The alarm thread need not know:
	 * it comes upon this timer sooner.
	 * @return false where nothing was done
	 */
	final boolean postpone(long until) {
		byte before = this.handling;
		if ((before != FREE && before != LEFT) || !HANDLING.compareAndSet(this, before, MOVING)) {
			return false;
		}
		boolean later = until - due() >= 0;
		if (later) {
			due(until);
		}
		HANDLING.setRelease(this, later ? FREE : before);
		return later;
	}

	/** {@inheritDoc} */
	@Override
	public Disarm unset() {
		if (this.handling == FREE && HANDLING.compareAndSet(this, FREE, LEFT)) {
			return Disarm.PREVENTED;
		}
		return super.unset();
	}

	// The rest is guarded by the pool's lock.

	@Override
	final boolean guard() {
		byte before = unmoved();
		while (before != GUARDED && !HANDLING.compareAndSet(this, before, GUARDED)) {
			before = unmoved();
		}
		return before != LEFT;
	}

	@Override
	final boolean isLeft() {
		return unmoved() == LEFT;
	}

	/** How it is handled, once nobody moves it, which never takes long. */
	@SuppressWarnings("ThreadPriorityCheck")
	private byte unmoved() {
		byte now = this.handling;
		for (int i = 0; now == MOVING; i++) {
			if (i < SPINS) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
			now = this.handling;
		}
		return now;
	}

	/** It was guarded, and is free from now on. */
	@Override
	final void release() {
		HANDLING.setRelease(this, FREE);
	}

	@Override
	final boolean isArmedNow() {
		return (isFiled() && !isLeft()) || this.expiryHeld;
	}

	@Override
	final boolean isStanding() {
		return isFiled() || this.expiryHeld;
	}

	final void expiryHeld(boolean held) {
		this.expiryHeld = held;
	}

	final boolean isExpiryHeld() {
		return this.expiryHeld;
	}

	@Override
	final void disarm(List<Runnable> unlocked) {
		guard();
		setNow(false);
		this.expiryHeld = false;
		lane().dispatcher.armed().disarmAlarm(this);
		countStanding();
	}

	@Override
	final long due() {
		return (long) DUE.getOpaque(this);
	}

	@Override
	final void due(long time) {
		DUE.setOpaque(this, time);
	}

	@Override
	final int place() {
		return this.place;
	}

	@Override
	final void place(int at) {
		this.place = at;
	}

	@Override
	final @Nullable Alarm previousAlarm() {
		return this.previousAlarm;
	}

	@Override
	final void previousAlarm(@Nullable Alarm alarm) {
		this.previousAlarm = alarm;
	}

	@Override
	final @Nullable Alarm nextAlarm() {
		return this.nextAlarm;
	}

	@Override
	final void nextAlarm(@Nullable Alarm alarm) {
		this.nextAlarm = alarm;
	}

}
