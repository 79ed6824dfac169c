package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
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
 * R122).
 *
 * <p>
 * Setting and taking back cost the same however much is armed in the pool. A timer that
 * was set to expire once, by a {@link Duration} of an hour or less, while nothing of it
 * was queued or running, is taken back or set to a later time without the pool's lock.
 *
 * @since 0.1.0
 */
public final class Timer extends TimerAlarm implements Member {

	private final Callback callback;

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
		setIn(due, null);
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
		setIn(due, rhythm(period, window));
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
		setAt(due, null);
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
		setAt(due, rhythm(period, window));
	}

	private void setIn(Duration due, @Nullable Rhythm with) {
		set(Arguments.nanos(Arguments.requireNotNegative(due, "due", this)), false, with);
	}

	private void setAt(Instant due, @Nullable Rhythm with) {
		set(AlarmClock.nanosOf(Objects.requireNonNull(due, "due")), true, with);
	}

	private void set(long when, boolean onWallClock, @Nullable Rhythm with) {
		ArmedMembers armed = lane().dispatcher.armed();
		if (armed.set(this, when, onWallClock, with, false) != Admitted.ENTERED) {
			Admission.require(this, "set", (inside) -> armed.set(this, when, onWallClock, with, inside));
		}
	}

	private Rhythm rhythm(Duration period, Duration window) {
		return new Rhythm(Arguments.nanos(Arguments.requirePositive(period, "period", this)),
				Arguments.nanos(Arguments.requireNotNegative(window, "window", this)));
	}

	/**
	 * Whether the last command set it (IsThreadpoolTimerSet, R52).
	 * @return true also after a one-shot has expired; false where it was never set, was
	 * taken back, or it, its group's members or its pool were closed
	 */
	public boolean isSet() {
		return lane().dispatcher.inspect(() -> isSetNow() && !isDisarmedForGood());
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
	void invoke(RunningCallback execution, CallbackInstance instance) throws Exception {
		this.callback.run(instance);
	}

}
