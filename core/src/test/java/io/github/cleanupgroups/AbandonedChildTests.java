package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What a close of a child has left running does not keep its parent from closing its own
 * members.
 */
class AbandonedChildTests extends GroupFixture {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final CloseOptions AT_ONCE = CloseOptions.cancelPending().timeout(Duration.ZERO);

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	private final CleanupGroup child = group(CleanupGroup.builder("child").parent(this.group));

	private final CleanupGroup grandchild = group(CleanupGroup.builder("grandchild").parent(this.child));

	/** A callback that reacts to no interrupt, of a group whose close has timed out. */
	private Gate abandoned(CleanupGroup of) throws Exception {
		Gate gate = this.engine.gate();
		environment(of).memberName("abandoned").build().trySubmit((instance) -> gate.passUninterruptibly());
		gate.awaitArrival();
		assertThat(of.closeMembers(AT_ONCE).timedOut()).isTrue();
		return gate;
	}

	private Work telling(CleanupGroup of) {
		return environment(of).onCancel((cancellation) -> this.told.add(of.name()))
			.build()
			.newWork(GroupFixture::nothing);
	}

	private void awaitParentsEnd() {
		eventually("closes of the parent", 0, () -> this.group.isClosing() ? 1 : 0);
	}

	@Test
	void parent_whileALeftoverOfItsChildHangs_cancelsAndAwaitsItsOwnMembers() throws Exception {
		Gate ofChild = abandoned(this.child);
		Gate ofParent = runningOneOff();
		telling(this.group);
		CompletableFuture<Integer> queued = environment().build().submit(() -> 1);
		CloseCall close = closingMembers(CloseOptions.cancelPending().timeout(SECOND));
		assertThat(this.told).containsExactly("mail");
		assertThat(queued).isCancelled();
		ofParent.open();
		awaitParentsEnd();
		assertThat(close.hasReturned()).isFalse();
		this.time.advance(SECOND);
		CloseReport report = close.report();
		assertThat(report.timedOut()).isTrue();
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.cancelledCallbacks()).isEqualTo(1);
		assertThat(report.stillRunning()).extracting(MemberSnapshot::name).containsExactly("abandoned");
		ofChild.open();
	}

	@Test
	void parent_whoseChildsLeftoverEndsInTime_hasNotTimedOut() throws Exception {
		Gate ofChild = abandoned(this.child);
		Work ofParent = telling(this.group);
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(SECOND));
		assertThat(ofParent.isClosed()).isTrue();
		ofChild.open();
		CloseReport report = close.report();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.closedMembers()).isEqualTo(2);
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.stillRunning()).isEmpty();
	}

	@Test
	void steps_whileALeftoverOfAChildHangs_areTakenOnceForEachGroup() throws Exception {
		Gate ofGrandchild = abandoned(this.grandchild);
		runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending()
			.dumpAfter(SECOND)
			.interruptAfter(SECOND.multipliedBy(2))
			.timeout(SECOND.multipliedBy(3)));
		this.time.advance(SECOND.multipliedBy(2));
		awaitParentsEnd();
		this.time.advance(SECOND);
		CloseReport report = close.report();
		assertThat(report.failures()).singleElement().isInstanceOf(InterruptedException.class);
		assertThat(report.escalations()).extracting(CloseEscalation::group, CloseEscalation::step)
			.containsExactly(tuple("grandchild", CloseStep.DUMP), tuple("mail", CloseStep.DUMP),
					tuple("grandchild", CloseStep.INTERRUPT), tuple("mail", CloseStep.INTERRUPT),
					tuple("mail", CloseStep.ABANDON));
		ofGrandchild.open();
	}

	// What was dumped or interrupted in an earlier level is not so again.
	@Test
	void leftover_thatIsCarriedAlong_isInterruptedOnceThoughLevelsFollow() throws Exception {
		Gate ofGrandchild = abandoned(this.grandchild);
		runningOneOff(environment(this.child).build());
		telling(this.group);
		CloseCall close = closingMembers(CloseOptions.cancelPending().dumpAfter(SECOND).interruptAfter(SECOND));
		this.time.advance(SECOND);
		eventually("told owners", 1, this.told::size);
		ofGrandchild.open();
		assertThat(close.report().escalations()).extracting(CloseEscalation::group, CloseEscalation::step)
			.containsExactly(tuple("grandchild", CloseStep.DUMP), tuple("child", CloseStep.DUMP),
					tuple("grandchild", CloseStep.INTERRUPT), tuple("child", CloseStep.INTERRUPT));
	}

	@Test
	void leftover_withSomethingQueued_isCancelledWhenItsParentIs() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<Integer> ofChild = environment(this.child).build().submit(() -> 1);
		this.child.closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO));
		CompletableFuture<Integer> ofParent = environment().build().submit(() -> 2);
		Work idle = telling(this.group);
		CloseCall close = closingMembers(CloseOptions.awaitThenCancel(SECOND));
		assertThat(idle.isClosed()).isTrue();
		assertThat(ofChild).isNotDone();
		this.time.advance(SECOND);
		assertThat(close.report().cancelledCallbacks()).isEqualTo(2);
		assertThat(ofChild).isCancelled();
		assertThat(ofParent).isCancelled();
		busy.open();
	}

	@Test
	void lateNotice_ofALeftover_isGivenByTheParentsCloser() throws Exception {
		CompletableFuture<Thread> teller = new CompletableFuture<>();
		Gate ofChild = abandonedWork(teller);
		Gate ofParent = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		ofChild.open();
		assertThat(teller.get(20, TimeUnit.SECONDS)).isSameAs(close.thread());
		ofParent.open();
		assertThat(close.report().timedOut()).isFalse();
	}

	private Gate abandonedWork(CompletableFuture<Thread> teller) throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment(this.child).onCancel((cancellation) -> teller.complete(Thread.currentThread()))
			.build()
			.newWork(gate);
		work.submit();
		gate.awaitArrival();
		this.child.closeMembers(AT_ONCE);
		return gate;
	}

	// Nobody attends to it then: the thread that ends the callback tells.
	@Test
	void parentsCloser_thatIsInterrupted_leavesTheLeftoverToo() throws Exception {
		CompletableFuture<Thread> teller = new CompletableFuture<>();
		Gate ofChild = abandonedWork(teller);
		Gate ofParent = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		close.thread().interrupt();
		assertThat(close.failure()).isInstanceOf(InterruptedException.class);
		ofChild.open();
		assertThat(teller.get(20, TimeUnit.SECONDS)).isNotSameAs(close.thread());
		ofParent.open();
	}

	@Test
	void secondCloser_whileTheFirstCarriesALeftover_reachesTheParentToo() throws Exception {
		Gate ofChild = abandoned(this.child);
		Gate ofParent = runningOneOff();
		CompletableFuture<Integer> queued = environment().build().submit(() -> 1);
		CloseCall first = closingMembers(CloseOptions.awaitPending());
		assertThat(queued).isNotDone();
		CloseCall second = closingMembers(CloseOptions.cancelPending().timeout(SECOND));
		assertThat(queued).isCancelled();
		ofParent.open();
		awaitParentsEnd();
		this.time.advance(SECOND);
		assertThat(second.report().stillRunning()).extracting(MemberSnapshot::name).containsExactly("abandoned");
		ofChild.open();
		assertThat(first.report().timedOut()).isFalse();
	}

	// The group above both has nobody else to ask for what is left below it.
	@Test
	void childClosedForGood_whileALeftoverOfItsOwnChildHangs_isStillBelowItsParent() throws Exception {
		Gate ofGrandchild = runningOneOff(environment(this.grandchild).memberName("abandoned").build());
		assertThat(this.child.close(AT_ONCE).timedOut()).isTrue();
		CloseReport report = this.group.close(AT_ONCE);
		assertThat(report.timedOut()).isTrue();
		assertThat(report.stillRunning()).extracting(MemberSnapshot::name).containsExactly("abandoned");
		CloseCall last = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		ofGrandchild.open();
		assertThat(last.report().completedCallbacks()).isEqualTo(1);
		eventually("groups below the parent", 0, () -> this.group.levels(false).size() - 1);
	}

	// Its own close has had its time, and not even returned.
	@Test
	void parent_whileACancelCallbackOfItsChildHangsBeyondItsTime_closesItsOwnMembers() throws Exception {
		Gate hangs = this.engine.gate();
		environment(this.child).onCancel((cancellation) -> hangs.pass()).build().newWork(GroupFixture::nothing);
		CloseCall own = CloseCall.start(this.engine,
				() -> this.child.closeMembers(CloseOptions.cancelPending().timeout(SECOND)));
		hangs.awaitArrival();
		this.time.advance(SECOND);
		telling(this.group);
		CloseCall close = closingMembers(CloseOptions.cancelPending().timeout(SECOND));
		assertThat(this.told).containsExactly("mail");
		hangs.open();
		assertThat(close.report().timedOut()).isFalse();
		own.report();
	}

	@Test
	void parent_whileItsChildsCloseIsWithinItsTime_waitsForThatFirst() throws Exception {
		Gate ofChild = runningOneOff(environment(this.child).build());
		CloseCall own = closingMembers(this.child, CloseOptions.cancelPending().timeout(SECOND));
		Work ofParent = telling(this.group);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(ofParent.isClosed()).isFalse();
		ofChild.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(1);
		assertThat(own.report().timedOut()).isFalse();
	}

}
