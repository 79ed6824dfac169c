package io.github.cleanupgroups;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * The kinds of signals (R68, R74, R77, F24).
 */
@Timeout(120)
class SignalTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final Clockwork clockwork = new Clockwork(this.engine, 2);

	private final ConcurrentLinkedQueue<WaitResult> results = new ConcurrentLinkedQueue<>();

	private Wait waitFor(Signal signal) {
		Wait wait = this.clockwork.environment.newWait((instance, result) -> this.results.add(result));
		wait.set(signal);
		return wait;
	}

	private int fired() {
		this.clockwork.settle();
		return this.results.size();
	}

	@Test
	void semaphore_withPermits_givesOneToEachWait() {
		Signal signal = Signal.semaphore(2);
		waitFor(signal);
		waitFor(signal);
		waitFor(signal);
		assertThat(fired()).isEqualTo(2);
		signal.signal(2);
		assertThat(fired()).isEqualTo(3);
		assertThat(List.of(signal.tryConsume(), signal.tryConsume())).containsExactly(true, false);
	}

	@Test
	void semaphore_signalledBeyondItsRange_staysPresent() {
		Signal signal = Signal.semaphore(Integer.MAX_VALUE);
		signal.signal(Integer.MAX_VALUE);
		signal.signal(Integer.MAX_VALUE);
		assertThat(signal.tryConsume()).isTrue();
	}

	@Test
	void event_signalledTwice_isConsumedOnce() {
		Signal signal = Signal.event();
		signal.signal();
		signal.signal(5);
		waitFor(signal);
		waitFor(signal);
		assertThat(fired()).isEqualTo(1);
		signal.signal(5);
		assertThat(fired()).isEqualTo(2);
		assertThat(signal.tryConsume()).isFalse();
	}

	@Test
	void latch_onceSignalled_activatesAllForGood() {
		Signal signal = Signal.latch();
		waitFor(signal);
		waitFor(signal);
		assertThat(signal.tryConsume()).isFalse();
		signal.signal(3);
		waitFor(signal);
		assertThat(fired()).isEqualTo(3);
		assertThat(List.of(signal.tryConsume(), signal.tryConsume())).containsExactly(true, true);
	}

	@Test
	void stage_thatCompletes_signals() {
		CompletableFuture<String> stage = new CompletableFuture<>();
		waitFor(Signal.of(stage));
		assertThat(fired()).isZero();
		stage.complete("done");
		assertThat(fired()).isEqualTo(1);
		waitFor(Signal.of(stage));
		assertThat(fired()).isEqualTo(2);
	}

	@Test
	void stage_thatFailsOrIsCancelled_signalsToo() {
		CompletableFuture<String> failing = new CompletableFuture<>();
		CompletableFuture<String> cancelled = new CompletableFuture<>();
		waitFor(Signal.of(failing));
		waitFor(Signal.of(cancelled));
		failing.completeExceptionally(new IllegalStateException("no"));
		cancelled.cancel(false);
		assertThat(fired()).isEqualTo(2);
		assertThat(this.results).containsOnly(WaitResult.SIGNALED);
	}

	// A dropped activation gives back nothing that is not there for good anyway
	@Test
	void stage_whoseActivationIsDropped_staysPresent() throws Exception {
		Gate gate = this.engine.gate();
		this.clockwork.environment.trySubmit(gate);
		this.clockwork.environment.trySubmit(gate);
		gate.awaitArrivals(2);
		Signal signal = Signal.of(CompletableFuture.completedFuture(1));
		Wait wait = waitFor(signal);
		assertThat(wait.unset()).isEqualTo(Disarm.DEQUEUED);
		assertThat(signal.tryConsume()).isTrue();
		gate.open();
	}

	// A real process
	@Test
	void process_thatEnds_signals() throws Exception {
		String java = ProcessHandle.current().info().command().orElse("java");
		// It ends when its input does.
		Process process = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"),
				ReadsItsInput.class.getName())
			.start();
		try {
			CountDownLatch ended = new CountDownLatch(1);
			Wait wait = this.clockwork.environment.newWait((instance, result) -> {
				this.results.add(result);
				ended.countDown();
			});
			wait.set(Signal.of(process.toHandle()));
			assertThat(process.isAlive()).isTrue();
			assertThat(fired()).isZero();
			process.getOutputStream().close();
			assertThat(ended.await(90, TimeUnit.SECONDS)).isTrue();
			assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
			assertThat(this.results).containsExactly(WaitResult.SIGNALED);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void process_thatIsThisOne_isRefused() {
		assertThatIllegalStateException().isThrownBy(() -> Signal.of(ProcessHandle.current()));
	}

	@Test
	void signal_ofAStageOrProcess_cannotBeSignalledByTheProgram() {
		Signal signal = Signal.of(new CompletableFuture<>());
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(signal::signal);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> signal.signal(2));
		assertThat(signal.tryConsume()).isFalse();
	}

	@Test
	void signal_misused_isRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.semaphore(-1));
		assertThatIllegalArgumentException().isThrownBy(() -> Signal.semaphore(0).signal(0));
		assertThatNullPointerException().isThrownBy(() -> Signal.of((CompletableFuture<?>) null));
		assertThatNullPointerException().isThrownBy(() -> Signal.of((ProcessHandle) null));
	}

	// Any number of waits of any pools and groups
	@Test
	void signal_sharedByTwoPools_servesThoseSetFirst() {
		ThreadPool other = this.engine.pool(1);
		AtomicInteger elsewhere = new AtomicInteger();
		Wait first = CallbackEnvironment.builder()
			.pool(other)
			.build()
			.newWait((instance, result) -> elsewhere.incrementAndGet());
		Signal signal = Signal.semaphore(0);
		first.set(signal);
		waitFor(signal);
		signal.signal();
		assertThat(first.unset()).isIn(Disarm.TOO_LATE, Disarm.DEQUEUED);
		assertThat(this.engine).isNotNull();
		signal.signal();
		assertThat(fired()).isEqualTo(1);
	}

	// P1 for permits: none is lost, none is used twice
	@Test
	void permits_signalledAndTakenByManyThreads_areUsedOnceEach() throws Exception {
		Signal signal = Signal.semaphore(0);
		int threads = 4;
		int each = 2_000;
		AtomicInteger consumed = new AtomicInteger();
		CyclicBarrier together = new CyclicBarrier(2 * threads);
		Thread[] all = new Thread[2 * threads];
		for (int i = 0; i < threads; i++) {
			Wait wait = this.clockwork.environment.newWait((instance, result) -> consumed.incrementAndGet());
			all[2 * i] = this.engine.start("signaller", () -> {
				together.await();
				for (int n = 0; n < each; n++) {
					signal.signal();
				}
			});
			all[2 * i + 1] = this.engine.start("waiter", () -> {
				together.await();
				for (int n = 0; n < each; n++) {
					wait.set(signal);
					if (n % 3 == 0) {
						wait.unset();
					}
					if (n % 7 == 0) {
						wait.awaitCallbacks(Pending.CANCEL);
					}
				}
				wait.awaitCallbacks(Pending.CANCEL);
			});
		}
		for (Thread thread : all) {
			thread.join();
		}
		this.clockwork.settle();
		int left = 0;
		while (signal.tryConsume()) {
			left++;
		}
		assertThat(consumed.get() + left).isEqualTo(threads * each);
	}

	/** The main class of a process that ends when its input does. */
	static final class ReadsItsInput {

		private ReadsItsInput() {
		}

		public static void main(String[] args) throws Exception {
			while (System.in.read() >= 0) {
				// Only the end counts.
			}
		}

	}

}
