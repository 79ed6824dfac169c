package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random schedules of operations, ends, withdrawals, cancels and closes: whatever the
 * interleaving, callbacks and withdrawals and what was forgotten make up what was started
 * (P10). The seed is printed where one fails; {@code -Dcleanupgroups.seed=...} repeats
 * it.
 */
@Timeout(600)
class IoScheduleTests {

	private static final int SCHEDULES = 3_000;

	private static final int RACES = 1_000;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(3);

	/** A close that hangs is to fail while its seed is known. */
	private static CloseOptions options(boolean cancels) {
		return (cancels ? CloseOptions.cancelPending() : CloseOptions.awaitPending()).timeout(PATIENCE);
	}

	private static long firstSeed() {
		return Long.getLong("cleanupgroups.seed", System.nanoTime());
	}

	// P10, R84, R89, R92
	@Test
	void operations_inRandomSchedules_addUpOnceClosed() throws Exception {
		long seed = firstSeed();
		for (int number = 0; number < SCHEDULES; number++, seed++) {
			try {
				new Schedule(seed).run();
			}
			catch (Throwable ex) {
				throw new AssertionError("schedule with seed " + seed, ex);
			}
		}
	}

	// P10, P2, P5, R149: operations start and end on one thread while the group closes on
	// another
	@Test
	void operations_thatEndWhileTheGroupCloses_addUp() throws Exception {
		long seed = firstSeed();
		CyclicBarrier barrier = new CyclicBarrier(2);
		List<Race> races = new ArrayList<>();
		for (int number = 0; number < RACES; number++, seed++) {
			races.add(new Race(seed));
		}
		Thread ender = this.engine.start("ender", () -> {
			for (Race race : races) {
				barrier.await();
				race.endAll();
				barrier.await();
			}
		});
		for (Race race : races) {
			barrier.await();
			race.close();
			barrier.await();
			try {
				race.check();
			}
			catch (Throwable ex) {
				throw new AssertionError("race with seed " + race.seed, ex);
			}
		}
		ender.join();
	}

	/** One group whose fate the seed decides, driven by one thread. */
	private final class Schedule {

		private final Random random;

		private final CleanupGroup group = CleanupGroup.create("random");

		private final AtomicInteger callbacks = new AtomicInteger();

		private final List<Io<Integer>> objects = new ArrayList<>();

		/** Started, neither ended nor forgotten. */
		private final List<Token> underWay = new ArrayList<>();

		/** Forgotten, not ended. */
		private final List<Token> forgotten = new ArrayList<>();

		private int started;

		private int completed;

		private int withdrawn;

		Schedule(long seed) {
			this.random = new Random(seed);
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(IoScheduleTests.this.pool)
				.cleanupGroup(this.group)
				.build();
			for (int number = 0; number < 3; number++) {
				this.objects.add(environment.newIo((instance, result) -> this.callbacks.incrementAndGet()));
			}
		}

		void run() throws Exception {
			int steps = this.random.nextInt(40);
			for (int step = 0; step < steps; step++) {
				Io<Integer> io = this.objects.get(this.random.nextInt(this.objects.size()));
				switch (this.random.nextInt(10)) {
					case 0, 1, 2, 3 -> start(io);
					case 4, 5 -> completeOne();
					case 6 -> withdrawOne();
					case 7 -> endOne(this.forgotten);
					case 8 -> cancel(io);
					default -> {
						if (this.random.nextInt(4) == 0) {
							io.close();
						}
					}
				}
			}
			finish();
		}

		private void start(Io<Integer> io) {
			if (!io.isClosed()) {
				this.underWay.add(new Token(io, io.start()));
				this.started++;
			}
		}

		private void completeOne() {
			this.completed += this.underWay.isEmpty() ? 0 : 1;
			endOne(this.underWay);
		}

		private void endOne(List<Token> tokens) {
			if (!tokens.isEmpty()) {
				Token token = tokens.remove(this.random.nextInt(tokens.size()));
				if (this.random.nextBoolean()) {
					token.operation.completed(1, null);
				}
				else {
					token.operation.failed(new IllegalStateException("failed"), null);
				}
			}
		}

		private void withdrawOne() {
			if (!this.underWay.isEmpty()) {
				this.underWay.remove(this.random.nextInt(this.underWay.size())).operation.withdraw();
				this.withdrawn++;
			}
		}

		/** Only what is still under way can be told apart exactly: the rest runs. */
		private void cancel(Io<Integer> io) throws InterruptedException {
			if (this.underWay.stream().noneMatch((token) -> token.isOf(io))) {
				io.awaitCallbacks(Pending.AWAIT);
			}
			else {
				// What has completed runs first, so that it is known what is forgotten.
				List<Token> own = this.underWay.stream().filter((token) -> token.isOf(io)).toList();
				Eventually.eventually("callbacks of completed operations", this.completed, this.callbacks::get);
				io.awaitCallbacks(Pending.CANCEL);
				this.underWay.removeAll(own);
				this.forgotten.addAll(own);
			}
		}

