package io.github.cleanupgroups;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * An operation that was announced has one end, whatever races with it.
 */
public class OperationEndStress {

	/** It is completed or withdrawn; the second is told so. */
	@JCStressTest
	@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "one end")
	@State
	public static class CompletionAgainstWithdrawal {

		private final IoOperation<Integer> operation = new HandDrivenPool().environment()
			.<Integer>newIo((instance, result) -> {
			})
			.start();

		@Actor
		public void complete(II_Result r) {
			r.r1 = ended(() -> this.operation.completed(1, null));
		}

		@Actor
		public void withdraw(II_Result r) {
			r.r2 = ended(this.operation::withdraw);
		}

		private static int ended(Runnable end) {
			try {
				end.run();
				return 1;
			}
			catch (IllegalStateException ex) {
				return 0;
			}
		}

	}

	/** Its callback runs, or a close has dropped it and counted it; it is released. */
	@JCStressTest
	@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "it ran")
	@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "it was dropped or forgotten")
	@State
	public static class CompletionAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final AtomicInteger ran = new AtomicInteger();

		private final Io<Integer> io = this.driven.environment()
			.newIo((instance, result) -> this.ran.incrementAndGet());

		private final IoOperation<Integer> operation = this.io.start();

		@Actor
		public void complete() {
			this.operation.completed(1, null);
			this.driven.work();
		}

		@Actor
		public void close(III_Result r) {
			r.r2 = (int) HandDrivenPool.close(this.driven.group, CloseOptions.cancelPending()).cancelledCallbacks();
		}

		@Arbiter
		public void look(III_Result r) {
			r.r1 = this.ran.get();
			r.r3 = this.io.released().isDone() ? 1 : 0;
		}

	}

	/** A close that awaits is released by a withdrawal. */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "released; nothing ran")
	@State
	public static class WithdrawalAgainstClose {

		private final HandDrivenPool driven = new HandDrivenPool();

		private final IoOperation<Integer> operation = this.driven.environment().<Integer>newIo((instance, result) -> {
		}).start();

		@Actor
		public void withdraw() {
			this.operation.withdraw();
		}

		@Actor
		public void close(II_Result r) {
			CloseReport report = HandDrivenPool.close(this.driven.group, CloseOptions.awaitPending());
			r.r1 = report.closedMembers();
			r.r2 = (int) report.completedCallbacks();
		}

	}

}
