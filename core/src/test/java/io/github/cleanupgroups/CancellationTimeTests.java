package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a cancel callback is told of the time that is left.
 */
class CancellationTimeTests extends GroupFixture {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final List<@Nullable Duration> left = Collections.synchronizedList(new ArrayList<>());

	private CallbackEnvironment noting(CleanupGroup of) {
		return environment(of).onCancel((cancellation) -> this.left.add(cancellation.timeLeft())).build();
	}

	/** Runs until the gate is open; its owner is told after that. */
	private Gate runningWork() throws Exception {
		Gate gate = this.engine.gate();
		Work work = noting(this.group).newWork(gate);
		work.submit();
		gate.awaitArrival();
		return gate;
	}

	private static Duration seconds(int seconds) {
		return Duration.ofSeconds(seconds);
	}

	@Test
	void timeLeft_whileOwnersAreTold_isThatOfTheTimeoutAndRunsOut() throws Exception {
		CallbackEnvironment environment = environment().onCancel((cancellation) -> {
			this.left.add(cancellation.timeLeft());
			this.time.advance(seconds(6));
			this.left.add(cancellation.timeLeft());
		}).build();
		environment.newWork(GroupFixture::nothing);
		environment.newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending().timeout(seconds(10)));
		assertThat(this.left).containsExactly(seconds(10), seconds(4), seconds(4), Duration.ZERO);
	}

	@Test
	void timeLeft_ofACloseWithoutTimeout_isNone() throws Exception {
		noting(this.group).newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.left).hasSize(1).containsOnlyNulls();
	}

	@Test
	void timeLeft_afterTheGrace_isTheRest() throws Exception {
		Gate busy = busyPool();
		noting(this.group).trySubmit(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.awaitThenCancel(SECOND).timeout(seconds(5)));
		this.time.advance(SECOND);
		close.report();
		assertThat(this.left).containsExactly(seconds(4));
		busy.open();
	}

	@Test
	void timeLeft_ofWhatIsCancelledAtTheTimeout_isZero() throws Exception {
		Gate busy = busyPool();
		noting(this.group).trySubmit(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(SECOND).cancelOnTimeout());
		this.time.advance(seconds(2));
		close.report();
		assertThat(this.left).containsExactly(Duration.ZERO);
		busy.open();
	}

	@Test
	void timeLeft_withSeveralClosers_isThatOfTheOneThatGoesFirst() throws Exception {
		Gate running = runningWork();
		CloseCall first = closingMembers(CloseOptions.cancelPending().timeout(seconds(9)));
		CloseCall second = closingMembers(CloseOptions.cancelPending().timeout(seconds(4)));
		CloseCall third = closingMembers(CloseOptions.cancelPending());
		this.time.advance(SECOND);
		running.open();
		first.report();
		second.report();
		third.report();
		assertThat(this.left).containsExactly(seconds(3));
	}

	@Test
	void timeLeft_onceTheCloserThatGoesFirstHasGone_isThatOfTheNext() throws Exception {
		Gate running = runningWork();
		CloseCall first = closingMembers(CloseOptions.cancelPending().timeout(seconds(9)));
		CloseCall second = closingMembers(CloseOptions.cancelPending().timeout(seconds(4)));
		this.time.advance(seconds(4));
		assertThat(second.report().timedOut()).isTrue();
		running.open();
		first.report();
		assertThat(this.left).containsExactly(seconds(5));
	}

	@Test
	void timeLeft_whenNobodyAttendsAnyMore_isZero() throws Exception {
		CompletableFuture<@Nullable Duration> late = new CompletableFuture<>();
		Gate running = this.engine.gate();
		Work work = environment().onCancel((cancellation) -> late.complete(cancellation.timeLeft()))
			.build()
			.newWork(running);
		work.submit();
		running.awaitArrival();
		this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		running.open();
		assertThat(late.get(20, TimeUnit.SECONDS)).isZero();
	}

	@Test
	void timeLeft_ofAGroupBelow_isThatOfTheCloseAbove() throws Exception {
		CleanupGroup child = group(CleanupGroup.builder("child").parent(this.group));
		noting(child).newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending().timeout(seconds(3)));
		assertThat(this.left).containsExactly(seconds(3));
	}

}
