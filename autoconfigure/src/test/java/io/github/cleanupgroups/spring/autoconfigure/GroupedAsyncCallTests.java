package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ApplicationContext;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.Priority;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a call of a grouped method is, and what its caller gets.
 */
@Timeout(120)
class GroupedAsyncCallTests {

	private final CountDownLatch release = new CountDownLatch(1);

	@Test
	void call_ofAVoidMethod_runsOnAThreadOfTheGroupsPool() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			CompletableFuture<Thread> thread = new CompletableFuture<>();
			context.getBean(Mailer.class).post(() -> thread.complete(Thread.currentThread()));
			assertThat(thread.get(1, TimeUnit.MINUTES)).isNotSameAs(Thread.currentThread());
		});
	}

	@Test
	void call_whileItRuns_isACallbackMemberNamedByClassAndMethod() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			CountDownLatch started = new CountDownLatch(1);
			context.getBean(Mailer.class).post(() -> {
				started.countDown();
				GroupedContexts.await(this.release);
			});
			GroupedContexts.await(started);
			MemberSnapshot member = onlyMember(context);
			assertThat(member.kind()).isEqualTo(MemberKind.CALLBACK);
			assertThat(member.name()).isEqualTo("Mailer.post");
			assertThat(member.runningCallbacks()).isEqualTo(1);
			this.release.countDown();
		});
	}

	@Test
	void call_ofALabelledMethod_isNamedByTheLabel() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			CompletableFuture<String> name = new CompletableFuture<>();
			context.getBean(Mailer.class).labelled(() -> name.complete(onlyMember(context).name()));
			assertThat(name.get(1, TimeUnit.MINUTES)).isEqualTo("letters");
		});
	}

	@Test
	void result_ofEachFutureType_isWhatTheMethodReturned() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			assertThat(mailer.completable("a").get(1, TimeUnit.MINUTES)).isEqualTo("a");
			assertThat(mailer.stage("b").toCompletableFuture().get(1, TimeUnit.MINUTES)).isEqualTo("b");
			assertThat(mailer.future("c").get(1, TimeUnit.MINUTES)).isEqualTo("c");
			assertThat(mailer.completable(null).get(1, TimeUnit.MINUTES)).isNull();
		});
	}

	@Test
	void result_ofAMethodThatReturnsNoFuture_isNull() {
		GroupedContexts.runner()
			.withBean(Mailer.class)
			.run((context) -> assertThat(context.getBean(Mailer.class).noFuture().get(1, TimeUnit.MINUTES)).isNull());
	}

	@Test
	void result_ofAMethodThatThrows_failsWithTheSameException() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			IllegalStateException failure = new IllegalStateException("no stamp");
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> context.getBean(Mailer.class).failing(failure).join())
				.withCause(failure);
			AssertionError error = new AssertionError("no letter");
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> context.getBean(Mailer.class).failing(error).join())
				.withCause(error);
			Exception checked = new Exception("no address");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> context.getBean(Mailer.class).failing(checked).get(1, TimeUnit.MINUTES))
				.withCause(checked);
		});
	}

	@Test
	void result_ofAReturnedStageThatFails_failsWithItsException() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			IllegalStateException failure = new IllegalStateException("no stamp");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> context.getBean(Mailer.class)
					.passed(CompletableFuture.failedFuture(failure))
					.get(1, TimeUnit.MINUTES))
				.withCause(failure);
		});
	}

	@Test
	void call_whoseFutureIsOpen_staysAMemberWithoutAThread() {
		GroupedContexts.runnerWithOneThread().withBean(Mailer.class).run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			CompletableFuture<String> inner = new CompletableFuture<>();
			CompletableFuture<String> outer = mailer.passed(inner);
			// The only thread is free for it.
			assertThat(mailer.completable("other").get(1, TimeUnit.MINUTES)).isEqualTo("other");
			Awaitility.await().until(() -> group(context).memberCounts().total() == 1);
			assertThat(onlyMember(context).name()).isEqualTo("Mailer.passed");
			assertThat(onlyMember(context).runningCallbacks()).isEqualTo(1);
			inner.complete("late");
			assertThat(outer.get(1, TimeUnit.MINUTES)).isEqualTo("late");
			Awaitility.await().until(() -> group(context).memberCounts().total() == 0);
		});
	}

	@Test
	void result_ofAFutureThatIsNoStage_isWaitedForByTheMember() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			FutureTask<String> inner = new FutureTask<>(() -> "late");
			Future<String> outer = context.getBean(Mailer.class).task(inner);
			Awaitility.await().until(() -> group(context).memberCounts().runningCallbacks() == 1);
			assertThat(outer.isDone()).isFalse();
			inner.run();
			assertThat(outer.get(1, TimeUnit.MINUTES)).isEqualTo("late");
		});
	}

	@Test
	void result_ofAFutureThatIsNoStageAndFails_failsWithItsException() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			IllegalStateException failure = new IllegalStateException("no stamp");
			FutureTask<String> inner = new FutureTask<>(() -> {
				throw failure;
			});
			inner.run();
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> context.getBean(Mailer.class).task(inner).get(1, TimeUnit.MINUTES))
				.withCause(failure);
		});
	}

	@Test
	void cancel_whileTheMemberWaitsForAFuture_cancelsThatFuture() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			FutureTask<String> task = new FutureTask<>(() -> "never");
			CompletableFuture<String> stage = new CompletableFuture<>();
			CountDownLatch entered = new CountDownLatch(2);
			Future<String> ofTask = context.getBean(Mailer.class).entered(entered, task);
			Future<String> ofStage = context.getBean(Mailer.class).entered(entered, stage);
			GroupedContexts.await(entered);
			assertThat(ofTask.cancel(true)).isTrue();
			assertThat(ofStage.cancel(true)).isTrue();
			Awaitility.await().until(() -> task.isCancelled() && stage.isCancelled());
			Awaitility.await().until(() -> group(context).memberCounts().total() == 0);
		});
	}

	@Test
	void cancel_ofAQueuedCall_keepsItFromStarting() {
		GroupedContexts.runnerWithOneThread().withBean(Mailer.class).run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			List<String> ran = new CopyOnWriteArrayList<>();
			mailer.post(() -> GroupedContexts.await(this.release));
			CompletableFuture<String> queued = mailer.recorded(ran, "queued");
			assertThat(queued.cancel(false)).isTrue();
			this.release.countDown();
			mailer.recorded(ran, "after").get(1, TimeUnit.MINUTES);
			assertThat(ran).containsExactly("after");
			assertThatExceptionOfType(CancellationException.class).isThrownBy(queued::join);
		});
	}

	@Test
	void cancel_ofARunningCall_interruptsItWhereAllowed() {
		GroupedContexts.runner().withBean(Mailer.class).run((context) -> {
			CountDownLatch started = new CountDownLatch(1);
			CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
			CompletableFuture<?> running = context.getBean(Mailer.class)
				.untilInterrupted(started, new CountDownLatch(1), interrupted);
			GroupedContexts.await(started);
			assertThat(running.cancel(true)).isTrue();
			assertThat(interrupted.get(1, TimeUnit.MINUTES)).isTrue();
		});
	}

	@Test
	void priority_givenOrNot_decidesWhatStartsFirst() {
		GroupedContexts.runnerWithOneThread()
			.withPropertyValues("cleanup-groups.groups.low.priority=low")
			.withBean(Urgent.class)
			.run((context) -> {
				Urgent urgent = context.getBean(Urgent.class);
				CountDownLatch started = new CountDownLatch(1);
				urgent.first(() -> {
					started.countDown();
					GroupedContexts.await(this.release);
				});
				GroupedContexts.await(started);
				List<String> order = new CopyOnWriteArrayList<>();
				CompletableFuture<?> last = urgent.asTheGroup(order);
				urgent.normal(order);
				urgent.high(order);
				this.release.countDown();
				last.get(1, TimeUnit.MINUTES);
				assertThat(order).containsExactly("high", "normal", "low");
			});
	}

	private static CleanupGroup group(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).get("mail");
	}

	private static MemberSnapshot onlyMember(ApplicationContext context) {
		List<MemberSnapshot> members = group(context).members();
		assertThat(members).hasSize(1);
		return members.get(0);
	}

	static class Mailer {

		@GroupedAsync("mail")
		public void post(Runnable action) {
			action.run();
		}

		@GroupedAsync(group = "mail", label = "letters")
		public void labelled(Runnable action) {
			action.run();
		}

		@GroupedAsync("mail")
		public CompletableFuture<String> completable(@Nullable String value) {
			return CompletableFuture.completedFuture(value);
		}

		@GroupedAsync("mail")
		public CompletionStage<String> stage(String value) {
			return CompletableFuture.completedStage(value);
		}

		@GroupedAsync("mail")
		public Future<String> future(String value) {
			return CompletableFuture.completedFuture(value);
		}

		@GroupedAsync("mail")
		public @Nullable CompletableFuture<String> noFuture() {
			return null;
		}

		@GroupedAsync("mail")
		public CompletableFuture<String> failing(Throwable failure) throws Exception {
			if (failure instanceof Error error) {
				throw error;
			}
			throw (Exception) failure;
		}

		@GroupedAsync("mail")
		public CompletableFuture<String> passed(CompletableFuture<String> inner) {
			return inner;
		}

		@GroupedAsync("mail")
		public Future<String> task(Future<String> inner) {
			return inner;
		}

		@GroupedAsync("mail")
		public Future<String> entered(CountDownLatch entered, Future<String> inner) {
			entered.countDown();
			return inner;
		}

		@GroupedAsync("mail")
		public CompletableFuture<String> recorded(List<String> ran, String value) {
			ran.add(value);
			return CompletableFuture.completedFuture(value);
		}

		@GroupedAsync("mail")
		public CompletableFuture<String> untilInterrupted(CountDownLatch started, CountDownLatch never,
				CompletableFuture<Boolean> interrupted) {
			started.countDown();
			try {
				never.await();
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
			return CompletableFuture.completedFuture("interrupted");
		}

	}

	static class Urgent {

		@GroupedAsync(value = "mail", runsLong = true)
		public void first(Runnable action) {
			action.run();
		}

		@GroupedAsync("low")
		public CompletableFuture<Boolean> asTheGroup(List<String> order) {
			return CompletableFuture.completedFuture(order.add("low"));
		}

		@GroupedAsync(value = "low", priority = Priority.NORMAL)
		public void normal(List<String> order) {
			order.add("normal");
		}

		@GroupedAsync(value = "low", priority = Priority.HIGH)
		public void high(List<String> order) {
			order.add("high");
		}

	}

}
