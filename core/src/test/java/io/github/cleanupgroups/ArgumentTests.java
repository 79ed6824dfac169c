package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Every argument that cannot be is refused at the call, by its name (V3, R20, F20).
 */
@Timeout(60)
@SuppressWarnings({ "NullAway", "FutureReturnValueIgnored" })
class ArgumentTests {

	private static final Duration NEGATIVE = Duration.ofNanos(-1);

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	/** What the calls under test are made on. */
	record Targets(ThreadPool pool, CallbackEnvironment environment, Work work, ScheduledExecutorService view) {
	}

	private Targets targets() {
		ThreadPool pool = this.engine.pool(1);
		CallbackEnvironment environment = CallbackEnvironment.builder()
			.pool(pool)
			.cleanupGroup(this.engine.group("mail"))
			.build();
		return new Targets(pool, environment, environment.newWork((instance) -> {
		}), environment.asExecutorService());
	}

	private static Arguments call(String argument, Consumer<Targets> call) {
		return arguments(argument, call);
	}

	/** A call that may throw what is checked. */
	private interface Checked {

		void on(Targets targets) throws Exception;

	}

	private static Arguments checked(String argument, Checked call) {
		return call(argument, (targets) -> {
			try {
				call.on(targets);
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
	}

	static Stream<Arguments> nulls() {
		Runnable task = () -> {
		};
		return Stream.of(call("name", (on) -> ThreadPool.builder(null)),
				call("keepAlive", (on) -> ThreadPool.builder("p").keepAlive(null)),
				call("factory", (on) -> ThreadPool.builder("p").threadFactory(null)),
				call("handler", (on) -> ThreadPool.builder("p").onUncaught(null)),
				checked("timeout", (on) -> on.pool().awaitTermination(null)),
				call("pool", (on) -> CallbackEnvironment.builder().pool(null)),
				call("group", (on) -> CallbackEnvironment.builder().cleanupGroup(null)),
				call("callback", (on) -> CallbackEnvironment.builder().onCancel(null)),
				call("callback", (on) -> CallbackEnvironment.builder().onFinalize(null)),
				call("priority", (on) -> CallbackEnvironment.builder().priority(null)),
				call("loader", (on) -> CallbackEnvironment.builder().contextClassLoader(null)),
				call("memberName", (on) -> CallbackEnvironment.builder().memberName(null)),
				call("pending", (on) -> CallbackEnvironment.builder().onGroupClose(null)),
				call("callback", (on) -> on.environment().newWork(null)),
				call("callback", (on) -> on.environment().newWork("context", null)),
				call("callback", (on) -> on.environment().trySubmit(null)),
				call("callback", (on) -> on.environment().trySubmit("context", null)),
				call("task", (on) -> on.environment().submit(null)),
				call("task", (on) -> on.environment().submitAsync(null)),
				checked("pending", (on) -> on.work().awaitCallbacks(null)),
				checked("pending", (on) -> on.work().awaitCallbacks(null, Duration.ZERO)),
				checked("timeout", (on) -> on.work().awaitCallbacks(Pending.AWAIT, null)),
				call("command", (on) -> on.view().execute(null)),
				call("command", (on) -> on.view().schedule((Runnable) null, 1, TimeUnit.SECONDS)),
				call("callable", (on) -> on.view().schedule((Callable<?>) null, 1, TimeUnit.SECONDS)),
				call("command", (on) -> on.view().scheduleAtFixedRate(null, 1, 1, TimeUnit.SECONDS)),
				call("command", (on) -> on.view().scheduleWithFixedDelay(null, 1, 1, TimeUnit.SECONDS)),
				call("unit", (on) -> on.view().schedule(task, 1, null)),
				call("unit", (on) -> on.view().scheduleAtFixedRate(task, 1, 1, null)),
				call("unit", (on) -> on.view().scheduleWithFixedDelay(task, 1, 1, null)),
				checked("unit", (on) -> on.view().awaitTermination(1, null)),
				call("action", (on) -> rethrow(on, (instance) -> instance.whenReturned(null))));
	}

	/** Makes a call inside a callback. */
	private static void rethrow(Targets on, Consumer<CallbackInstance> call) {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		on.environment().trySubmit((instance) -> thrown.complete(catchThrowable(() -> call.accept(instance))));
		if (thrown.join() instanceof RuntimeException ex) {
			throw ex;
		}
	}

	static Stream<Arguments> outOfRange() {
		Runnable task = () -> {
		};
		return Stream.of(call("name", (on) -> ThreadPool.builder(" ")),
				call("keepAlive", (on) -> ThreadPool.builder("p").keepAlive(NEGATIVE)),
				call("minThreads", (on) -> ThreadPool.builder("p").minThreads(-1).build()),
				call("maxThreads", (on) -> ThreadPool.builder("p").maxThreads(0).build()),
				call("maxThreads", (on) -> on.pool().resize(0, 0)), call("minThreads", (on) -> on.pool().resize(2, 1)),
				checked("timeout", (on) -> on.pool().awaitTermination(NEGATIVE)),
				call("memberName", (on) -> CallbackEnvironment.builder().memberName("")),
				checked("timeout", (on) -> on.work().awaitCallbacks(Pending.AWAIT, NEGATIVE)),
				call("period", (on) -> on.view().scheduleAtFixedRate(task, 1, 0, TimeUnit.SECONDS)),
				call("delay", (on) -> on.view().scheduleWithFixedDelay(task, 1, -1, TimeUnit.SECONDS)));
	}

	@ParameterizedTest(name = "{0} [{index}]")
	@MethodSource("nulls")
	void null_asAnyArgument_isANullPointerNamingIt(String argument, Consumer<Targets> call) {
		Targets targets = targets();
		assertThatNullPointerException().isThrownBy(calling(call, targets)).withMessageContaining(argument);
	}

	@ParameterizedTest(name = "{0} [{index}]")
	@MethodSource("outOfRange")
	void value_outOfItsRange_isAnIllegalArgumentNamingIt(String argument, Consumer<Targets> call) {
		Targets targets = targets();
		assertThatIllegalArgumentException().isThrownBy(calling(call, targets)).withMessageContaining(argument);
	}

	private static ThrowingCallable calling(Consumer<Targets> call, Targets targets) {
		return () -> call.accept(targets);
	}

	// R1, F45
	@Test
	void environment_withoutPool_isAnIllegalStateNamingGroupAndWayOut() {
		assertThatIllegalStateException()
			.isThrownBy(() -> CallbackEnvironment.builder().cleanupGroup(this.engine.group("mail")).build())
			.withMessageContainingAll("'mail'", "pool(ThreadPool)");
	}

	// The JDK's own null checks name nothing
	@Test
	void null_inWhatTheViewInherits_isANullPointer() {
		Targets targets = targets();
		assertThatNullPointerException().isThrownBy(() -> targets.view().submit((Runnable) null));
		assertThatNullPointerException().isThrownBy(() -> targets.view().invokeAll(null));
		assertThatNullPointerException().isThrownBy(() -> targets.view().invokeAny(null));
	}

	// A failed call leaves nothing behind
	@Test
	void work_afterCallsWithBadArguments_isAsBefore() throws Exception {
		Targets targets = targets();
		assertThatExceptionOfType(NullPointerException.class)
			.isThrownBy(() -> targets.work().awaitCallbacks(Pending.CANCEL, null));
		targets.work().submit();
		assertThat(targets.work().awaitCallbacks(Pending.AWAIT, Duration.ofSeconds(20))).isTrue();
	}

}
