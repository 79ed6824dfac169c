package io.github.cleanupgroups;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a callback throws, and what it leaves behind on its thread, harms nobody else.
 */
@Timeout(60)
class CallbackFailureTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool")
		.minThreads(1)
		.maxThreads(1)
		.onUncaught((member, failure) -> this.uncaught.add(member + ": " + failure.getMessage())));

	private final CleanupGroup group = this.engine.group("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	private Thread thread() throws Exception {
		return this.environment.submit(Thread::currentThread).get(20, TimeUnit.SECONDS);
	}

	/** Runs a callback and then says what state its thread is in. */
	private ThreadState stateAfter(Callback callback) throws Exception {
		this.environment.trySubmit(callback);
		return this.environment.submit(() -> ThreadState.of(Thread.currentThread())).get(20, TimeUnit.SECONDS);
	}

	// Setting up the platform's logging costs a fiftieth of a second.
	@Test
	void log_whileNothingFails_isNotSetUp(@TempDir Path directory) throws Exception {
		assertThat(MemberInItsOwnProcess.outputOf(directory, "-Xlog:class+load")).contains("group 'mail' closed")
			.contains(RunningCallback.class.getName())
			.doesNotContain("LazyLoggers")
			.doesNotContain("java.util.logging");
	}

	// R17, F14
	@Test
	void callback_thatThrows_isReportedAndItsWorkerSurvives() throws Exception {
		Thread before = thread();
		this.environment.trySubmit((instance) -> {
			throw new Exception("no stamp");
		});
		assertThat(thread()).isSameAs(before);
		assertThat(this.uncaught).containsExactly("letter: no stamp");
	}

	// R17, F14
	@Test
	void callback_thatThrowsAnError_isReportedAndItsWorkerSurvives() throws Exception {
		Thread before = thread();
		Work work = this.environment.newWork((instance) -> {
			throw new StackOverflowError("too deep");
		});
		work.submit();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(thread()).isSameAs(before);
		assertThat(this.uncaught).containsExactly("letter: too deep", "letter: too deep");
	}

	// F14: it is counted
	@Test
	void callback_thatThrows_countsAsCompleted() throws Exception {
		Work work = this.environment.newWork((instance) -> {
			throw new IllegalStateException("no stamp");
		});
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.pool.stats().completedCallbacks()).isEqualTo(1);
	}

	// F14
	@Test
	void failure_ofACallbackThatACloseWaitsFor_isInItsReport() throws Exception {
		Gate gate = this.engine.gate();
		IllegalStateException failure = new IllegalStateException("no stamp");
		this.environment.trySubmit((instance) -> {
			gate.pass();
			throw failure;
		});
		gate.awaitArrival();
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.awaitPending());
		gate.open();
		CloseReport report = closed.get(20, TimeUnit.SECONDS);
		assertThat(report.failures()).containsExactly(failure);
		assertThat(report.completedCallbacks()).isEqualTo(1);
	}

	// F14
	@Test
	void onUncaught_thatThrowsItself_costsNoWorker() throws Exception {
		ThreadPool broken = this.engine
			.pool(ThreadPool.builder("broken").maxThreads(1).onUncaught((member, failure) -> {
				throw new AssertionError("broken handler");
			}));
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(broken).build();
		environment.trySubmit((instance) -> {
			throw new Exception("no stamp");
		});
		assertThat(environment.submit(() -> "ran").get(20, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(broken.stats().threads()).isEqualTo(1);
	}

	// R27, F32
	@Test
	void finalizationAndActions_ofACallbackThatThrows_runAndTheirFailuresAreReported() throws Exception {
		CallbackEnvironment finalized = CallbackEnvironment.builder()
			.pool(this.pool)
			.memberName("letter")
			.onFinalize((instance) -> {
				throw new Exception("finalization");
			})
			.build();
		Work work = finalized.newWork((instance) -> {
			instance.whenReturned(() -> {
				throw new IllegalStateException("action");
			});
			instance.whenReturned(() -> this.uncaught.add("last action"));
			throw new Exception("callback");
		});
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.uncaught).containsExactly("last action", "letter: callback", "letter: finalization",
				"letter: action");
	}

	// R16, F36
	@Test
	void interruptFlag_thatACallbackLeaves_doesNotReachTheNext() throws Exception {
		this.environment.trySubmit((instance) -> Thread.currentThread().interrupt());
		assertThat(this.environment.submit(() -> Thread.currentThread().isInterrupted()).get(20, TimeUnit.SECONDS))
			.isFalse();
	}

	// R16, F36
	@Test
	void interruptFlag_thatAnOwnerToldOnTheWorkerLeaves_doesNotReachTheNextCallback() throws Exception {
		Gate gate = this.engine.gate();
		Work work = this.environment.newWork(gate);
		CompletableFuture<Void> told = work.released().thenRun(() -> Thread.currentThread().interrupt());
		work.submit();
		gate.awaitArrival();
		CompletableFuture<Boolean> next = this.environment.submit(() -> Thread.currentThread().isInterrupted());
		work.close();
		gate.open();
		assertThat(told).succeedsWithin(20, TimeUnit.SECONDS);
		assertThat(next.get(20, TimeUnit.SECONDS)).isFalse();
	}

	// R16, F36
	@Test
	@SuppressWarnings("ThreadPriorityCheck")
	void priority_thatACallbackSets_isPutBack() throws Exception {
		ThreadState before = stateAfter((instance) -> {
		});
		assertThat(stateAfter((instance) -> Thread.currentThread().setPriority(Thread.MIN_PRIORITY))).isEqualTo(before);
	}

	// R16, F36
	@Test
	void contextClassLoader_thatACallbackSets_isPutBack() throws Exception {
		ThreadState before = stateAfter((instance) -> {
		});
		assertThat(stateAfter((instance) -> Thread.currentThread()
			.setContextClassLoader(new ClassLoader(ClassLoader.getPlatformClassLoader()) {
			}))).isEqualTo(before);
		assertThat(stateAfter((instance) -> Thread.currentThread().setContextClassLoader(null))).isEqualTo(before);
	}

	// R16, F36
	@Test
	void name_thatACallbackGivesItsThread_isPutBack() throws Exception {
		ThreadState before = stateAfter((instance) -> {
		});
		assertThat(stateAfter((instance) -> Thread.currentThread().setName("mine"))).isEqualTo(before);
	}

	// R16, F36: also where the callback throws
	@Test
	@SuppressWarnings("ThreadPriorityCheck")
	void threadState_afterACallbackThatThrows_isPutBack() throws Exception {
		ThreadState before = stateAfter((instance) -> {
		});
		assertThat(stateAfter((instance) -> {
			Thread.currentThread().setName("mine");
			Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
			throw new Exception("no stamp");
		})).isEqualTo(before);
	}

	// R26
	@Test
	void contextClassLoader_ofTheEnvironment_isThereUntilTheActionsAreThrough() throws Exception {
		ClassLoader loader = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
		};
		List<@Nullable ClassLoader> seen = Collections.synchronizedList(new ArrayList<>());
		ThreadState before = stateAfter((instance) -> {
		});
		CallbackEnvironment loading = CallbackEnvironment.builder()
			.pool(this.pool)
			.contextClassLoader(loader)
			.onFinalize((instance) -> seen.add(Thread.currentThread().getContextClassLoader()))
			.build();
		loading.trySubmit((instance) -> {
			seen.add(Thread.currentThread().getContextClassLoader());
			instance.whenReturned(() -> seen.add(Thread.currentThread().getContextClassLoader()));
		});
		assertThat(stateAfter((instance) -> {
		})).isEqualTo(before);
		assertThat(seen).containsExactly(loader, loader, loader);
	}

	// F36, architecture 4: interrupts hit their own callback only
	@Test
	void interrupt_ofAFutureThatIsBeingCancelled_neverReachesTheNextCallback() throws Exception {
		for (int i = 0; i < 500; i++) {
			Gate gate = this.engine.gate();
			CompletableFuture<?> cancelled = this.environment.submit(() -> {
				gate.pass();
				return "ended";
			});
			CompletableFuture<Boolean> next = this.environment.submit(() -> Thread.currentThread().isInterrupted());
			gate.awaitArrival();
			gate.open();
			cancelled.cancel(true);
			assertThat(next.get(20, TimeUnit.SECONDS)).isFalse();
		}
		assertThat(this.pool.awaitTermination(Duration.ZERO)).isFalse();
	}

}
