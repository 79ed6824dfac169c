package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Timers and waits that are armed when something is closed.
 */
@Timeout(60)
class ArmedMemberTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(2);

	private final CleanupGroup group = this.engine.group("clock");

	private final Queue<String> fired = new ConcurrentLinkedQueue<>();

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.build();

	private final Timer timer = this.environment.newTimer((instance) -> this.fired.add("timer"));

	private final Wait wait = this.environment.newWait((instance, result) -> this.fired.add(result.toString()));

	// F8, R145, R65
	@Test
	void arming_whileTheGroupCloses_isRefusedFromInsideAndOutside() throws Exception {
		for (CloseOptions options : new CloseOptions[] { CloseOptions.awaitPending(), CloseOptions.cancelPending() }) {
			Gate gate = this.engine.gate();
			Signal signal = Signal.semaphore(1);
			Timer ofRound = this.environment.newTimer((instance) -> this.fired.add("timer"));
			Wait waitOfRound = this.environment.newWait((instance, result) -> this.fired.add("wait"));
			Queue<Class<?>> refusals = new ConcurrentLinkedQueue<>();
			Runnable arming = () -> {
				for (Runnable attempt : new Runnable[] { () -> ofRound.set(Duration.ZERO),
						() -> ofRound.set(Instant.EPOCH), () -> waitOfRound.set(signal) }) {
					try {
						attempt.run();
					}
					catch (RejectedExecutionException ex) {
						refusals.add(ex.getClass());
					}
				}
			};
			assertThat(this.environment.trySubmit((instance) -> {
				gate.pass();
				arming.run();
			})).isTrue();
			gate.awaitArrival();
			CompletableFuture<CloseReport> close = this.group.closeMembersAsync(options);
			arming.run();
			gate.open();
			assertThat(close.get(20, TimeUnit.SECONDS).completedCallbacks()).isEqualTo(1);
			assertThat(refusals).hasSize(6).allMatch(MemberClosedException.class::equals);
			assertThat(this.fired).isEmpty();
			// The signal of a refused wait is not consumed.
			assertThat(signal.tryConsume()).isTrue();
		}
	}

	// F15, R63, R79, R64
	@Test
	void close_ofAnArmedTimerOrWait_meansThatNothingFires() throws Exception {
		Signal signal = Signal.semaphore(0);
		this.timer.set(Duration.ofMinutes(5));
		this.wait.set(signal, Duration.ofMinutes(5));
		this.timer.close();
		this.wait.close();
		assertThat(this.timer.isArmed()).isFalse();
		assertThat(this.timer.released()).isCompleted();
		assertThat(this.wait.released()).isCompleted();
		signal.signal();
		assertThat(signal.tryConsume()).isTrue();
		assertThat(this.group.memberCounts().pendingCallbacks()).isZero();
		assertThat(this.fired).isEmpty();
	}

	// F15, R122
	@Test
	void groupClose_withArmedMembers_neitherWaitsForThemNorLetsThemFire() throws Exception {
		Signal signal = Signal.semaphore(0);
		this.timer.set(Duration.ofMinutes(5), Duration.ofMinutes(5));
		this.wait.set(signal, Duration.ofMinutes(5));
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.closedMembers()).isEqualTo(2);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(this.timer.isArmed()).isFalse();
		signal.signal();
		assertThat(signal.tryConsume()).isTrue();
		assertThat(this.fired).isEmpty();
	}

	// F23, R66, R81: an auto-reset signal lets it fire once each time
	@Test
	void wait_setAgainByItsCallback_firesOncePerSignal() throws Exception {
		Signal signal = Signal.semaphore(0);
		AtomicReference<@Nullable Wait> self = new AtomicReference<>();
		Wait again = this.environment.newWait((instance, result) -> {
			Wait same = self.get();
			if (same != null) {
				same.set(signal);
			}
			this.fired.add(result.toString());
		});
		self.set(again);
		again.set(signal);
		signal.signal(3);
		Eventually.eventually("activations", 3, this.fired::size);
		again.close();
		signal.signal();
		assertThat(signal.tryConsume()).isTrue();
		assertThat(this.fired).hasSize(3);
	}

	// F24, R78, R82
	@Test
	void wait_closedBesideAnother_doesNotDisturbIt() throws Exception {
		Signal signal = Signal.semaphore(0);
		Wait neighbour = this.environment.newWait((instance, result) -> this.fired.add("neighbour"));
		neighbour.set(signal);
		this.wait.set(signal);
		neighbour.close();
		signal.signal();
		Eventually.eventually("activations", 1, this.fired::size);
		assertThat(this.fired).containsExactly("SIGNALED");
	}

	// F45, R1
	@Test
	void environment_withoutAPool_cannotBeBuilt() {
		assertThatIllegalStateException()
			.isThrownBy(() -> CallbackEnvironment.builder().cleanupGroup(this.group).build())
			.withMessageContaining("pool")
			.withMessageContaining("'clock'");
		assertThatExceptionOfType(NullPointerException.class)
			.isThrownBy(() -> CallbackEnvironment.builder().pool(none()));
	}

	@SuppressWarnings("TypeParameterUnusedInFormals")
	private static <T> T none() {
		return null;
	}

}
