package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Closing groups, members and pools whose timers and waits are armed, queued or running
 * (R63, R64, R122, R145, F8, F15, F16).
 */
@Timeout(120)
class ArmedCloseTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 2);

	private final CleanupGroup group = this.clockwork.group;

	private final ConcurrentLinkedQueue<Cancellation> told = new ConcurrentLinkedQueue<>();

	private final CallbackEnvironment environment = this.clockwork.environment().onCancel(this.told::add).build();

	private final AtomicInteger runs = new AtomicInteger();

	private final Signal signal = Signal.semaphore(0);

	private Timer timer() {
		return this.environment.newTimer("timer", (instance) -> this.runs.incrementAndGet());
	}

	private Wait waiting() {
		return this.environment.newWait("wait", (instance, result) -> this.runs.incrementAndGet());
	}

	private void assertNothingFires() throws Exception {
		this.signal.signal();
		this.clockwork.passAndSettle(Duration.ofDays(1));
		assertThat(this.signal.tryConsume()).as("nobody has consumed the signal").isTrue();
	}

	// R122: an armed timer or wait is neither awaited nor run, in either mode
	@Test
	void closeThatAwaits_withArmedMembers_disarmsThemAndReturnsAtOnce() throws Exception {
		Timer timer = timer();
		timer.set(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
		Wait timed = waiting();
		timed.set(this.signal, Duration.ofHours(1));
		Wait endless = waiting();
		endless.set(this.signal);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.closedMembers()).isEqualTo(3);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(this.told).isEmpty();
		assertThat(List.of(timer.isSet(), timer.isArmed(), timer.isClosed())).containsExactly(false, false, true);
		assertThat(List.of(timer.unset(), timed.unset(), endless.unset())).containsOnly(Disarm.NOT_SET);
		assertNothingFires();
		assertThat(this.runs).hasValue(0);
	}

	// R122, R129
	@Test
	void closeThatCancels_withArmedMembers_tellsEachOwnerOnce() throws Exception {
		timer().set(Duration.ofHours(1));
		waiting().set(this.signal, Duration.ofHours(1));
		waiting().set(this.signal);
		timer();
		waiting();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending().reason("over"));
		assertThat(report.closedMembers()).isEqualTo(5);
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(this.told).extracting(Cancellation::kind)
			.containsExactly(MemberKind.TIMER, MemberKind.WAIT, MemberKind.WAIT, MemberKind.TIMER, MemberKind.WAIT);
		assertThat(this.told).allSatisfy((cancellation) -> {
			assertThat(cancellation.droppedCallbacks()).isZero();
			assertThat(cancellation.ranBefore()).isFalse();
			assertThat(cancellation.reason()).isEqualTo("over");
		});
		assertNothingFires();
		assertThat(this.runs).hasValue(0);
	}

	// R119 for expiries: what is queued is awaited
	@Test
	void closeThatAwaits_withQueuedExpiries_runsThem() throws Exception {
		Gate gate = blockPool();
		Timer timer = timer();
		timer.set(Duration.ZERO, Duration.ofMillis(1));
		waiting().set(this.signal, Duration.ZERO);
		waiting().set(Signal.semaphore(1));
		AtomicReference<CloseReport> report = new AtomicReference<>();
		Thread closer = this.engine.start("closer",
				() -> report.set(this.group.closeMembers(CloseOptions.awaitPending())));
		while (!timer.isClosed()) {
			Thread.onSpinWait();
		}
		gate.open();
		closer.join();
		assertThat(report.get().completedCallbacks()).isEqualTo(3);
		assertThat(report.get().cancelledCallbacks()).isZero();
		assertThat(this.runs).hasValue(3);
		assertThat(this.told).isEmpty();
		assertNothingFires();
	}

	// R120 for expiries, R68: what is queued is dropped and its signal given back
	@Test
	void closeThatCancels_withQueuedExpiries_dropsThemAndSaysHowMany() throws Exception {
		Gate gate = blockPool();
		timer().set(Duration.ZERO, Duration.ofMillis(1));
		Wait wait = waiting();
		this.signal.signal(2);
		wait.set(this.signal);
		wait.set(this.signal);
		wait.set(Signal.event(), Duration.ZERO);
		assertThat(this.signal.tryConsume()).isFalse();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(4);
		assertThat(report.completedCallbacks()).isZero();
		assertThat(this.told).extracting(Cancellation::droppedCallbacks).containsExactly(1L, 3L);
		assertThat(List.of(this.signal.tryConsume(), this.signal.tryConsume(), this.signal.tryConsume()))
			.containsExactly(true, true, false);
		gate.open();
		assertNothingFires();
		assertThat(this.runs).hasValue(0);
	}

	// R133, R54: the notice comes after the last callback; what it held back never runs
	@Test
	void closeThatCancels_whileATimerRuns_waitsAndTellsAfterwards() throws Exception {
		Gate gate = this.engine.gate();
		Timer running = this.environment.newTimer((instance) -> {
			gate.pass();
			assertThat(this.told).isEmpty();
			this.runs.incrementAndGet();
		});
		running.set(Duration.ZERO, Duration.ofMillis(1));
		gate.awaitArrival();
		this.clockwork.pass(Duration.ofMillis(5));
		assertThat(running.isArmed()).isTrue();
		AtomicReference<CloseReport> report = new AtomicReference<>();
		Thread closer = this.engine.start("closer",
				() -> report.set(this.group.closeMembers(CloseOptions.cancelPending())));
		while (!running.isClosed()) {
			Thread.onSpinWait();
		}
		assertThat(running.isArmed()).isFalse();
		gate.open();
		closer.join();
		assertThat(report.get().completedCallbacks()).isEqualTo(1);
		assertThat(this.told).hasSize(1).allSatisfy((each) -> assertThat(each.ranBefore()).isTrue());
		assertThat(this.runs).hasValue(1);
	}

	// awaitThenCancel
	@Test
	void closeWithGrace_thatPasses_dropsWhatIsStillQueued() throws Exception {
		Gate gate = blockPool();
		timer().set(Duration.ZERO);
		this.signal.signal();
		waiting().set(this.signal);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitThenCancel(Duration.ZERO));
		assertThat(report.cancelledCallbacks()).isEqualTo(2);
		assertThat(this.told).hasSize(2);
		assertThat(this.signal.tryConsume()).isTrue();
		gate.open();
	}

	// F8, R145: arming a member of a closing generation is refused, from inside too
	@Test
	void callback_thatArmsWhileItsGroupCloses_isRefusedInBothModes() throws Exception {
		for (CloseOptions options : List.of(CloseOptions.awaitPending(), CloseOptions.cancelPending())) {
			Gate gate = this.engine.gate();
			AtomicReference<Timer> self = new AtomicReference<>();
			Wait wait = waiting();
			ConcurrentLinkedQueue<Throwable> refusals = new ConcurrentLinkedQueue<>();
			self.set(this.environment.newTimer((instance) -> {
				gate.pass();
				assertThat(instance.isClosing()).isTrue();
				for (Runnable arming : List.<Runnable>of(() -> self.get().set(Duration.ZERO),
						() -> wait.set(Signal.semaphore(1)))) {
					try {
						arming.run();
					}
					catch (MemberClosedException ex) {
						refusals.add(ex);
					}
				}
				this.runs.incrementAndGet();
			}));
			self.get().set(Duration.ZERO);
			gate.awaitArrival();
			Thread closer = this.engine.start("closer", () -> this.group.closeMembers(options));
			while (!wait.isClosed()) {
				Thread.onSpinWait();
			}
			gate.open();
			closer.join();
			assertThat(refusals).hasSize(2)
				.allSatisfy((each) -> assertThat(each).hasMessageContaining("'mail'")
					.hasMessageContaining("cannot be set"));
		}
		assertThat(this.runs).hasValue(2);
	}

	// R140 for timers and waits, R41
	@Test
	void callback_thatClosesItsOwnMember_isItsLast() throws Exception {
		AtomicReference<Timer> timer = new AtomicReference<>();
		timer.set(this.environment.newTimer((instance) -> {
			this.runs.incrementAndGet();
			timer.get().close();
		}));
		AtomicReference<Wait> wait = new AtomicReference<>();
		wait.set(this.environment.newWait((instance, result) -> {
			this.runs.incrementAndGet();
			wait.get().close();
		}));
		timer.get().set(Duration.ZERO, Duration.ofMillis(1));
		wait.get().set(this.signal);
		this.signal.signal();
		timer.get().released().get(30, TimeUnit.SECONDS);
		wait.get().released().get(30, TimeUnit.SECONDS);
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(2);
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).closedMembers()).isZero();
		assertThat(this.told).isEmpty();
	}

	// R64, R40, F15, F16
	@Test
	void close_ofATimer_disarmsItAndLetsRunWhatIsQueued() throws Exception {
		Gate gate = blockPool();
		Timer timer = timer();
		timer.set(Duration.ZERO, Duration.ofMillis(1));
		timer.close();
		timer.close();
		assertThat(List.of(timer.isSet(), timer.isArmed(), timer.isClosed())).containsExactly(false, false, true);
		assertThat(timer.released()).isNotDone();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(() -> timer.set(Duration.ZERO));
		gate.open();
		timer.released().get(30, TimeUnit.SECONDS);
		this.clockwork.passMillis(100);
		assertThat(this.runs).hasValue(1);
	}

	// R63: unset, cancel, close leaves nothing behind
	@Test
	void recipe_ofUnsetCancelClose_leavesNoStrayCallback() throws Exception {
		for (int i = 0; i < 500; i++) {
			AtomicInteger late = new AtomicInteger();
			AtomicReference<Boolean> closed = new AtomicReference<>(false);
			Timer timer = this.environment.newTimer((instance) -> late.addAndGet(closed.get() ? 1 : 0));
			timer.set(Duration.ZERO, Duration.ofMillis(1));
			timer.unset();
			timer.awaitCallbacks(Pending.CANCEL);
			timer.close();
			closed.set(true);
			assertThat(timer.released()).isDone();
			this.clockwork.pool.stats();
			assertThat(late).hasValue(0);
		}
	}

	// R12, F39: the pool's close disarms everything, of groups and of none
	@Test
	void poolClose_withArmedMembers_disarmsThemAll() throws Exception {
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.clockwork.pool).build();
		Timer timer = timer();
		timer.set(Duration.ofHours(1));
		Timer stranger = outside.newTimer((instance) -> this.runs.incrementAndGet());
		stranger.set(this.clockwork.time.instant().plusSeconds(3_600), Duration.ofHours(1));
		Wait timed = waiting();
		timed.set(this.signal, Duration.ofHours(1));
		Wait endless = waiting();
		endless.set(this.signal);
		this.clockwork.pool.close();
		assertThat(List.of(timer.isSet(), timer.isArmed(), stranger.isSet(), stranger.isArmed())).containsOnly(false);
		assertThat(List.of(timer.unset(), stranger.unset(), timed.unset(), endless.unset()))
			.containsOnly(Disarm.NOT_SET);
		this.signal.signal();
		this.clockwork.time.advance(Duration.ofDays(1));
		assertThat(this.clockwork.pool.awaitTermination(Duration.ofSeconds(30))).isTrue();
		assertThat(this.runs).hasValue(0);
		assertThat(this.signal.tryConsume()).isTrue();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> timer.set(Duration.ZERO))
			.withMessageContaining("'pool'");
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> timed.set(this.signal))
			.withMessageContaining("'pool'");
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).closedMembers()).isEqualTo(3);
		assertThat(this.told).hasSize(3);
	}

	// R13: what is queued when the pool closes still runs; what runs fires no more
	@Test
	void poolClose_withQueuedAndRunningMembers_letsThemEnd() throws Exception {
		Gate gate = this.engine.gate();
		Timer running = this.environment.newTimer((instance) -> {
			this.runs.incrementAndGet();
			gate.pass();
		});
		running.set(Duration.ZERO, Duration.ofMillis(1));
		gate.awaitArrival();
		this.clockwork.pass(Duration.ofMillis(5));
		assertThat(running.isArmed()).isTrue();
		Gate other = this.engine.gate();
		this.environment.trySubmit(other);
		other.awaitArrival();
		this.signal.signal();
		Wait queued = waiting();
		queued.set(this.signal);
		this.clockwork.pool.close();
		assertThat(running.isArmed()).isFalse();
		other.open();
		gate.open();
		assertThat(this.clockwork.pool.awaitTermination(Duration.ofSeconds(30))).isTrue();
		assertThat(this.runs).hasValue(2);
		assertThat(this.signal.tryConsume()).isFalse();
	}

	// refuse(): nothing is armed from outside; what is armed fires, and may arm again
	@Test
	void arming_whileTheGroupRefuses_isForCallbacksOnly() throws Exception {
		AtomicReference<Timer> self = new AtomicReference<>();
		self.set(this.environment.newTimer((instance) -> {
			if (this.runs.incrementAndGet() < 3) {
				self.get().set(Duration.ofMillis(10));
			}
		}));
		Wait wait = waiting();
		self.get().set(Duration.ofMillis(10));
		this.group.refuse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> self.get().set(Duration.ofDays(1)))
			.withMessageContaining("'mail'");
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> wait.set(this.signal))
			.withMessageContaining("'mail'");
		for (int i = 1; i <= 3; i++) {
			this.clockwork.passMillis(10);
			assertThat(this.runs).hasValue(i);
		}
		this.group.accept();
		self.get().set(Duration.ofMillis(10));
		assertThat(self.get().unset()).isEqualTo(Disarm.PREVENTED);
	}

	// A pause holds back expiries; a close overrides it
	@Test
	void pausedGroup_holdsExpiriesBack_untilItIsResumedOrClosed() throws Exception {
		this.group.pause();
		Timer timer = timer();
		timer.set(Duration.ofMillis(1), Duration.ofMillis(1));
		Wait wait = waiting();
		wait.set(this.signal);
		this.signal.signal();
		this.clockwork.pass(Duration.ofMillis(1));
		this.clockwork.pass(Duration.ofMillis(1));
		assertThat(this.runs).hasValue(0);
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(2);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.completedCallbacks()).isEqualTo(2);
		assertThat(this.runs).hasValue(2);
		this.group.resume();
	}

	// A queue bound counts what submissions queued; expiries are never refused
	@Test
	void expiries_inAGroupWhoseQueueIsFull_areQueuedAllTheSame() throws Exception {
		CleanupGroup bounded = this.engine.group(CleanupGroup.builder("bounded").queueCapacity(1));
		CallbackEnvironment inBounded = CallbackEnvironment.builder()
			.pool(this.clockwork.pool)
			.cleanupGroup(bounded)
			.build();
		Gate gate = blockPool();
		assertThat(inBounded.trySubmit((instance) -> this.runs.incrementAndGet())).isTrue();
		assertThat(inBounded.trySubmit((instance) -> this.runs.incrementAndGet())).isFalse();
		inBounded.newTimer((instance) -> this.runs.incrementAndGet()).set(Duration.ZERO);
		Wait wait = inBounded.newWait((instance, result) -> this.runs.incrementAndGet());
		wait.set(Signal.semaphore(1));
		assertThat(bounded.memberCounts().pendingCallbacks()).isEqualTo(3);
		assertThat(wait.unset()).isEqualTo(Disarm.DEQUEUED);
		gate.open();
		this.clockwork.settle();
		assertThat(this.runs).hasValue(2);
	}

	// What is queued of a closed timer can still be taken back
	@Test
	void unset_ofAClosedTimerWithAQueuedExpiry_takesItBack() throws Exception {
		Gate gate = blockPool();
		Timer timer = timer();
		timer.set(Duration.ZERO);
		timer.close();
		assertThat(timer.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(timer.unset()).isEqualTo(Disarm.NOT_SET);
		assertThat(timer.released()).isDone();
		gate.open();
		this.clockwork.settle();
		assertThat(this.runs).hasValue(0);
	}

	/** Keeps all threads of the pool busy until the gate opens. */
	private Gate blockPool() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.clockwork.pool).build();
		outside.trySubmit(gate);
		outside.trySubmit(gate);
		gate.awaitArrivals(2);
		return gate;
	}

}
