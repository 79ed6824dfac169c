package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a few threads do to one group at the same time, chosen by a seed, and the
 * properties of semantics 4.2 that must hold whatever they do.
 */
final class RandomSchedule {

	private static final int ACTORS = 3;

	private static final int STEPS = 8;

	private final Random random;

	private final List<ThreadPool> pools;

	private final CleanupGroup group;

	private final boolean awaitsOnly;

	private final boolean cancelsOnly;

	/** Ticks at everything that happens, so that "before" can be told. */
	private final AtomicLong clock = new AtomicLong();

	private final AtomicLong accepted = new AtomicLong();

	private final AtomicLong ran = new AtomicLong();

	private final AtomicLong cancelled = new AtomicLong();

	private final Queue<Subject> subjects = new ConcurrentLinkedQueue<>();

	private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

	private final Set<Thread> closers = ConcurrentHashMap.newKeySet();

	private final Queue<long[]> closes = new ConcurrentLinkedQueue<>();

	RandomSchedule(long seed, List<ThreadPool> pools) {
		this.random = new Random(seed);
		this.pools = pools;
		int modes = this.random.nextInt(3);
		this.awaitsOnly = modes == 0;
		this.cancelsOnly = modes == 1;
		CleanupGroup.Builder builder = CleanupGroup.builder("random").listener(new CleanupGroupListener() {

			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				RandomSchedule.this.ran.incrementAndGet();
			}

			@Override
			public void callbacksCancelled(long count) {
				RandomSchedule.this.cancelled.addAndGet(count);
			}

		});
		if (this.random.nextInt(3) == 0) {
			builder.maxConcurrency(1 + this.random.nextInt(2));
		}
		if (this.random.nextInt(4) == 0) {
			builder.queueCapacity(1 + this.random.nextInt(3))
				.overflow(this.random.nextBoolean() ? Overflow.REJECT : Overflow.CALLER_RUNS);
		}
		this.group = builder.build();
	}

	/** Runs it to its end and checks. */
	void run(Executor actors) throws Exception {
		List<CompletableFuture<Void>> acting = new ArrayList<>();
		for (int actor = 0; actor < ACTORS; actor++) {
			Random own = new Random(this.random.nextLong());
			acting.add(CompletableFuture.runAsync(() -> act(own), actors));
		}
		for (CompletableFuture<Void> each : acting) {
			// P6: nobody waits for ever.
			each.get(30, TimeUnit.SECONDS);
		}
		checkHalfClosedMembers();
		close(this.awaitsOnly ? CloseOptions.awaitPending() : CloseOptions.cancelPending(), true);
		checkAccounts();
		this.subjects.forEach(this::check);
		assertThat(this.group.memberCounts().total()).isZero();
		assertThat(this.group.isClosing()).isFalse();
	}

	@Override
	public String toString() {
		return this.group + ", " + this.pools;
	}

	private void act(Random own) {
		List<Subject> works = new ArrayList<>();
		try {
			for (int step = 0; step < STEPS; step++) {
				step(own, works);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("nobody interrupts", ex);
		}
	}

	private void step(Random own, List<Subject> works) throws InterruptedException {
		Subject work = works.isEmpty() ? null : works.get(own.nextInt(works.size()));
		switch (own.nextInt(works.isEmpty() ? 4 : 9)) {
			case 0 -> newWork(own, works);
			case 1 -> oneOff(own, 2);
			case 2 -> future(own);
			case 3 -> close(options(own), false);
			case 4, 5, 6 -> submit(work);
			case 7 -> {
				work.closedAt = Math.min(work.closedAt, this.clock.incrementAndGet());
				work.work.close();
			}
			default -> {
				if (own.nextBoolean()) {
					work.dropsUnseen = true;
					work.work.awaitCallbacks(Pending.CANCEL);
				}
				else {
					work.work.awaitCallbacks(Pending.AWAIT);
				}
			}
		}
	}

	private CloseOptions options(Random own) {
		if (this.awaitsOnly) {
			return CloseOptions.awaitPending();
		}
		if (this.cancelsOnly) {
			return CloseOptions.cancelPending();
		}
		return switch (own.nextInt(3)) {
			case 0 -> CloseOptions.awaitPending();
			case 1 -> CloseOptions.cancelPending();
			default -> CloseOptions.awaitThenCancel(Duration.ofNanos(own.nextInt(100_000)));
		};
	}

	private CallbackEnvironment environment(Random own, Subject subject) {
		Priority[] priorities = Priority.values();
		return CallbackEnvironment.builder()
			.pool(this.pools.get(own.nextInt(this.pools.size())))
			.cleanupGroup(this.group)
			.priority(priorities[own.nextInt(priorities.length)])
			.onCancel((cancellation) -> toldOf(subject, cancellation))
			.build();
	}

	private void toldOf(Subject subject, Cancellation cancellation) {
		subject.toldAt = this.clock.incrementAndGet();
		subject.told.incrementAndGet();
		subject.droppedAtNotice = cancellation.droppedCallbacks();
		subject.teller = Thread.currentThread();
	}

	private void newWork(Random own, List<Subject> works) {
		Subject subject = new Subject();
		try {
			subject.work = environment(own, subject).newWork((instance) -> callback(subject, instance, 2));
		}
		catch (RejectedExecutionException ex) {
			return;
		}
		subject.joinedAt = this.clock.incrementAndGet();
		this.subjects.add(subject);
		works.add(subject);
	}

	private void submit(Subject subject) {
		try {
			subject.accepted.incrementAndGet();
			this.accepted.incrementAndGet();
			subject.work.submit();
		}
		catch (RejectedExecutionException ex) {
			subject.accepted.decrementAndGet();
			this.accepted.decrementAndGet();
		}
	}

	private void oneOff(Random own, int depth) {
		Subject subject = new Subject();
		this.accepted.incrementAndGet();
		if (environment(own, subject).trySubmit((instance) -> callback(subject, instance, depth))) {
			subject.accepted.incrementAndGet();
			subject.joinedAt = this.clock.incrementAndGet();
			this.subjects.add(subject);
		}
		else {
			this.accepted.decrementAndGet();
		}
	}

	private void future(Random own) {
		Subject subject = new Subject();
		this.accepted.incrementAndGet();
		try {
			CompletableFuture<Integer> future = environment(own, subject).submit(() -> {
				callback(subject, null, 0);
				return 1;
			});
			subject.accepted.incrementAndGet();
			subject.joinedAt = this.clock.incrementAndGet();
			this.subjects.add(subject);
			this.futures.add(future);
			if (own.nextInt(4) == 0) {
				subject.dropsUnseen = true;
				future.cancel(false);
			}
		}
		catch (RejectedExecutionException ex) {
			this.accepted.decrementAndGet();
		}
	}

	private void callback(Subject subject, @Nullable CallbackInstance instance, int depth) {
		long number = this.clock.incrementAndGet();
		subject.started.incrementAndGet();
		if (number % 5 == 0 && instance != null) {
			instance.disassociate();
		}
		if (number % 3 == 0 && depth > 0) {
			oneOff(new Random(number), depth - 1);
		}
		if (number % 7 == 0 && subject.work != null) {
			submit(subject);
		}
		LockSupport.parkNanos(1);
		subject.endedAt.accumulateAndGet(this.clock.incrementAndGet(), Math::max);
	}

	private void close(CloseOptions options, boolean forGood) throws InterruptedException {
		this.closers.add(Thread.currentThread());
		long begun = this.clock.incrementAndGet();
		CloseReport report = forGood ? this.group.close(options) : this.group.closeMembers(options);
		this.closes.add(new long[] { begun, this.clock.incrementAndGet() });
		assertThat(report.failures()).isEmpty();
		assertThat(report.timedOut()).isFalse();
	}

	/** P5: closed or usable, never half. */
	private void checkHalfClosedMembers() throws InterruptedException {
		for (Subject subject : this.subjects) {
			if (subject.work == null || subject.closedAt != Long.MAX_VALUE) {
				continue;
			}
			int before = subject.started.get();
			int acceptedBefore = subject.accepted.get();
			submit(subject);
			boolean usable = subject.accepted.get() > acceptedBefore;
			if (subject.work.isClosed()) {
				assertThat(usable).as("a closed member refuses").isFalse();
			}
			else if (usable) {
				subject.work.awaitCallbacks(Pending.AWAIT);
				assertThat(subject.started.get()).as("an open member runs").isGreaterThan(before);
			}
		}
	}

	/** P1 of the group: what was accepted ran or was cancelled. */
	private void checkAccounts() {
		assertThat(this.ran.get() + this.cancelled.get()).as("ran (%s) and cancelled (%s)", this.ran, this.cancelled)
			.isEqualTo(this.accepted.get());
		assertThat(this.futures).allMatch(CompletableFuture::isDone);
	}

	private void check(Subject subject) {
		int told = subject.told.get();
		assertThat(told).as("notices of one member").isLessThanOrEqualTo(1);
		if (this.awaitsOnly) {
			assertThat(told).as("notices where all await").isZero();
		}
		if (subject.work != null) {
			checkWork(subject, told);
		}
		else if (!subject.dropsUnseen) {
			// P1, P3 of a one-off: it ran, or its owner was told.
			assertThat(subject.started.get() + told).isEqualTo(1);
		}
		if (told > 0) {
			// P4
			assertThat(subject.endedAt.get()).isLessThan(subject.toldAt);
			assertThat(this.closers).contains(subject.teller);
		}
		for (long[] close : this.closes) {
			if (subject.joinedAt < close[0]) {
				// P2
				assertThat(subject.endedAt.get()).as("the last end of a member, before the close has returned")
					.isLessThan(close[1]);
				assertThat(subject.toldAt).isLessThan(close[1]);
			}
		}
	}

	private void checkWork(Subject subject, int told) {
		boolean closedByItself = subject.closedAt != Long.MAX_VALUE;
		if (this.cancelsOnly && !closedByItself) {
			// P3
			assertThat(told).as("notices of a member that a close has cancelled").isEqualTo(1);
		}
		if (!closedByItself && !subject.dropsUnseen) {
			// P1 of an object
			assertThat(subject.started.get() + subject.droppedAtNotice).isEqualTo(subject.accepted.get());
		}
		assertThat(subject.started.get()).isLessThanOrEqualTo(subject.accepted.get());
	}

	/** A member, and what has become of it. */
	private static final class Subject {

		final AtomicInteger accepted = new AtomicInteger();

		final AtomicInteger started = new AtomicInteger();

		final AtomicInteger told = new AtomicInteger();

		final AtomicLong endedAt = new AtomicLong();

		volatile long joinedAt;

		volatile long closedAt = Long.MAX_VALUE;

		volatile long toldAt;

		volatile long droppedAtNotice;

		volatile boolean dropsUnseen;

		volatile @Nullable Thread teller;

		volatile @Nullable Work work;

	}

}