		private void finish() throws InterruptedException {
			boolean cancels = this.random.nextBoolean();
			if (!cancels) {
				while (!this.underWay.isEmpty()) {
					completeOne();
				}
			}
			Eventually.eventually("callbacks of completed operations", this.completed, this.callbacks::get);
			CloseReport report = this.group.close(options(cancels));
			assertThat(report.timedOut()).isFalse();
			assertThat(report.cancelledCallbacks()).isEqualTo(this.underWay.size());
			this.forgotten.addAll(this.underWay);
			int left = this.forgotten.size();
			assertThat(this.callbacks.get() + this.withdrawn).isEqualTo(this.completed + this.withdrawn);
			for (Io<Integer> io : this.objects) {
				boolean owes = this.forgotten.stream().anyMatch((token) -> token.isOf(io));
				assertThat(io.released().isDone()).as("%s released", io).isEqualTo(!owes);
			}
			while (!this.forgotten.isEmpty()) {
				endOne(this.forgotten);
			}
			assertThat(this.objects).allMatch((io) -> io.released().isDone());
			assertThat(IoScheduleTests.this.pool.stats().pendingCallbacks()).isZero();
			int late = this.started - this.completed - this.withdrawn;
			assertThat(late).as("ends that came too late").isGreaterThanOrEqualTo(left);
			assertThat(this.callbacks).hasValue(this.completed);
		}

	}

	/** An operation and its object. */
	private record Token(Io<Integer> io, IoOperation<Integer> operation) {

		@SuppressWarnings("ReferenceEquality")
		boolean isOf(Io<Integer> object) {
			return this.io == object;
		}

	}

	/** One thread ends all tokens while another closes. */
	private final class Race {

		private final long seed;

		private final boolean cancels;

		private final boolean closesFirst;

		private final CleanupGroup group = CleanupGroup.create("race");

		private final AtomicInteger callbacks = new AtomicInteger();

		private final AtomicInteger notices = new AtomicInteger();

		private final AtomicBoolean closed = new AtomicBoolean();

		private final AtomicInteger startedAfterClose = new AtomicInteger();

		private final List<Io<Integer>> objects = new ArrayList<>();

		private final List<Runnable> ends = new ArrayList<>();

		private int started;

		private int withdrawn;

		private long cancelled;

		private boolean timedOut;

		Race(long seed) {
			this.seed = seed;
			Random random = new Random(seed);
			this.cancels = random.nextBoolean();
			this.closesFirst = random.nextInt(3) == 0;
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(IoScheduleTests.this.pool)
				.cleanupGroup(this.group)
				.onCancel((cancellation) -> this.notices.incrementAndGet())
				.build();
			for (int number = 0; number < 2; number++) {
				Io<Integer> io = environment.newIo((instance, result) -> {
					this.callbacks.incrementAndGet();
					this.startedAfterClose.addAndGet(this.closed.get() ? 1 : 0);
				});
				this.objects.add(io);
				int operations = random.nextInt(6);
				for (int operation = 0; operation < operations; operation++) {
					IoOperation<Integer> token = io.start();
					this.started++;
					if (random.nextInt(4) == 0) {
						this.withdrawn++;
						this.ends.add(token::withdraw);
					}
					else {
						this.ends.add(() -> token.completed(1, null));
					}
				}
			}
			for (Io<Integer> io : this.objects) {
				this.ends.add(() -> startAndEnd(io));
			}
			Collections.shuffle(this.ends, random);
			if (this.closesFirst) {
				this.objects.get(0).close();
			}
		}

		/** It is wholly in, or refused. */
		private void startAndEnd(Io<Integer> io) {
			IoOperation<Integer> token;
			try {
				token = io.start();
			}
			catch (MemberClosedException ex) {
				return;
			}
			this.started++;
			token.completed(1, null);
		}

		void endAll() {
			this.ends.forEach(Runnable::run);
		}

		void close() throws InterruptedException {
			CloseReport report = this.group.close(options(this.cancels));
			this.closed.set(true);
			this.cancelled = report.cancelledCallbacks();
			this.timedOut = report.timedOut();
		}

		void check() {
			assertThat(this.timedOut).as("close of the race with seed %d timed out", this.seed).isFalse();
			int ran = this.callbacks.get();
			int completions = this.started - this.withdrawn;
			if (this.cancels) {
				// A withdrawal may have come too late, and count as forgotten.
				assertThat(ran + this.cancelled).isBetween((long) completions, (long) this.started);
			}
			else {
				assertThat(ran).isEqualTo(completions);
				assertThat(this.cancelled).isZero();
			}
			assertThat(this.notices).hasValue(this.cancels ? (this.closesFirst ? 1 : 2) : 0);
			assertThat(this.startedAfterClose).hasValue(0);
			assertThat(this.objects).allMatch((io) -> io.released().isDone());
		}

	}

}
