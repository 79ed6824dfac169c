package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Work objects: submitting, closing, being released.
 */
@Timeout(60)
class WorkTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(3);

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private final Gate gate = this.engine.gate();

	private final AtomicInteger runs = new AtomicInteger();

	private Work counting() {
		return this.environment.newWork((instance) -> this.runs.incrementAndGet());
	}

	// R29
	@Test
	void newWork_untilItIsSubmitted_queuesNothing() throws Exception {
		Work work = counting();
		assertThat(this.pool.stats()).isEqualTo(new PoolStats(0, 3, 0, 0, 0, 0));
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(0);
	}

	// R30
	@Test
	void submissions_fiveOfThem_areFiveCallbacks() throws Exception {
		Work work = counting();
		for (int i = 0; i < 5; i++) {
			work.submit();
		}
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(5);
	}

	// R30, R33
	@Test
	void submissions_manyFromManyThreads_areAsManyCallbacks() throws Exception {
		Work work = counting();
		CountDownLatch done = new CountDownLatch(4);
		for (int s = 0; s < 4; s++) {
			this.engine.start("submitter-" + s, () -> {
				for (int i = 0; i < 5_000; i++) {
					work.submit();
				}
				done.countDown();
			});
		}
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(20_000);
	}

	// R31
	@Test
	void callbacks_ofOneWork_runSideBySide() throws Exception {
		Work work = this.environment.newWork(this.gate);
		work.submit();
		work.submit();
		work.submit();
		this.gate.awaitArrivals(3);
		this.gate.open();
	}

	// R42, R38
	@Test
	void callback_thatSubmitsItsOwnWork_extendsAWaitForIt() throws Exception {
		AtomicReference<@Nullable Work> own = new AtomicReference<>();
		Work work = this.environment.newWork((instance) -> {
			this.gate.pass();
			Work self = own.get();
			if (this.runs.incrementAndGet() < 100 && self != null) {
				self.submit();
			}
		});
		own.set(work);
		work.submit();
		this.gate.awaitArrival();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(100);
	}

	// R44
	@Test
	void callback_ofASubmission_mayEndBeforeSubmitReturns() throws Exception {
		ThreadPool pool = this.engine.pool(2);
		CleanupGroup full = this.engine
			.group(CleanupGroup.builder("full").queueCapacity(1).overflow(Overflow.CALLER_RUNS));
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(pool).cleanupGroup(full).build();
		for (int i = 0; i < 2; i++) {
			environment.trySubmit(this.gate);
			this.gate.awaitArrival();
		}
		environment.trySubmit(this.gate);
		environment.newWork((instance) -> this.runs.incrementAndGet()).submit();
		assertThat(this.runs).hasValue(1);
		this.gate.open();
	}

	// R40
	@Test
	void close_withQueuedCallbacks_neitherWaitsNorCancels() throws Exception {
		Work work = this.environment.newWork((instance) -> {
			this.gate.pass();
			this.runs.incrementAndGet();
		});
		for (int i = 0; i < 5; i++) {
			work.submit();
		}
		this.gate.awaitArrivals(3);
		work.close();
		assertThat(work.isClosed()).isTrue();
		assertThat(work.released()).isNotDone();
		this.gate.open();
		assertThat(work.released()).succeedsWithin(20, TimeUnit.SECONDS);
		assertThat(this.runs).hasValue(5);
	}

	// R40: what is left of a closed member can still be waited for, or dropped
	@Test
	void awaitCallbacks_ofAClosedWork_stillWaitsForItsRest() throws Exception {
		Work work = this.environment.newWork((instance) -> {
			this.gate.pass();
			this.runs.incrementAndGet();
		});
		for (int i = 0; i < 5; i++) {
			work.submit();
		}
		this.gate.awaitArrivals(3);
		work.close();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.runs).hasValue(5);
	}

	// R41
	@Test
	void callback_thatClosesItsOwnWork_isItsLast() throws Exception {
		AtomicReference<@Nullable Work> own = new AtomicReference<>();
		Work work = this.environment.newWork((instance) -> {
			Work self = own.get();
			if (self != null) {
				self.close();
			}
		});
		own.set(work);
		work.submit();
		assertThat(work.released()).succeedsWithin(20, TimeUnit.SECONDS);
		assertThat(work.isClosed()).isTrue();
		assertThat(this.group.memberCounts().of(MemberKind.WORK)).isZero();
	}

	// R45, F1
	@Test
	void closedWork_whenSubmitted_refusesNamingGroupAndMember() {
		Work work = counting();
		work.close();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit)
			.withMessageContainingAll("'mail'", "'letter'", "closed");
		assertThat(this.pool.stats().pendingCallbacks()).isZero();
	}

	// R45, R148, F1
	@Test
	void work_whoseGroupWasClosed_refusesAndMayBeClosedAgain() throws Exception {
		Work work = counting();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(work.isClosed()).isTrue();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit)
			.withMessageContainingAll("'mail'", "'letter'");
		assertThatCode(work::close).doesNotThrowAnyException();
		assertThat(work.released()).succeedsWithin(20, TimeUnit.SECONDS);
	}

	// F1: idempotent
	@Test
	void close_calledTwice_hasNoFurtherEffect() {
		Work work = counting();
		work.close();
		work.close();
		assertThat(this.group.memberCounts().total()).isZero();
		assertThat(work.released()).isCompleted();
	}

	@Test
	void released_ofAnOpenWork_cannotBeCompletedFromOutside() {
		Work work = counting();
		assertThat(work.released().complete(null)).isTrue();
		assertThat(work.released()).isNotDone();
		work.close();
		assertThat(work.released()).isCompleted();
	}

	// F16: after the last callback, on a thread that anybody may keep
	@Test
	void ownerOfAReleasedWork_thatWaitsForWhatIsQueued_blocksNobody() throws Exception {
		CleanupGroup serial = this.engine.group(CleanupGroup.builder("serial").maxConcurrency(1));
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(serial).build();
		Work first = environment.newWork(this.gate);
		first.submit();
		this.gate.awaitArrival();
		CompletableFuture<String> second = environment.submit(() -> "ran");
		CompletableFuture<@Nullable String> seen = new CompletableFuture<>();
		CompletableFuture<Void> told = first.released()
			.thenRun(() -> seen.complete(second.completeOnTimeout(null, 20, TimeUnit.SECONDS).join()));
		first.close();
		this.gate.open();
		assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(told).succeedsWithin(20, TimeUnit.SECONDS);
	}

	@Test
	void work_whateverItsState_tellsNameKindContextAndGroup() {
		Work work = this.environment.newWork("context", this.gate);
		assertThat(work.kind()).isEqualTo(MemberKind.WORK);
		assertThat(work.name()).isEqualTo("letter");
		assertThat(work.context()).isEqualTo("context");
		assertThat(work.group()).isSameAs(this.group);
		assertThat(work).hasToString("Work 'letter' of group 'mail'");
		Work plain = CallbackEnvironment.builder().pool(this.pool).build().newWork(this.gate);
		assertThat(plain.name()).isEqualTo("work");
		assertThat(plain.context()).isNull();
		assertThat(plain.group()).isNull();
		plain.close();
		assertThat(plain).hasToString("Work 'work' of no group (closed)");
	}

	// Memory effects: what the submitter did happens-before the callback, which
	// happens-before the wait's return
	@Test
	void plainFields_writtenBeforeSubmitAndInTheCallback_areSeenAcross() throws Exception {
		int[] plain = new int[2];
		AtomicBoolean wrong = new AtomicBoolean();
		Work work = this.environment.newWork((instance) -> {
			if (plain[0] != plain[1] + 1) {
				wrong.set(true);
			}
			plain[1]++;
		});
		for (int i = 0; i < 1_000; i++) {
			plain[0]++;
			work.submit();
			assertThat(work.awaitCallbacks(Pending.AWAIT, Duration.ofSeconds(20))).isTrue();
			assertThat(plain[1]).isEqualTo(plain[0]);
		}
		assertThat(wrong).isFalse();
	}

}
