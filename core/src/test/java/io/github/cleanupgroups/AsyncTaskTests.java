package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tasks that go on as a stage after their thread has returned.
 */
@Timeout(60)
class AsyncTaskTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(1);

	private final CleanupGroup group = this.engine.group(CleanupGroup.builder("mail").maxConcurrency(1));

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private final CompletableFuture<String> stage = new CompletableFuture<>();

	/** A task that has returned its stage and holds no thread any more. */
	@CanIgnoreReturnValue
	private CompletableFuture<String> goingOn() {
		CompletableFuture<String> future = this.environment.submitAsync(() -> this.stage);
		eventually("running without a thread", true, () -> this.group.memberCounts().runningCallbacks() == 1
				&& this.pool.stats().activeThreads() == 0 && this.pool.stats().pendingCallbacks() == 0);
		return future;
	}

	@Test
	void task_untilItsStageCompletes_isARunningMemberWithoutAThread() throws Exception {
		CompletableFuture<String> future = goingOn();
		assertThat(future).isNotDone();
		assertThat(CallbackEnvironment.builder().pool(this.pool).build().submit(() -> "ran").get(20, TimeUnit.SECONDS))
			.isEqualTo("ran");
		this.stage.complete("arrived");
		assertThat(future).isCompletedWithValue("arrived");
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void task_untilItsStageCompletes_holdsItsSlot() throws Exception {
		goingOn();
		CompletableFuture<String> next = this.environment.submit(() -> "ran");
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(1);
		this.stage.complete("arrived");
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void task_whoseStageIsCompleteAlready_endsAtOnce() throws Exception {
		CompletableFuture<String> future = this.environment
			.submitAsync(() -> CompletableFuture.completedFuture("arrived"));
		assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("arrived");
		eventually("members", 0, () -> this.group.memberCounts().total());
	}

	@Test
	void task_thatFailsInEitherHalf_completesWithThatFailure() throws Exception {
		CompletableFuture<String> atOnce = this.environment.submitAsync(() -> {
			throw new Exception("no stamp");
		});
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> atOnce.get(20, TimeUnit.SECONDS))
			.havingCause()
			.withMessage("no stamp");
		CompletableFuture<String> later = goingOn();
		this.stage.completeExceptionally(new IllegalStateException("lost"));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> later.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	@SuppressWarnings("NullAway")
	void task_thatReturnsNoStage_completesWithAFailureNamingIt() {
		CompletableFuture<String> future = this.environment.submitAsync(() -> null);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(NullPointerException.class)
			.withMessageContaining("'letter'");
	}

	@Test
	void groupClose_thatAwaits_waitsForTheStage() throws Exception {
		goingOn();
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.cancelPending());
		assertThat(closed).isNotDone();
		this.stage.complete("arrived");
		assertThat(closed.get(20, TimeUnit.SECONDS).completedCallbacks()).isEqualTo(1);
	}

	@Test
	void groupClose_thatInterrupts_cancelsTheStage() throws Exception {
		CompletableFuture<String> future = goingOn();
		CloseReport report = this.group
			.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ZERO).timeout(Duration.ofSeconds(20)));
		assertThat(report.timedOut()).isFalse();
		assertThat(this.stage).isCancelled();
		assertThat(future).isCompletedExceptionally();
	}

	@Test
	void cancel_ofATaskThatGoesOn_cancelsItsStageIfTheCallerAllows() {
		CompletableFuture<String> future = goingOn();
		assertThat(future.cancel(true)).isTrue();
		assertThat(this.stage).isCancelled();
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void cancel_ofATaskThatGoesOn_leavesItAMemberIfTheCallerDoesNotAllow() {
		CompletableFuture<String> future = goingOn();
		assertThat(future.cancel(false)).isTrue();
		assertThat(this.stage).isNotDone();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		this.stage.complete("arrived");
		assertThat(this.group.memberCounts().total()).isZero();
	}

	@Test
	void poolTermination_whileATaskGoesOn_waitsForItsStage() throws Exception {
		goingOn();
		this.pool.close();
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
		this.stage.complete("arrived");
		assertThat(this.pool.awaitTermination(Duration.ofSeconds(20))).isTrue();
	}

}
