package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A member whose callback is queued when a {@link Signal} comes, or a time has passed
 * without it (PTP_WAIT). Get one from {@link CallbackEnvironment#newWait(WaitCallback)}.
 * No thread waits for it: any number may be set at the same time (R75).
 *
 * <p>
 * A new wait is not set. Each time it is set gives at most one callback (R66): then it
 * has to be set again, which its callback may do at its very beginning, before it has
 * ended (R81). Setting it replaces what it was set to; what is queued stays queued.
 *
 * <p>
 * The signal is consumed when the callback is queued (R68), and given back if the
 * callback is dropped before it starts, however that comes about.
 *
 * @since 0.1.0
 */
public final class Wait extends ArmableObject implements Member {

	private final WaitCallback callback;

	/** Pool lock. */
	private int lastQueuedAfter;

	/** What it is armed with, null while it is not. Pool lock. */
	private @Nullable Arming armed;

	/**
	 * The last of the activations that are pending, linked to each other in a ring. Pool
	 * lock.
	 */
	private @Nullable Arming lastActivation;

	Wait(CallbackEnvironment environment, @Nullable Object context, WaitCallback callback, Lane lane,
			long joinedNanos) {
		super(environment, context, lane, joinedNanos);
		this.callback = callback;
	}

	/**
	 * Waits for a signal without end (SetThreadpoolWait).
	 * @param signal what to wait for; where it is present already, it is consumed at once
	 * @throws MemberClosedException if this wait is closed, or its group's members are
	 * closed or being closed, also from inside
	 * @throws PoolClosedException if the pool is closed
	 * @throws GroupClosedException if the group refuses what comes from outside
	 */
	public void set(Signal signal) {
		arm(new Arming(this, requireSignal(signal)));
	}

	/**
	 * Waits for a signal for so long.
	 * @param signal what to wait for
	 * @param timeout from now, monotonic; zero or more. With zero a signal that is
	 * present wins (V7)
	 * @throws IllegalArgumentException if the time-out is negative
	 * @throws MemberClosedException as {@link #set(Signal)}
	 * @throws PoolClosedException as {@link #set(Signal)}
	 * @throws GroupClosedException as {@link #set(Signal)}
	 */
	public void set(Signal signal, Duration timeout) {
		long nanos = Arguments.nanos(Arguments.requireNotNegative(timeout, "timeout", this));
		Arming arming = new Arming(this, requireSignal(signal));
		arming.timeout = new WaitTimeout(arming, lane().dispatcher.time.nanoTime() + nanos, false);
		arm(arming);
	}

	/**
	 * Waits for a signal until a time of the wall clock.
	 * @param signal what to wait for
	 * @param timeout when to stop; a past time is a time-out at once, unless the signal
	 * is present
	 * @throws MemberClosedException as {@link #set(Signal)}
	 * @throws PoolClosedException as {@link #set(Signal)}
	 * @throws GroupClosedException as {@link #set(Signal)}
	 */
	public void set(Signal signal, Instant timeout) {
		long due = AlarmClock.nanosOf(Objects.requireNonNull(timeout, "timeout"));
		Arming arming = new Arming(this, requireSignal(signal));
		arming.timeout = new WaitTimeout(arming, due, true);
		arm(arming);
	}

	private static Signal requireSignal(Signal signal) {
		return Objects.requireNonNull(signal, "signal");
	}

	private void arm(Arming arming) {
		Admission.require(this, "set", (inside) -> arming.signal.arm(arming, inside));
	}

	@Override
	MemberKind memberKind() {
		return MemberKind.WAIT;
	}

	@Override
	void invoke(RunningCallback execution, CallbackInstance instance) throws Exception {
		Arming activation = (Arming) Objects.requireNonNull(execution.activation(), "activation");
		this.callback.run(instance, activation.result());
	}

	// The rest is guarded by the pool's lock.

	@Override
	int lastQueuedAfter() {
		return this.lastQueuedAfter;
	}

	@Override
	void lastQueuedAfter(int units) {
		this.lastQueuedAfter = units;
	}

	@Override
	boolean isArmedNow() {
		return this.armed != null;
	}

	void setTo(Arming arming) {
		setNow(true);
		this.armed = arming;
		countArmed();
	}

	boolean isArmedBy(Arming arming) {
		return this.armed == arming;
	}

	/** It is armed no longer: its callback will be queued. */
	void activate(WaitResult result) {
		Arming activation = Objects.requireNonNull(this.armed, "armed");
		this.armed = null;
		countArmed();
		activation.result(result);
		if (this.lastActivation == null) {
			activation.nextActivation = activation;
		}
		else {
			activation.nextActivation = this.lastActivation.nextActivation;
			this.lastActivation.nextActivation = activation;
		}
		this.lastActivation = activation;
	}

	@Override
	@Nullable Object takeActivation() {
		Arming last = this.lastActivation;
		Arming first = (last != null) ? last.nextActivation : null;
		if (last == null || first == null) {
			return null;
		}
		last.nextActivation = first.nextActivation;
		first.nextActivation = null;
		if (first == last) {
			this.lastActivation = null;
		}
		return first;
	}

	@Override
	void dropActivations(List<Runnable> unlocked) {
		for (Object dropped = takeActivation(); dropped instanceof Arming arming; dropped = takeActivation()) {
			if (arming.result() == WaitResult.SIGNALED) {
				unlocked.add(arming.signal::giveBack);
			}
		}
	}

	@Override
	void disarm(List<Runnable> unlocked) {
		setNow(false);
		Arming disarmed = this.armed;
		if (disarmed != null) {
			this.armed = null;
			countArmed();
			if (disarmed.timeout != null) {
				lane().dispatcher.armed().disarmAlarm(disarmed.timeout);
			}
			unlocked.add(() -> disarmed.signal.forget(disarmed));
		}
	}

}
