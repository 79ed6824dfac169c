package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What a close does, step by step, about callbacks that do not end by themselves.
 */
class EscalationTests extends GroupFixture {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final List<CloseStep> told = Collections.synchronizedList(new ArrayList<>());

	private final CleanupGroup ladder = group(
			CleanupGroup.builder("ladder").maxConcurrency(1).listener(new CleanupGroupListener() {

				@Override
				public void closeEscalated(CleanupGroup group, CloseOptions options, CloseEscalation escalation) {
					EscalationTests.this.told.add(escalation.step());
				}

			}));

	@Test
	void close_ofWhatDoesNotEnd_takesAllStepsInOrder() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		CountDownLatch opened = new CountDownLatch(1);
		CompletableFuture<String> running = stubborn(interrupted, opened);
		CompletableFuture<String> queued = environment(this.ladder).build().submit(() -> "ran");
		CloseCall close = closingMembers(this.ladder,
				CloseOptions.awaitThenCancel(SECOND.multipliedBy(2))
					.dumpAfter(SECOND)
					.interruptAfter(SECOND.multipliedBy(3))
					.timeout(SECOND.multipliedBy(4)));
		this.time.advance(SECOND);
		awaitStep(CloseStep.DUMP);
		assertThat(queued).isNotDone();
		this.time.advance(SECOND);
		awaitStep(CloseStep.CANCEL);
		assertThat(queued.handle((value, failure) -> failure).join()).isInstanceOf(MemberCancelledException.class);
		assertThat(interrupted.getCount()).isOne();
		this.time.advance(SECOND);
		interrupted.await();
		awaitStep(CloseStep.INTERRUPT);
		assertThat(close.hasReturned()).isFalse();
		this.time.advance(SECOND);
		CloseReport report = close.report();
		assertThat(report.timedOut()).isTrue();
		assertThat(report.escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP, CloseStep.CANCEL, CloseStep.INTERRUPT, CloseStep.ABANDON);
		assertThat(report.escalations()).extracting(CloseEscalation::after)
			.containsExactly(SECOND, SECOND.multipliedBy(2), SECOND.multipliedBy(3), SECOND.multipliedBy(4));
		assertThat(report.escalations()).allMatch((each) -> each.callbacks() == 1 && each.group().equals("ladder"));
		assertThat(report.escalations().get(0).members()).singleElement()
			.satisfies((member) -> assertThat(member.stack())
				.anyMatch((frame) -> frame.getClassName().equals(CountDownLatch.class.getName())));
		assertThat(report.escalations().get(3).members()).hasSameSizeAs(report.stillRunning()).hasSize(1);
		assertThat(this.told).containsExactly(CloseStep.DUMP, CloseStep.CANCEL, CloseStep.INTERRUPT);
		opened.countDown();
		assertThat(running.join()).isEqualTo("ended");
	}

	/** Runs until it is opened, whatever interrupts it. */
	private CompletableFuture<String> stubborn(CountDownLatch interrupted, CountDownLatch opened) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CompletableFuture<String> running = environment(this.ladder).build().submit(() -> {
			entered.countDown();
			while (true) {
				try {
					opened.await();
					return "ended";
				}
				catch (InterruptedException ex) {
					interrupted.countDown();
				}
			}
		});
		entered.await();
		return running;
	}

	private void awaitStep(CloseStep step) {
		while (!this.told.contains(step)) {
			Thread.onSpinWait();
		}
	}

	@Test
	void stepsDueAtOnce_whenTheTimeComes_areTakenMildestFirst() throws Exception {
		CountDownLatch opened = new CountDownLatch(1);
		CompletableFuture<String> running = stubborn(new CountDownLatch(1), opened);
		assertThat(environment(this.ladder).build().trySubmit(GroupFixture::nothing)).isTrue();
		CloseCall close = closingMembers(this.ladder,
				CloseOptions.awaitThenCancel(SECOND).dumpAfter(SECOND).interruptAfter(SECOND).timeout(SECOND));
		this.time.advance(SECOND);
		assertThat(close.report().escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP, CloseStep.CANCEL, CloseStep.INTERRUPT, CloseStep.ABANDON);
		opened.countDown();
		running.join();
	}

	// A stack that is taken after the interrupt tells nothing.
	@Test
	void dump_thatWouldComeAfterTheInterrupt_isTakenBeforeIt() throws Exception {
		CountDownLatch opened = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		CompletableFuture<String> running = stubborn(interrupted, opened);
		CloseCall close = closingMembers(this.ladder,
				CloseOptions.awaitPending().dumpAfter(SECOND.multipliedBy(9)).interruptAfter(SECOND));
		this.time.advance(SECOND);
		interrupted.await();
		opened.countDown();
		running.join();
		assertThat(close.report().escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP, CloseStep.INTERRUPT);
	}

	@Test
	void timeout_thatCancels_isAStepWhereSomethingWasQueued() throws Exception {
		CountDownLatch opened = new CountDownLatch(1);
		CompletableFuture<String> running = stubborn(new CountDownLatch(1), opened);
		assertThat(environment(this.ladder).build().trySubmit(GroupFixture::nothing)).isTrue();
		assertThat(environment(this.ladder).build().trySubmit(GroupFixture::nothing)).isTrue();
		CloseCall close = closingMembers(this.ladder, CloseOptions.awaitPending().timeout(SECOND).cancelOnTimeout());
		this.time.advance(SECOND);
		assertThat(close.report().escalations()).extracting(CloseEscalation::step, CloseEscalation::callbacks)
			.containsExactly(tuple(CloseStep.CANCEL, 2L), tuple(CloseStep.ABANDON, 1L));
		opened.countDown();
		running.join();
	}

	@Test
	void close_thatOnlyHasToWait_takesNoStep() throws Exception {
		Gate running = runningOneOff();
		CloseCall close = closingMembers(
				CloseOptions.cancelPending().dumpAfter(SECOND).interruptAfter(SECOND).timeout(SECOND));
		running.open();
		assertThat(close.report().escalations()).isEmpty();
	}

	@Test
	void close_ofAParent_namesTheGroupThatAStepConcerned() throws Exception {
		CountDownLatch dumped = new CountDownLatch(1);
		CleanupGroup parent = group(CleanupGroup.builder("parent").listener(new CleanupGroupListener() {

			@Override
			public void closeEscalated(CleanupGroup group, CloseOptions options, CloseEscalation escalation) {
				dumped.countDown();
			}

		}));
		CleanupGroup child = group(CleanupGroup.builder("child").parent(parent));
		Gate running = runningOneOff(environment(child).build());
		CloseCall close = closingMembers(parent, CloseOptions.awaitPending().dumpAfter(SECOND));
		this.time.advance(SECOND);
		dumped.await();
		running.open();
		assertThat(close.report().escalations()).singleElement()
			.satisfies((each) -> assertThat(each.group()).isEqualTo("child"));
	}

	@Test
	void listener_thatThrowsAtAStep_changesNothing() throws Exception {
		CleanupGroup group = group(CleanupGroup.builder("loud").listener(new CleanupGroupListener() {

			@Override
			public void closeEscalated(CleanupGroup closed, CloseOptions options, CloseEscalation escalation) {
				throw new IllegalStateException("planted");
			}

		}));
		Gate running = runningOneOff(environment(group).build());
		CloseCall close = closingMembers(group, CloseOptions.awaitPending().dumpAfter(SECOND).timeout(SECOND));
		this.time.advance(SECOND);
		assertThat(close.report().escalations()).extracting(CloseEscalation::step)
			.containsExactly(CloseStep.DUMP, CloseStep.ABANDON);
		running.open();
	}

	@Test
	void dumpAfter_whenNegative_isRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CloseOptions.awaitPending().dumpAfter(Duration.ofNanos(-1)))
			.withMessageContaining("dumpAfter");
	}

}
