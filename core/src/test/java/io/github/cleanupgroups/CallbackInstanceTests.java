package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a callback can do through the instance it is handed, and where it no longer can.
 */
@Timeout(60)
class CallbackInstanceTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());

	private final ThreadPool pool = this.engine.pool(ThreadPool.builder("pool")
		.maxThreads(1)
		.onUncaught((member, failure) -> this.uncaught.add(member + ": " + failure.getMessage())));

	private final CleanupGroup group = this.engine.group("mail");

	private final Gate gate = this.engine.gate();

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).memberName("letter");
	}

	/** Runs a callback once and waits for its end. */
	private void run(CallbackEnvironment environment, Callback callback) throws InterruptedException {
		Work work = environment.newWork("the context", callback);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
	}

	static Stream<Consumer<CallbackInstance>> uses() {
		return Stream.of(CallbackInstance::kind, CallbackInstance::member, CallbackInstance::context,
				CallbackInstance::mayRunLong, CallbackInstance::disassociate, CallbackInstance::isClosing,
				(instance) -> instance.whenReturned(() -> {
				}));
	}

	// R27
	@Test
	void instance_insideItsCallback_tellsKindMemberAndContext() throws Exception {
		CompletableFuture<List<@Nullable Object>> seen = new CompletableFuture<>();
		Work work = environment().build()
			.newWork("the context", (instance) -> seen.complete(
					List.of(instance.kind(), String.valueOf(instance.member()), String.valueOf(instance.context()))));
		work.submit();
		assertThat(seen.get(20, TimeUnit.SECONDS)).containsExactly(MemberKind.WORK, work.toString(), "the context");
		CompletableFuture<List<@Nullable Object>> ofOneOff = new CompletableFuture<>();
		environment().build()
			.trySubmit("the context", (instance) -> ofOneOff
				.complete(List.of(instance.kind(), instance.member() == null, String.valueOf(instance.context()))));
		assertThat(ofOneOff.get(20, TimeUnit.SECONDS)).containsExactly(MemberKind.CALLBACK, true, "the context");
	}

	// R101, F33
	@ParameterizedTest
	@MethodSource("uses")
	void instance_afterItsCallback_isAnIllegalStateNamingGroupAndMember(Consumer<CallbackInstance> use)
			throws Exception {
		AtomicReference<@Nullable CallbackInstance> kept = new AtomicReference<>();
		run(environment().build(), kept::set);
		CallbackInstance instance = kept.get();
		assertThat(instance).isNotNull();
		assertThatIllegalStateException().isThrownBy(() -> use.accept(instance))
			.withMessageContainingAll("'mail'", "'letter'", "outside");
	}

	// R101, F33
	@ParameterizedTest
	@MethodSource("uses")
	void instance_onAnotherThread_isAnIllegalState(Consumer<CallbackInstance> use) throws Exception {
		CompletableFuture<CallbackInstance> running = new CompletableFuture<>();
		environment().build().trySubmit((instance) -> {
			running.complete(instance);
			this.gate.pass();
		});
		CallbackInstance instance = running.get(20, TimeUnit.SECONDS);
		assertThatIllegalStateException().isThrownBy(() -> use.accept(instance));
		this.gate.open();
	}

	// R101, F33
	@ParameterizedTest
	@MethodSource("uses")
	void instance_keptUntilTheNextExecutionOfTheSameWork_isAnIllegalState(Consumer<CallbackInstance> use)
			throws Exception {
		AtomicReference<@Nullable CallbackInstance> kept = new AtomicReference<>();
		AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
		Work work = environment().build().newWork((instance) -> {
			CallbackInstance former = kept.getAndSet(instance);
			if (former != null) {
				thrown.set(catchThrowable(() -> use.accept(former)));
			}
		});
		work.submit();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
	}

	// R101
	@Test
	void instance_inFinalizationAndActions_isStillValid() throws Exception {
		List<Object> seen = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment finalized = environment().onFinalize((instance) -> seen.add(instance.kind())).build();
		run(finalized, (instance) -> instance.whenReturned(() -> seen.add(instance.isClosing())));
		assertThat(seen).containsExactly(MemberKind.WORK, false);
	}

	// R102
	@Test
	void mayRunLong_inTheOnlyThreadOfAPool_isFalseAndTheCallbackGoesOn() throws Exception {
		List<Boolean> answers = Collections.synchronizedList(new ArrayList<>());
		run(environment().build(), (instance) -> {
			answers.add(instance.mayRunLong());
			answers.add(instance.mayRunLong());
		});
		assertThat(answers).containsExactly(false, false);
	}

	// R102, F34
	@Test
	void mayRunLong_whereThePoolMayGrow_isTrueAndStartsOneThreadHoweverOftenCalled() throws Exception {
		this.pool.resize(0, 4);
		CompletableFuture<List<Object>> answers = new CompletableFuture<>();
		environment().build().trySubmit((instance) -> {
			answers.complete(List.of(instance.mayRunLong(), instance.mayRunLong(), this.pool.stats().threads()));
			this.gate.pass();
		});
		assertThat(answers.get(20, TimeUnit.SECONDS)).containsExactly(true, true, 2);
		this.gate.open();
	}

	// R24
	@Test
	void mayRunLong_ofACallbackThatRunsLongByItsEnvironment_isTrue() throws Exception {
		List<Boolean> answers = Collections.synchronizedList(new ArrayList<>());
		run(environment().runsLong(true).build(), (instance) -> answers.add(instance.mayRunLong()));
		assertThat(answers).containsExactly(true);
	}

	// R103, R104, R107, F32
	@Test
	void actions_allOfThem_runInOrderAfterTheFinalization() throws Exception {
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment finalized = environment().onFinalize((instance) -> order.add("finalization")).build();
		run(finalized, (instance) -> {
			instance.whenReturned(() -> order.add("first"));
			instance.whenReturned(() -> {
				order.add("second");
				instance.whenReturned(() -> order.add("registered by an action"));
			});
			instance.whenReturned(() -> order.add("third"));
			order.add("callback");
		});
		assertThat(order).containsExactly("callback", "finalization", "first", "second", "third",
				"registered by an action");
	}

	// R105, R106, F32
	@Test
	void action_thatThrows_skipsNoOtherAndIsReported() throws Exception {
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		run(environment().build(), (instance) -> {
			instance.whenReturned(() -> {
				throw new IllegalStateException("no event");
			});
			instance.whenReturned(() -> order.add("second"));
		});
		assertThat(order).containsExactly("second");
		assertThat(this.uncaught).containsExactly("letter: no event");
	}

	// V4: before the member counts as finished
	@Test
	void action_whileItRuns_keepsItsMemberRunning() throws Exception {
		Work work = environment().build().newWork((instance) -> instance.whenReturned(this.gate::passUninterruptibly));
		work.submit();
		this.gate.awaitArrival();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		assertThat(work.awaitCallbacks(Pending.AWAIT, Duration.ZERO)).isFalse();
		this.gate.open();
		work.awaitCallbacks(Pending.AWAIT);
	}

	// R27: once per executed callback, on its thread, with its context
	@Test
	void finalization_ofEachExecutedCallback_runsOnceOnItsThread() throws Exception {
		List<String> callbacks = Collections.synchronizedList(new ArrayList<>());
		List<String> finalizations = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment finalized = environment()
			.onFinalize((instance) -> finalizations.add(Thread.currentThread().getName() + instance.context()))
			.build();
		Work work = finalized.newWork("!", (instance) -> callbacks.add(Thread.currentThread().getName() + "!"));
		work.submit();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(finalizations).hasSize(2).isEqualTo(callbacks);
	}

	@Test
	void finalization_ofACallback_isHandedTheSameInstance() throws Exception {
		List<CallbackInstance> seen = Collections.synchronizedList(new ArrayList<>());
		run(environment().onFinalize(seen::add).build(), seen::add);
		assertThat(seen).hasSize(2);
		assertThat(seen.get(1)).isSameAs(seen.get(0));
	}

	// R27: not for cancelled ones
	@Test
	void finalization_ofADroppedCallback_doesNotRun() throws Exception {
		AtomicInteger finalizations = new AtomicInteger();
		environment().build().trySubmit(this.gate);
		this.gate.awaitArrival();
		Work work = environment().onFinalize((instance) -> finalizations.incrementAndGet()).build().newWork(this.gate);
		work.submit();
		work.awaitCallbacks(Pending.CANCEL);
		this.gate.open();
		run(environment().build(), (instance) -> {
		});
		assertThat(finalizations).hasValue(0);
	}

	// R108
	@Test
	void disassociated_callback_isNotWaitedForByItsMember() throws Exception {
		Work work = environment().build().newWork((instance) -> {
			instance.disassociate();
			instance.disassociate();
			this.gate.pass();
		});
		work.submit();
		this.gate.awaitArrival();
		work.awaitCallbacks(Pending.AWAIT);
		work.awaitCallbacks(Pending.CANCEL);
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		this.gate.open();
	}

	// R108: waiters are released when the last one disassociates
	@Test
	void disassociating_whileSomebodyWaits_releasesTheWaiter() throws Exception {
		Gate beforeEnd = this.engine.gate();
		Work work = environment().build().newWork((instance) -> {
			this.gate.pass();
			instance.disassociate();
			beforeEnd.pass();
		});
		work.submit();
		this.gate.awaitArrival();
		CountDownLatch released = new CountDownLatch(1);
		Thread waiter = this.engine.start("waiter", () -> {
			work.awaitCallbacks(Pending.AWAIT);
			released.countDown();
		});
		eventually("state of the waiter", Thread.State.TIMED_WAITING, waiter::getState);
		this.gate.open();
		assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
		beforeEnd.open();
	}

	// R109, R125, F35
	@Test
	void disassociated_callback_isWaitedForByACloseOfItsGroup() throws Exception {
		environment().build().newWork((instance) -> {
			instance.disassociate();
			this.gate.pass();
		}).submit();
		this.gate.awaitArrival();
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(closed).isNotDone();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		this.gate.open();
		assertThat(closed.get(20, TimeUnit.SECONDS).completedCallbacks()).isEqualTo(1);
	}

	// R111, R112
	@Test
	void disassociated_callback_mayWaitForAndCloseItsOwnMember() throws Exception {
		AtomicReference<@Nullable Work> own = new AtomicReference<>();
		CountDownLatch waited = new CountDownLatch(1);
		Work work = environment().build().newWork((instance) -> {
			Work self = own.get();
			instance.disassociate();
			if (self != null) {
				self.awaitCallbacks(Pending.AWAIT);
				self.close();
				waited.countDown();
			}
		});
		own.set(work);
		work.submit();
		assertThat(waited.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(work.isClosed()).isTrue();
	}

	// R112: still not its group
	@Test
	void disassociated_callback_mayNotCloseItsGroup() throws Exception {
		CompletableFuture<@Nullable Throwable> thrown = new CompletableFuture<>();
		environment().build().trySubmit((instance) -> {
			instance.disassociate();
			thrown.complete(catchThrowable(() -> this.group.closeMembers(CloseOptions.cancelPending())));
		});
		assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
			.hasMessageContaining("'mail'");
	}

	// F44
	@Test
	void isClosing_onceItsGroupCloses_turnsTrue() throws Exception {
		CompletableFuture<List<Boolean>> answers = new CompletableFuture<>();
		environment().build().trySubmit((instance) -> {
			boolean before = instance.isClosing();
			this.gate.pass();
			answers.complete(List.of(before, instance.isClosing()));
		});
		this.gate.awaitArrival();
		CompletableFuture<CloseReport> closed = this.group.closeMembersAsync(CloseOptions.awaitPending());
		this.gate.open();
		assertThat(answers.get(20, TimeUnit.SECONDS)).containsExactly(false, true);
		assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
	}

}
