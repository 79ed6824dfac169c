package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A timer that is taken back or postponed without the pool's lock, against who holds
 * that.
 */
public class FreeTimerStress {

	/** Pairs {@code TimerAlarm.unset} with {@code TimerAlarm.guard}. */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "prevented")
	@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "dequeued")
	@Outcome(id = "3, 1", expect = Expect.ACCEPTABLE, desc = "too late: it ran")
	@State
	public static class DisarmAgainstExpiry {

		private final OneTimer one = OneTimer.due();

		@Actor
		public void unset(II_Result r) {
			r.r1 = this.one.timer.unset().ordinal();
		}

		@Actor
		public void expire() {
			this.one.expire();
		}

		@Arbiter
		public void look(II_Result r) {
			this.one.expire();
			r.r2 = this.one.runs.get();
		}

	}

	/**
	 * Pairs the time that {@code TimerAlarm.postpone} has written with who guards the
	 * timer to let it expire.
	 */
	@JCStressTest
	@Outcome(id = { "true, false", "true, true" }, expect = Expect.ACCEPTABLE, desc = "armed; it had expired or not")
	@State
	public static class PostponeAgainstExpiry {

		private final OneTimer one = OneTimer.due();

		@Actor
		public void set() {
			this.one.timer.set(Duration.ofMinutes(30));
		}

		@Actor
		public void expire() {
			this.one.expire();
		}

		@Arbiter
		public void look(ZZ_Result r) {
			this.one.expire();
			r.r1 = this.one.timer.isArmed();
			r.r2 = this.one.runs.get() == 1;
		}

	}

	/** Each finds what the other has left. */
	@JCStressTest
	@Outcome(id = { "1, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "taken back last, or set last")
	@State
	public static class PostponeAgainstDisarm {

		private final OneTimer one = new OneTimer(Duration.ofMinutes(30));

		@Actor
		public void set() {
			this.one.timer.set(Duration.ofHours(1));
		}

		@Actor
		public void unset(II_Result r) {
			r.r1 = this.one.timer.unset().ordinal();
		}

		@Arbiter
		public void look(II_Result r) {
			r.r2 = this.one.timer.isArmed() ? 1 : 0;
		}

	}

	/** What a close has disarmed is not armed again, nor does it stand anywhere. */
	@JCStressTest
	@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "disarmed, and nothing is left")
	@State
	public static class PostponeAgainstClose {

		private final OneTimer one = new OneTimer(Duration.ofMinutes(30));

		@Actor
		public void set() {
			try {
				this.one.timer.unset();
				this.one.timer.set(Duration.ofHours(1));
			}
			catch (RejectedExecutionException ex) {
				// The close came first.
			}
		}

		@Actor
		public void close() {
			HandDrivenPool.closeMembers(this.one.driven.group, CloseOptions.awaitPending());
		}

		@Arbiter
		public void look(ZZ_Result r) {
			r.r1 = this.one.timer.isArmed();
			Dispatcher dispatcher = this.one.driven.pool.dispatcher();
			r.r2 = dispatcher.inspect(() -> dispatcher.armed().alarms().filed() > 0);
		}

	}

	/**
	 * The alarm thread finds a stale timer in the very moment in which it is set anew.
	 */
	@JCStressTest
	@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "set and armed")
	@State
	public static class SetAgainstBeginningSlot {

		private final OneTimer one = new OneTimer(Duration.ofMillis(100));

		public SetAgainstBeginningSlot() {
			this.one.timer.unset();
			this.one.time.moveTo(Duration.ofMillis(97).toNanos());
		}

		@Actor
		public void set() {
			this.one.timer.set(Duration.ofMillis(500));
		}

		@Actor
		public void expire() {
			this.one.expire();
		}

		@Arbiter
		public void look(ZZ_Result r) {
			r.r1 = this.one.timer.isSet();
			r.r2 = this.one.timer.isArmed();
		}

	}

	/** One command needs the lock, the other does not. */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "due at the one time or the other, and once")
	@State
	public static class EarlierAgainstPostpone {

		private final OneTimer one = new OneTimer(Duration.ofMinutes(30));

		@Actor
		public void setEarlier() {
			this.one.timer.set(Duration.ofMinutes(10));
		}

		@Actor
		public void setLater() {
			this.one.timer.set(Duration.ofHours(1));
		}

		@Arbiter
		public void look(II_Result r) {
			r.r1 = this.one.runsUntil(Duration.ofMinutes(10));
			r.r2 = this.one.runsUntil(Duration.ofHours(1)) - r.r1;
		}

	}

	/** Who sees that it is closed sees that nothing is set. */
	@JCStressTest
	@Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "not closed yet")
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "closed: not set, and refused")
	@State
	public static class CommandsAfterClose {

		private final OneTimer one = new OneTimer(Duration.ofMinutes(30));

		@Actor
		public void close() {
			HandDrivenPool.closeMembers(this.one.driven.group, CloseOptions.awaitPending());
		}

		@Actor
		public void command(II_Result r) {
			if (!this.one.timer.isClosed()) {
				r.r1 = -1;
				return;
			}
			r.r1 = this.one.timer.unset().ordinal();
			try {
				this.one.timer.set(Duration.ofHours(1));
			}
			catch (RejectedExecutionException ex) {
				r.r2 = 1;
			}
		}

	}

	/** A timer that is armed, in a pool whose alarm thread is an actor. */
	private static final class OneTimer {

		final StoppedTime time = new StoppedTime();

		final HandDrivenPool driven = new HandDrivenPool(this.time);

		final AtomicInteger runs = new AtomicInteger();

		final Timer timer = this.driven.environment().newTimer((instance) -> this.runs.incrementAndGet());

		OneTimer(Duration due) {
			this.timer.set(due);
		}

		/** One that is due, and armed still. */
		static OneTimer due() {
			OneTimer one = new OneTimer(Duration.ofNanos(1));
			one.time.moveTo(1);
			return one;
		}

		/** What the alarm thread does each time it looks, and the worker after it. */
		long expire() {
			List<Runnable> unlocked = new ArrayList<>();
			long nanos = this.driven.pool.dispatcher().armed().expire(unlocked);
			unlocked.forEach(Runnable::run);
			this.driven.work();
			return nanos;
		}

		int runsUntil(Duration sinceTheStart) {
			this.time.moveTo(sinceTheStart.toNanos());
			long nanos = expire();
			while (nanos == 0) {
				nanos = expire();
			}
			return this.runs.get();
		}

	}

}
