package io.github.cleanupgroups;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Timer} is to the alarms of its pool: where it stands among them, for
 * when, and what its expiry does.
 *
 * <p>
 * All of that is guarded by the pool's lock, with one exception. A timer is <em>free</em>
 * that was set to expire once, on the monotonic clock and within an hour, while nothing
 * of it was queued or running. What {@link #unset} and a later
 * {@link Timer#set(java.time.Duration) set} do to it changes the timer alone, so they
 * need no lock. It stays where it stands in its queue; whoever comes upon it there adds
 * it again where it was <em>postponed</em>, and takes it out where it is <em>stale</em>:
 * taken back, and still in its queue.
 *
 * <p>
 * Commands to a free timer need not ask whether it is closed. A close guards all timers
 * of its lane, and none is freed again.
 */
abstract sealed class TimerAlarm extends ArmableObject permits Timer {

	// Who may change it.

	/** The holder of the pool's lock alone. */
	private static final byte GUARDED = 0;

	/** It is armed, and whoever postpones it or takes it back needs no lock. */
	private static final byte FREE = 1;

	/** A thread looks whether it may put another time, and may write that. */
	private static final byte POSTPONING = 2;

	/** It was taken back while it was free, and stands in its queue. */
	private static final byte STALE = 3;

	private static final VarHandle ACCESS;

	private static final VarHandle DUE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			ACCESS = lookup.findVarHandle(TimerAlarm.class, "access", byte.class);
			DUE = lookup.findVarHandle(TimerAlarm.class, "due", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * Who may change it:
	 *
	 * <pre>
	 * GUARDED     -> FREE        set, where it is armed then; the alarm thread, where it has
	 *                            added again what was postponed (pool lock)
	 * FREE, STALE -> POSTPONING  set (no lock)
	 * POSTPONING  -> FREE        the same thread, which has written its time (no lock)
	 * POSTPONING  -> FREE or STALE, as before   the same thread, which has not (no lock)
	 * FREE        -> STALE       unset (no lock)
	 * FREE, STALE -> GUARDED     whoever sets it, disarms it or lets it expire; where it is
	 *                            stale, the alarm thread that files it anew (pool lock)
	 * </pre>
	 */
	private volatile byte access;

	/**
	 * Whether it expired while its callback was running, which it must not overlap. Pool
	 * lock.
	 */
	private boolean expiryHeld;

	/** Where it stands in its queue. Pool lock. */
	private int place = NOWHERE;

	/**
	 * When it is due, while it is armed. Written by who guards or postpones it. It is
	 * read also under the pool's lock while it is free, to add it again: whether that
	 * finds the time before or after, it is whole, and no later than the timer is due.
	 */
	@SuppressWarnings("UnusedVariable") // DUE reads and writes it
	private long due;

	/** Pool lock. */
	private @Nullable Alarm previousAlarm;

	/** Pool lock. */
	private @Nullable Alarm nextAlarm;

	TimerAlarm(CallbackEnvironment environment, @Nullable Object context, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
	}

	// Without a lock.

	/**
	 * Sets it to a later time, or the same, where it is free and its group does not
	 * refuse what comes from outside. The alarm thread need not know: it comes upon this
	 * timer before.
	 * @return false where nothing was done
	 */
	final boolean postpone(long until) {
		byte before = this.access;
		if ((before != FREE && before != STALE) || !ACCESS.compareAndSet(this, before, POSTPONING)) {
			return false;
		}
		// In here, so that no other command to it comes between the question and the
		// answer.
		boolean postpones = until - due() >= 0 && !lane().generation.isRefusing();
		if (postpones) {
			due(until);
		}
		ACCESS.setRelease(this, postpones ? FREE : before);
		return postpones;
	}

	/**
	 * {@inheritDoc}
	 *
	 * <p>
	 * To take back a timer that expires once, by a {@link java.time.Duration} of an hour
	 * or less, needs no lock of the pool, unless something of it was queued or running
	 * when it was set. It stays among the alarms of the pool then, until it was due at
	 * most, and so does the thread that looks after them; closing the timer, or its
	 * group, takes it out.
	 */
	@Override
	public Disarm unset() {
		if (this.access == FREE && ACCESS.compareAndSet(this, FREE, STALE)) {
			return Disarm.PREVENTED;
		}
		return super.unset();
	}

	// The rest is guarded by the pool's lock.

	@Override
	final boolean guard() {
		byte before = settledAccess();
		while (before != GUARDED && !ACCESS.compareAndSet(this, before, GUARDED)) {
			before = settledAccess();
		}
		if (before == STALE) {
			disarmGuarded();
		}
		return before != STALE;
	}

	@Override
	final boolean removeIfStale() {
		// In one step: whoever sets it may make it free at any moment.
		boolean wasStale = settledAccess() == STALE && ACCESS.compareAndSet(this, STALE, GUARDED);
		if (wasStale) {
			disarmGuarded();
		}
		return wasStale;
	}

	@Override
	final void free() {
		// While a periodic one is armed, something of it may be queued.
		if (rhythm() == null && !isOnWallClock() && isOver()) {
			ACCESS.setRelease(this, FREE);
		}
	}

	/** Whether it is at this moment; whoever sets it may change that. */
	private boolean isStale() {
		return settledAccess() == STALE;
	}

	/** Who may change it, once nobody is postponing it. */
	private byte settledAccess() {
		byte now = this.access;
		for (int i = 0; now == POSTPONING; i++) {
			SpinWait.pause(i);
			now = this.access;
		}
		return now;
	}

	@Override
	final void disarm(List<Runnable> unlocked) {
		guard();
		disarmGuarded();
	}

	private void disarmGuarded() {
		setNow(false);
		this.expiryHeld = false;
		lane().dispatcher.armed().disarmAlarm(this);
		countArmed();
	}

	@Override
	final boolean isSetNow() {
		return super.isSetNow() && !isStale();
	}

	@Override
	final boolean isArmedNow() {
		return (isFiled() && !isStale()) || this.expiryHeld;
	}

	@Override
	final boolean countsAsArmed() {
		return isFiled() || this.expiryHeld;
	}

	/**
	 * Whether setting it so can leave it where it stands: it has no window, before or
	 * after, and stays on its clock.
	 */
	final boolean canMoveTo(boolean onWallClock, @Nullable Rhythm with) {
		return isOnWallClock() == onWallClock && windowNanos() == 0 && (with == null || with.windowNanos == 0);
	}

	final void setTo(boolean onWallClock, @Nullable Rhythm with) {
		setNow(true);
		onWallClock(onWallClock);
		this.expiryHeld = false;
		rhythm(with);
	}

	@Override
	final @Nullable Runnable expire(long was, long now) {
		Runnable armed = null;
		Rhythm rhythm = rhythm();
		if (rhythm != null) {
			long period = rhythm.periodNanos;
			long next = isOnWallClock() ? now + period : was + period;
			onWallClock(false);
			// What was missed meanwhile is made up for by this one.
			armed = lane().dispatcher.armed().armAgain(this, (next - now > 0) ? next : now + period);
		}
		if (running() > 0) {
			this.expiryHeld = true;
		}
		else if (pending() == 0) {
			lane().dispatcher.expired(this, now);
		}
		countArmed();
		return armed;
	}

	@Override
	final boolean takeHeldExpiry() {
		if (!this.expiryHeld || running() > 0) {
			return false;
		}
		this.expiryHeld = false;
		countArmed();
		return pending() == 0;
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

	@Override
	final int latestIndex() {
		Rhythm rhythm = rhythm();
		return (rhythm != null) ? rhythm.latestIndex : NOWHERE;
	}

	@Override
	final void latestIndex(int index) {
		Rhythm rhythm = rhythm();
		if (rhythm != null) {
			rhythm.latestIndex = index;
		}
	}

	@Override
	final long windowNanos() {
		Rhythm rhythm = rhythm();
		return (rhythm != null) ? rhythm.windowNanos : 0;
	}

}
