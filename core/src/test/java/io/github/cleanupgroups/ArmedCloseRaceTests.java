package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random schedules of several threads that create, arm, signal, take back, await and
 * close timers and waits while their group is closed: what must hold whatever happens
 * (P1-P6 of timers and waits).
 */
@Timeout(300)
class ArmedCloseRaceTests {

	private static final int SEEDS = 2_000;

	private static final int ACTORS = 3;

	private static final int STEPS = 40;

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(3);

	private final CleanupGroup group = this.engine.group("mail");

	@Test
	void membersUsedByManyThreads_whileTheirGroupCloses_keepAllPromises() throws Exception {
		for (long seed = 1; seed <= SEEDS; seed++) {
			try {
				new Round(seed).run();
			}
			catch (AssertionError ex) {
				throw new AssertionError("seed " + seed, ex);
			}
		}
	}

	private final class Round {

		private final Random random;

		private final boolean cancels;

		private final Signal permits = Signal.semaphore(0);

		private final AtomicInteger signalled = new AtomicInteger();

		private final AtomicInteger consumed = new AtomicInteger();

		private final ConcurrentLinkedQueue<Tracked> members = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<Throwable> violations = new ConcurrentLinkedQueue<>();

		private volatile @Nullable Thread closer;

		Round(long seed) {
			this.random = new Random(seed);
			this.cancels = this.random.nextBoolean();
		}

		void run() throws Exception {
			List<Thread> actors = new ArrayList<>();
			for (int i = 0; i < ACTORS; i++) {
				Random own = new Random(this.random.nextLong());
				actors.add(ArmedCloseRaceTests.this.engine.start("actor", () -> act(own)));
			}
			for (int spins = this.random.nextInt(20_000); spins > 0; spins--) {
				Thread.onSpinWait();
			}
			this.closer = Thread.currentThread();
			ArmedCloseRaceTests.this.group
				.closeMembers(this.cancels ? CloseOptions.cancelPending() : CloseOptions.awaitPending());
			this.members.forEach(Tracked::closeReturned);
			// P6: whoever waits for a member is released
			for (Thread actor : actors) {
				actor.join();
			}
			// P5: what joined later is wholly usable
			this.members.forEach(Tracked::checkUsableOrClosed);
			this.closer = Thread.currentThread();
			ArmedCloseRaceTests.this.group.closeMembers(CloseOptions.cancelPending());
			this.members.forEach(Tracked::closeReturned);
			this.members.forEach(Tracked::checkNotices);
			assertThat(this.violations).isEmpty();
			// P1: no permit is lost, none is used twice
			int left = 0;
			while (this.permits.tryConsume()) {
				left++;
			}
			assertThat(this.consumed.get() + left).as("permits used and left").isEqualTo(this.signalled.get());
			ArmedCloseRaceTests.this.engine.checkConsistency();
		}

		private void act(Random own) throws Exception {
			List<Tracked> mine = new ArrayList<>();
			for (int step = 0; step < STEPS; step++) {
				if (mine.isEmpty() || own.nextInt(8) == 0) {
					Tracked created = new Tracked(own.nextBoolean());
					mine.add(created);
					this.members.add(created);
				}
				Tracked member = mine.get(own.nextInt(mine.size()));
				try {
					member.act(own);
				}
				catch (RejectedExecutionException ex) {
					if (!member.isClosed()) {
						this.violations.add(ex);
					}
				}
			}
		}

		/** One member and what has become of it. */
		private final class Tracked {

			private final AtomicInteger running = new AtomicInteger();

			private final AtomicInteger notices = new AtomicInteger();

			private final AtomicReference<@Nullable Thread> notifier = new AtomicReference<>();

			private final @Nullable Timer timer;

			private final @Nullable Wait wait;

			private volatile boolean closedByItself;

			private volatile boolean closeReturned;

			Tracked(boolean isTimer) {
				CallbackEnvironment environment = CallbackEnvironment.builder()
					.pool(ArmedCloseRaceTests.this.pool)
					.cleanupGroup(ArmedCloseRaceTests.this.group)
					.onCancel((cancellation) -> told())
					.build();
				this.timer = isTimer ? environment.newTimer((instance) -> ran()) : null;
				this.wait = isTimer ? null : environment.newWait((instance, result) -> {
					if (result == WaitResult.SIGNALED) {
						Round.this.consumed.incrementAndGet();
					}
					ran();
				});
			}

			private void ran() {
				this.running.incrementAndGet();
				check(!this.closeReturned, "P2: a callback ran after the close had returned");
				check(this.notices.get() == 0, "P4: a callback ran after its owner had been told");
				check(this.running.get() == 1 || this.timer == null, "R54: a timer overlaps with itself");
				this.running.decrementAndGet();
			}

			private void told() {
				check(this.running.get() == 0, "P4: the owner was told while a callback ran");
				this.notices.incrementAndGet();
				this.notifier.set(Thread.currentThread());
			}

			private void check(boolean holds, String violation) {
				if (!holds) {
					Round.this.violations.add(new AssertionError(violation));
				}
			}

			boolean isClosed() {
				return (this.timer != null) ? this.timer.isClosed() : member().isClosed();
			}

			private Member member() {
				Member member = (this.timer != null) ? this.timer : this.wait;
				assertThat(member).isNotNull();
				return member;
			}

			void act(Random own) throws Exception {
				switch (own.nextInt(10)) {
					case 0 -> member().awaitCallbacks(Pending.AWAIT);
					case 1 -> member().awaitCallbacks(Pending.CANCEL);
					case 2 -> unset();
					case 3 -> {
						if (own.nextInt(4) == 0) {
							// R135: also while the close of the group is on its way
							this.closedByItself = true;
							member().close();
						}
					}
					case 4, 5 -> {
						Round.this.signalled.incrementAndGet();
						Round.this.permits.signal();
					}
					default -> set(own);
				}
			}

			private void unset() {
				if (this.timer != null) {
					this.timer.unset();
				}
				else if (this.wait != null) {
					this.wait.unset();
				}
			}

			private void set(Random own) {
				Duration due = Duration.ofNanos(own.nextInt(3) * 20_000L);
				if (this.timer != null && own.nextBoolean()) {
					this.timer.set(due, Duration.ofNanos(50_000), Duration.ofNanos(own.nextInt(2) * 20_000L));
				}
				else if (this.timer != null) {
					this.timer.set(due);
				}
				else if (this.wait != null && own.nextBoolean()) {
					this.wait.set(Round.this.permits, due);
				}
				else if (this.wait != null) {
					this.wait.set(Round.this.permits);
				}
			}

			/** All members known at the time of a close that were its own are over. */
			void closeReturned() {
				this.closeReturned = this.closeReturned || (isClosed() && !this.closedByItself);
			}

			void checkUsableOrClosed() {
				if (!isClosed()) {
					assertThat(this.notices).as("P5: notices of an open member").hasValue(0);
					set(new Random(1));
				}
			}

			void checkNotices() {
				assertThat(isClosed()).isTrue();
				if (this.closedByItself) {
					// It may have been the close of the group all the same: then it was
					// told.
					assertThat(this.notices).hasValueLessThanOrEqualTo(1);
				}
				else {
					assertThat(this.notices.get()).as("P3: notices").isLessThanOrEqualTo(1);
					if (Round.this.cancels) {
						assertThat(this.notices).as("P3: notices of a cancelled member").hasValue(1);
					}
				}
				if (this.notices.get() > 0) {
					assertThat(this.notifier.get()).as("P4: who tells").isSameAs(Round.this.closer);
				}
			}

		}

	}

}
