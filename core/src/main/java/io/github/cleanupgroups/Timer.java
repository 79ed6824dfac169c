package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A member whose callback is queued when a time has come, once or again and again
 * (PTP_TIMER). Get one from {@link CallbackEnvironment#newTimer(Callback)}.
 *
 * <p>
 * A new timer is not set (R46). Setting it replaces whatever it was set to, but takes
 * back nothing that is queued (R51). A {@link Duration} counts monotonic time, an
 * {@link Instant} is one of the wall clock (R47): where that clock is set, the timer
 * follows, within a second. Nothing is ever early; how late it may be is up to the load
 * and to the window (R59).
 *
 * <p>
 * A periodic timer keeps its rate whatever its callbacks take (R54): they do not overlap,
 * at most one is queued, and however many expiries were missed meanwhile, one makes up
 * for them. After an absolute first time the periods count from the first expiry (R56). A
 * callback may set its own timer anew (R65).
 *
 * <p>
 * Closing a timer, or its group, disarms it; an armed timer is never waited for (R60,
 * R122). Setting and taking back cost a logarithm of what is armed in the pool.
 *
 * @since 0.1.0
 */
public final class Timer extends ArmableObject implements Member {

	private final Callback callback;

	/** Pool lock. */
	private int latestIndex = -1;

	/** Zero for once. Pool lock. */
	private long periodNanos;

	/** Pool lock. */
	private long windowNanos;

	/**
	 * Whether it expired while its callback was running, which it must not overlap. Pool
	 * lock.
	 */
	private boolean expiryHeld;

	Timer(CallbackEnvironment environment, @Nullable Object context, Callback callback, Lane lane, long joinedNanos) {
		super(environment, context, lane, joinedNanos);
		this.callback = callback;
	}

	/**
	 * Sets it to expire once (SetThreadpoolTimer with a negative due time).
	 * @param due from now; zero expires at once (R48)
	 * @throws IllegalArgumentException if the due time is negative
	 * @throws MemberClosedException if this timer is closed, or its group's members are
	 * closed or being closed, also from inside
	 * @throws PoolClosedException if the pool is closed
	 * @throws GroupClosedException if the group refuses what comes from outside
	 */
	public void set(Duration due) {
		set(new Schedule(requireDue(due), 0, 0));
	}

	/**
	 * Sets it to expire again and again.
	 * @param due from now to the first expiry; zero expires at once
	 * @param period from then on from due time to due time; positive
	 * @throws IllegalArgumentException if the due time is negative or the period not
	 * positive
	 * @throws MemberClosedException as {@link #set(Duration)}
	 * @throws PoolClosedException as {@link #set(Duration)}
	 * @throws GroupClosedException as {@link #set(Duration)}
	 */
	public void set(Duration due, Duration period) {
		set(due, period, Duration.ZERO);
	}

	/**
	 * As {@link #set(Duration, Duration)}, with a tolerance: an expiry may be late by as
	 * much as the window, if it then shares a wake-up with others of the pool
	 * ({@code msWindowLength}, R59).
	 * @param due from now to the first expiry; zero expires at once
	 * @param period from then on from due time to due time; positive
	 * @param window zero or more
	 * @throws IllegalArgumentException if the due time or the window is negative, or the
	 * period not positive
	 * @throws MemberClosedException as {@link #set(Duration)}
	 * @throws PoolClosedException as {@link #set(Duration)}
	 * @throws GroupClosedException as {@link #set(Duration)}
	 */
	public void set(Duration due, Duration period, Duration window) {
		set(new Schedule(requireDue(due), requirePeriod(period), requireWindow(window)));
	}

	/**
	 * Sets it to expire once, at a time of the wall clock (SetThreadpoolTimer with a
	 * positive due time).
	 * @param due a past time expires at once (R50)
	 * @throws MemberClosedException as {@link #set(Duration)}
	 * @throws PoolClosedException as {@link #set(Duration)}
	 * @throws GroupClosedException as {@link #set(Duration)}
	 */
	public void set(Instant due) {
		set(new Schedule(DueTime.at(Objects.requireNonNull(due, "due")), 0, 0));
	}

	/**
	 * Sets it to expire at a time of the wall clock, and again and again from then on.
	 * @param due the first expiry; a past time expires at once
	 * @param period of monotonic time, from the first expiry on; positive
	 * @throws IllegalArgumentException if the period is not positive
	 * @throws MemberClosedException as {@link #set(Duration)}
	 * @throws PoolClosedException as {@link #set(Duration)}
	 * @throws GroupClosedException as {@link #set(Duration)}
	 */
	public void set(Instant due, Duration period) {
		set(due, period, Duration.ZERO);
	}

	/**
	 * As {@link #set(Instant, Duration)}, with a tolerance.
	 * @param due the first expiry; a past time expires at once
	 * @param period of monotonic time, from the first expiry on; positive
	 * @param window zero or more
	 * @throws IllegalArgumentException if the period is not positive or the window
	 * negative
	 * @throws MemberClosedException as {@link #set(Duration)}
	 * @throws PoolClosedException as {@link #set(Duration)}
	 * @throws GroupClosedException as {@link #set(Duration)}
	 */
	public void set(Instant due, Duration period, Duration window) {
		set(new Schedule(DueTime.at(Objects.requireNonNull(due, "due")), requirePeriod(period), requireWindow(window)));
	}

	private void set(Schedule schedule) {
		Admission.require(this, "set", (inside) -> lane().dispatcher.set(this, schedule, inside));
	}

	private DueTime requireDue(Duration due) {
		return DueTime.in(Arguments.nanos(Arguments.requireNotNegative(due, "due", this)));
	}

	private long requirePeriod(Duration period) {
		return Arguments.nanos(Arguments.requirePositive(period, "period", this));
	}

	private long requireWindow(Duration window) {
		return Arguments.nanos(Arguments.requireNotNegative(window, "window", this));
	}

	/**
	 * Whether the last command set it (IsThreadpoolTimerSet, R52).
	 * @return true also after a one-shot has expired; false where it was never set, was
	 * taken back, or it, its group's members or its pool were closed
	 */
	public boolean isSet() {
		return lane().dispatcher.inspect(() -> this.set && !isDisarmedForGood());
	}

	/**
	 * Whether it will expire (F17).
	 * @return false where it is not set, or was set to expire once and has
	 */
	public boolean isArmed() {
		return lane().dispatcher.inspect(this::isArmedNow);
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.TIMER;
	}

	@Override
	void invoke(RunningCallback execution) throws Exception {
		this.callback.run(execution);
	}

	// The rest is guarded by the pool's lock.

	@Override
	boolean isArmedNow() {
		return heapIndex() >= 0 || this.expiryHeld;
	}

	void setTo(Schedule schedule) {
		this.set = true;
		this.expiryHeld = false;
		this.onWallClock = schedule.due.isOnWallClock();
		this.periodNanos = schedule.periodNanos;
		this.windowNanos = schedule.windowNanos;
	}

	@Override
	void disarm(List<Runnable> unlocked) {
		this.set = false;
		this.expiryHeld = false;
		lane().dispatcher.disarmAlarm(this);
		countArmed();
	}

	@Override
	@Nullable Runnable expire(long due, long now) {
		Runnable armed = null;
		if (this.periodNanos > 0) {
			long next = this.onWallClock ? now + this.periodNanos : due + this.periodNanos;
			this.onWallClock = false;
			// What was missed meanwhile is made up for by this one.
			armed = lane().dispatcher.armAgain(this, (next - now > 0) ? next : now + this.periodNanos);
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
	boolean takeHeldExpiry() {
		boolean due = this.expiryHeld && running() == 0;
		this.expiryHeld = this.expiryHeld && !due;
		countArmed();
		return due && pending() == 0;
	}

	@Override
	int latestIndex() {
		return this.latestIndex;
	}

	@Override
	void latestIndex(int index) {
		this.latestIndex = index;
	}

	@Override
	long windowNanos() {
		return this.windowNanos;
	}

	/**
	 * What a timer is set to.
	 *
	 * @param due the first expiry
	 * @param periodNanos zero for once
	 * @param windowNanos how late it may be
	 */
	record Schedule(DueTime due, long periodNanos, long windowNanos) {
	}

}
