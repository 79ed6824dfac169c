package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.TaskDecorator;

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
 * Grouped methods that return publishers: members at subscription.
 */
@Timeout(120)
class GroupedPublisherTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	/** Behind the proxy. */
	private final Mailer target = new Mailer();

	private final ApplicationContextRunner runner = GroupedContexts.runnerWithOneThread()
		.withBean(Mailer.class, () -> this.target);

	@Test
	void mono_subscribedTo_isAMemberUntilItEndsAndHoldsNoThread() {
		this.runner.run((context) -> {
			CleanupGroup group = group(context);
			Mailer mailer = context.getBean(Mailer.class);
			Mono<String> mono = mailer.one();
			assertThat(this.target.calls).hasValue(0);
			assertThat(group.memberCounts().total()).isZero();
			CompletableFuture<String> value = mono.toFuture();
			GroupedContexts.await(this.target.called);
			// The only thread is free for somebody else.
			assertThat(context.getBean(CleanupGroups.class).environment("dropped").submit(() -> "free").join())
				.isEqualTo("free");
			assertThat(group.memberCounts().runningCallbacks()).isEqualTo(1);
			CompletableFuture<CloseReport> close = group.closeMembersAsync(CloseOptions.awaitPending());
			assertThat(close).isNotDone();
			this.target.sink.tryEmitValue("sent");
			assertThat(value.join()).isEqualTo("sent");
			assertThat(close.join().completedCallbacks()).isEqualTo(1);
		});
	}

	@Test
	void mono_subscribedToTwice_callsTheMethodTwice() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			this.target.sink.tryEmitValue("sent");
			Mono<String> mono = mailer.one();
			assertThat(mono.block(LONG)).isEqualTo("sent");
			assertThat(mono.block(LONG)).isEqualTo("sent");
			assertThat(this.target.calls).hasValue(2);
		});
	}

	@Test
	void flux_withDemand_givesValuesOfAMemberWithTheSubscribersContext() {
		this.runner.run((context) -> {
			Flux<String> flux = context.getBean(Mailer.class).many(group(context));
			assertThat(flux.contextWrite((present) -> present.put("tenant", "42")).collectList().block(LONG))
				.containsExactly("42 true", "1", "2", "3");
			assertThat(flux.contextWrite((present) -> present.put("tenant", "42")).take(2).collectList().block(LONG))
				.containsExactly("42 true", "1");
			assertThat(group(context).closeMembers(CloseOptions.awaitPending()).stillRunning()).isEmpty();
		});
	}

	@Test
	void failure_ofMethodOrPublisher_isTheSubscribers() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			assertThatIllegalStateException().isThrownBy(() -> mailer.failing(true).block(LONG)).withMessage("thrown");
			assertThatIllegalStateException().isThrownBy(() -> mailer.failing(false).block(LONG))
				.withMessage("signalled");
		});
	}

	@Test
	void member_queuedAndDroppedByAClose_isCancelledDownstream() {
		this.runner.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CountDownLatch busy = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			groups.environment("dropped").trySubmit((instance) -> {
				busy.countDown();
				GroupedContexts.await(end);
			});
			GroupedContexts.await(busy);
			CompletableFuture<String> value = context.getBean(Mailer.class).one().toFuture();
			group(context).closeMembers(CloseOptions.cancelPending());
			assertThat(TestContexts.failureOf(value)).isInstanceOf(MemberCancelledException.class);
			end.countDown();
		});
	}

	@Test
	void publisher_interruptedByAClose_isCancelledAndSaysSoDownstream() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			CompletableFuture<String> value = mailer.one().toFuture();
			GroupedContexts.await(this.target.called);
			CloseReport report = group(context)
				.closeMembers(CloseOptions.awaitPending().interruptAfter(Duration.ofMillis(1)));
			assertThat(report.timedOut()).isFalse();
			assertThat(TestContexts.failureOf(value)).isInstanceOf(MemberCancelledException.class)
				.hasMessageContaining("interrupted");
			GroupedContexts.await(this.target.cancelled);
		});
	}

	@Test
	void subscriber_thatCancels_endsTheMember() {
		this.runner.run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			Disposable subscription = mailer.one().subscribe();
			GroupedContexts.await(this.target.called);
			subscription.dispose();
			GroupedContexts.await(this.target.cancelled);
			assertThat(group(context).closeMembers(CloseOptions.awaitPending()).timedOut()).isFalse();
		});
	}

	@Test
	void refusal_ofTheGroup_isAnErrorSignal() {
		this.runner.run((context) -> {
			group(context).refuse();
			Mono<String> mono = context.getBean(Mailer.class).one();
			assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> mono.block(LONG));
		});
	}

	@Test
	void submission_thatFails_isAnErrorSignal() {
		this.runner.withBean(TaskDecorator.class, () -> (task) -> {
			throw new IllegalStateException("planted");
		}).run((context) -> {
			CompletableFuture<String> value = context.getBean(Mailer.class).one().toFuture();
			assertThat(TestContexts.failureOf(value)).hasMessage("planted");
		});
	}

	@Test
	void publisher_thatShallWaitForACommit_failsTheStart() {
		GroupedContexts.runner()
			.withBean(Committing.class, Committing::new)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("cannot wait for a commit"));
	}

	private static CleanupGroup group(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).get("mail");
	}

	static class Mailer {

		final AtomicInteger calls;

		final CountDownLatch called;

		final CountDownLatch cancelled;

		final Sinks.One<String> sink;

		Mailer() {
			this.calls = new AtomicInteger();
			this.called = new CountDownLatch(1);
			this.cancelled = new CountDownLatch(1);
			this.sink = Sinks.one();
		}

		@GroupedAsync("mail")
		public Mono<String> one() {
			this.calls.incrementAndGet();
			return this.sink.asMono()
				.doOnCancel(this.cancelled::countDown)
				.doOnSubscribe((subscription) -> this.called.countDown());
		}

		@GroupedAsync("mail")
		public Flux<String> many(CleanupGroup group) {
			boolean inside = group.isInside();
			return Flux.deferContextual((context) -> Flux.just(context.get("tenant") + " " + inside, "1", "2", "3"));
		}

		@GroupedAsync("mail")
		public Mono<String> failing(boolean thrown) {
			if (thrown) {
				throw new IllegalStateException("thrown");
			}
			return Mono.error(new IllegalStateException("signalled"));
		}

	}

	static class Committing {

		@GroupedAsync(group = "mail", afterCommit = true)
		public Mono<String> send() {
			return Mono.empty();
		}

	}

}
