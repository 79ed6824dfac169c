package io.github.cleanupgroups;

import java.util.concurrent.RejectedExecutionException;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Whoever enters a group while it is sealed is wholly in the close or wholly outside.
 */
public class EnterAgainstSealStress {

	/** A one-off that was accepted is known to the close. */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "accepted, and cancelled by the close")
	@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
	@State
	public static class OneOffAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven.environment();

		@Actor
		public void submit(II_Result r) {
			r.r1 = this.environment.trySubmit((instance) -> {
			}) ? 1 : 0;
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending()).cancelledCallbacks();
		}

	}

	/** Where the group lives on, a one-off is in this generation or in the next. */
	@JCStressTest
	@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "in the generation that was closed")
	@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "in the next")
	@State
	public static class OneOffAgainstCloseMembers {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven.environment();

		@Actor
		public void submit(III_Result r) {
			r.r1 = this.environment.trySubmit((instance) -> {
			}) ? 1 : 0;
		}

		@Actor
		public void close(III_Result r) {
			r.r2 = (int) HandDrivenPool.closeMembers(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

		@Arbiter
		public void look(III_Result r) {
			r.r3 = (int) this.driven.group.memberCounts().pendingCallbacks();
		}

	}

	/** A submission of an object that was accepted is known to the close. */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "accepted, and cancelled by the close")
	@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
	@State
	public static class SubmissionAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final Work work = this.driven.environment().newWork((instance) -> {
		});

		@Actor
		public void submit(II_Result r) {
			try {
				this.work.submit();
				r.r1 = 1;
			}
			catch (RejectedExecutionException ex) {
				r.r1 = 0;
			}
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = (int) HandDrivenPool.closeMembers(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

	}

	/** An object is in the close, or its creation is refused. */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "created, and closed")
	@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
	@State
	public static class CreationAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final CallbackEnvironment environment = this.driven.environment();

		@Actor
		public void create(II_Result r) {
			try {
				this.environment.newWork((instance) -> {
				});
				r.r1 = 1;
			}
			catch (RejectedExecutionException ex) {
				r.r1 = 0;
			}
		}

		@Actor
		public void close(II_Result r) {
			r.r2 = HandDrivenPool.close(this.driven.group, CloseOptions.awaitPending()).closedMembers();
		}

	}

	/** A wait that was set is disarmed by the close: its signal stays. */
	@JCStressTest
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the permit is there afterwards, and nothing is queued")
	@State
	public static class SettingAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final Signal semaphore = Signal.semaphore(0);

		private final Wait wait = this.driven.environment().newWait((instance, result) -> {
		});

		@Actor
		public void set() {
			try {
				this.wait.set(this.semaphore);
			}
			catch (MemberClosedException ex) {
				// the close came first
			}
		}

		@Actor
		public void close() {
			HandDrivenPool.close(this.driven.group, CloseOptions.awaitPending());
		}

		@Arbiter
		public void look(II_Result r) {
			this.semaphore.signal();
			r.r1 = (int) this.driven.pool.stats().pendingCallbacks();
			r.r2 = this.semaphore.tryConsume() ? 1 : 0;
		}

	}

	/**
	 * Of two closers both get the outcome, or one of them finds nothing left to close.
	 */
	@JCStressTest
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one joined the other's close")
	@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "one came after the other")
	@State
	public static class CloseAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		public CloseAgainstClose() {
			this.driven.environment().trySubmit((instance) -> {
			});
		}

		@Actor
		public void one(II_Result r) {
			r.r1 = (int) HandDrivenPool.closeMembers(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

		@Actor
		public void other(II_Result r) {
			r.r2 = (int) HandDrivenPool.closeMembers(this.driven.group, CloseOptions.cancelPending())
				.cancelledCallbacks();
		}

	}

}
