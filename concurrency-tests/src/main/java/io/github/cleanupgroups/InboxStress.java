package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Submitters put one-offs into an open inbox without the pool's lock; who takes the lock
 * to look, to decide or to work empties it: nothing is lost, nothing comes in after it
 * was shut. In each test one one-off is queued, so that the inbox is open.
 */
public class InboxStress {

	/** Two submitters and the worker, which may find the lane empty in between. */
	@JCStressTest
	@Outcome(id = "5, 5", expect = Expect.ACCEPTABLE, desc = "all ran, and were counted")
	@State
	public static class TakeAgainstEnter {

		private final Opened opened = new Opened();

		@Actor
		public void submit() {
			this.opened.submit();
			this.opened.submit();
		}

		@Actor
		public void submitToo() {
			this.opened.submit();
			this.opened.submit();
		}

		@Actor
		public void work() {
			this.opened.driven.work();
		}

		@Arbiter
		public void after(II_Result r) {
			this.opened.driven.work();
			r.r1 = this.opened.ran.get();
			r.r2 = (int) this.opened.driven.pool.stats().completedCallbacks();
		}

	}

	/** Whoever has submitted finds it in the counters, whoever else looks meanwhile. */
	@JCStressTest
	@Outcome(id = "2, [123], 3", expect = Expect.ACCEPTABLE, desc = "own submissions are seen")
	@Outcome(id = "3, [123], 3", expect = Expect.ACCEPTABLE, desc = "and the other's")
	@State
	public static class LookAgainstEnter {

		private final Opened opened = new Opened();

		@Actor
		public void submit(III_Result r) {
			this.opened.submit();
			r.r1 = (int) this.opened.driven.group.memberCounts().pendingCallbacks();
		}

		@Actor
		public void submitToo() {
			this.opened.submit();
		}

		@Actor
		public void look(III_Result r) {
			r.r2 = (int) this.opened.driven.pool.stats().pendingCallbacks();
		}

		@Arbiter
		public void after(III_Result r) {
			r.r3 = (int) this.opened.driven.group.memberCounts().pendingCallbacks();
		}

	}

	/** What was accepted is known to the close. */
	@JCStressTest
	@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "accepted, and cancelled by the close")
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "refused")
	@State
	public static class CloseAgainstEnter {

		private final Opened opened = new Opened();

		@Actor
		public void submit(II_Result r) {
			r.r1 = this.opened.submit() ? 1 : 0;
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.opened.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

	}

	/** What comes after a group has begun to refuse is refused, also without the lock. */
	@JCStressTest
	@Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "came before")
	@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "refused")
	@State
	public static class RefuseAgainstEnter {

		private final Opened opened = new Opened();

		private int whenRefusing;

		@Actor
		public void submit(III_Result r) {
			r.r1 = this.opened.submit() ? 1 : 0;
		}

		@Actor
		public void refuse(III_Result r) {
			this.opened.driven.group.refuse();
			this.whenRefusing = (int) this.opened.driven.group.memberCounts().pendingCallbacks();
			r.r2 = this.whenRefusing;
		}

		@Arbiter
		public void after(III_Result r) {
			r.r3 = (int) this.opened.driven.group.memberCounts().pendingCallbacks() - this.whenRefusing;
		}

	}

	/** What enters another group under the lock shuts the inbox; all of it runs. */
	@JCStressTest
	@Outcome(id = "4, 4", expect = Expect.ACCEPTABLE, desc = "all ran, and were counted")
	@State
	public static class OtherGroupAgainstEnter {

		private final Opened opened = new Opened();

		private final CallbackEnvironment other = this.opened.driven.environment(CleanupGroup.create("other"));

		@Actor
		public void submit() {
			this.opened.submit();
			this.opened.submit();
		}

		@Actor
		public void enter() {
			this.other.trySubmit((instance) -> this.opened.ran.incrementAndGet());
			this.opened.driven.work();
		}

		@Arbiter
		public void after(II_Result r) {
			this.opened.driven.work();
			r.r1 = this.opened.ran.get();
			r.r2 = (int) this.opened.driven.pool.stats().completedCallbacks();
		}

	}

	/** A pool in which one one-off is queued. */
	private static final class Opened {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven.environment();

		private final AtomicInteger ran = new AtomicInteger();

		Opened() {
			submit();
		}

		boolean submit() {
			return this.environment.trySubmit((instance) -> this.ran.incrementAndGet());
		}

	}

}
