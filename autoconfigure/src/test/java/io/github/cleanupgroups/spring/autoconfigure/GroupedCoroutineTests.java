package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import kotlin.Pair;
import kotlin.Unit;
import kotlinx.coroutines.Job;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.GroupClosedException;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Grouped suspending functions of Kotlin, called by coroutines.
 */
@Timeout(120)
class GroupedCoroutineTests {

	/** Behind the proxy. */
	private final SuspendingMailer target = new SuspendingMailer();

	private final ApplicationContextRunner runner = GroupedContexts.runnerWithOneThread()
		.withBean(SuspendingMailer.class, () -> this.target);

	@Test
	void function_called_isAMemberUntilItReturnsAndHoldsNoThread() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			CompletableFuture<List<String>> value = Coroutines.send(mailer(context), group);
			GroupedContexts.await(this.target.getCalled());
			// The only thread is free for somebody else.
			String thread = context.getBean(CleanupGroups.class)
				.environment("dropped")
				.submit(() -> Thread.currentThread().getName())
				.join();
			assertThat(group.memberCounts().runningCallbacks()).isEqualTo(1);
			CompletableFuture<CloseReport> close = group.closeMembersAsync(CloseOptions.awaitPending());
			assertThat(close).isNotDone();
			this.target.getSent().complete("sent");
			// Coroutines name threads after themselves while assertions are on.
			assertThat(value.join()).hasSize(4).startsWith("sent", "true");
			assertThat(value.join().subList(2, 4)).allMatch((name) -> name.startsWith(thread));
			assertThat(close.join().completedCallbacks()).isEqualTo(1);
		});
	}

	@Test
	void function_ofEachResult_givesItToItsCaller() {
		this.runner.run((context) -> {
			SuspendingMailer mailer = mailer(context);
			Coroutines.remind(mailer);
			assertThat(this.target.getCalls()).hasValue(1);
			assertThat(Coroutines.find(mailer)).isNull();
			assertThat(Coroutines.all(mailer)).containsExactly("1", "2", "3");
			assertThatIllegalStateException().isThrownBy(() -> Coroutines.failing(mailer)).withMessage("thrown");
			assertThat(group(context).closeMembers(CloseOptions.awaitPending()).timedOut()).isFalse();
		});
	}

	@Test
	void refusal_ofTheGroup_isThrownInTheCoroutine() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			group.refuse();
			assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> Coroutines.find(mailer(context)));
			Pair<Throwable, Boolean> caught = Coroutines.caught(mailer(context), group).join();
			assertThat(caught.getFirst()).isInstanceOf(GroupClosedException.class);
			assertThat(this.target.getCalls()).hasValue(0);
		});
	}

	@Test
	void call_queuedAndDroppedByAClose_throwsInACoroutineThatGoesOn() {
		this.runner.run((context) -> {
			CountDownLatch end = busy(context);
			CleanupGroup group = group(context);
			CompletableFuture<Pair<Throwable, Boolean>> caught = Coroutines.caught(mailer(context), group);
			assertThat(group.memberCounts().pendingCallbacks()).isEqualTo(1);
			group.closeMembers(CloseOptions.cancelPending().reason("enough"));
			assertThat(caught.join().getFirst()).isInstanceOfSatisfying(MemberCancelledException.class,
					(cancelled) -> assertThat(cancelled.reason()).isEqualTo("enough"));
			assertThat(caught.join().getSecond()).isTrue();
			end.countDown();
			assertThat(this.target.getCalls()).hasValue(0);
		});
	}

	@Test
	void coroutine_thatDoesNotCatchTheCancellation_endsAsCancelled() {
		this.runner.run((context) -> {
			CountDownLatch end = busy(context);
			CleanupGroup group = group(context);
			Job job = Coroutines.launchSend(mailer(context), group);
			CountDownLatch over = new CountDownLatch(1);
			job.invokeOnCompletion((failure) -> {
				over.countDown();
				return Unit.INSTANCE;
			});
			assertThat(group.memberCounts().pendingCallbacks()).isEqualTo(1);
			group.closeMembers(CloseOptions.cancelPending());
			GroupedContexts.await(over);
			assertThat(job.isCancelled()).isTrue();
			end.countDown();
		});
	}

	@Test
	void function_interruptedByAClose_isCancelledAndThrowsInTheCoroutine() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			CompletableFuture<Pair<Throwable, Boolean>> caught = Coroutines.caught(mailer(context), group);
			GroupedContexts.await(this.target.getCalled());
			CloseReport report = group.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ofMillis(1)));
			assertThat(report.timedOut()).isFalse();
			assertThat(caught.join().getFirst()).isInstanceOf(MemberCancelledException.class)
				.hasMessageContaining("interrupted");
			GroupedContexts.await(this.target.getEnded());
		});
	}

	@Test
	void coroutine_cancelledByItsOwner_endsTheMember() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			Job job = Coroutines.launchSend(mailer(context), group);
			GroupedContexts.await(this.target.getCalled());
			job.cancel(null);
			GroupedContexts.await(this.target.getEnded());
			assertThat(group.closeMembers(CloseOptions.awaitPending()).timedOut()).isFalse();
		});
	}

	@Test
	void function_thatShallWaitForACommit_failsTheStart() {
		GroupedContexts.runner()
			.withBean(CommittingMailer.class, CommittingMailer::new)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("suspends its caller"));
	}

	@Test
	void function_withoutWhatSpringCallsItWith_failsTheStart() {
		this.runner.withClassLoader(new FilteredClassLoader("kotlinx.coroutines.reactor"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidGroupedAsyncException.class,
						(failure) -> assertThat(failure.action()).contains("kotlinx-coroutines-reactor")));
	}

	@Test
	void methods_withoutKotlin_areGroupedAsEver() {
		GroupedContexts.runner()
			.withClassLoader(new FilteredClassLoader("kotlin.", "kotlinx."))
			.withBean(Reminder.class, Reminder::new)
			.run((context) -> {
				assertThat(context.getBean(Reminder.class).remind(group(context)).join()).isTrue();
				assertThat(context.getBean(Reminder.class).remindOne(group(context)).block()).isTrue();
			});
	}

	private static CountDownLatch busy(ApplicationContext context) {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		context.getBean(CleanupGroups.class).environment("dropped").trySubmit((instance) -> {
			busy.countDown();
			GroupedContexts.await(end);
		});
		GroupedContexts.await(busy);
		return end;
	}

	private static SuspendingMailer mailer(ApplicationContext context) {
		return context.getBean(SuspendingMailer.class);
	}

	private static CleanupGroup group(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).get("mail");
	}

	/** Public, for its proxy has another class loader. */
	public static class Reminder {

		@GroupedAsync("mail")
		public CompletableFuture<Boolean> remind(CleanupGroup group) {
			return CompletableFuture.completedFuture(group.isInside());
		}

		@GroupedAsync("mail")
		public Mono<Boolean> remindOne(CleanupGroup group) {
			return Mono.just(group.isInside());
		}

	}

}
