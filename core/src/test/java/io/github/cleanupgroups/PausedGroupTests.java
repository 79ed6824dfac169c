package io.github.cleanupgroups;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Pausing and refusing, and what a close makes of them.
 */
class PausedGroupTests extends GroupFixture {

	/** Runs what is submitted without the group, after all that is ready before it. */
	private void passThroughThePool() throws Exception {
		CallbackEnvironment.builder().pool(this.pool).build().submit(() -> 1).get(20, TimeUnit.SECONDS);
	}

	@Test
	void pausedGroup_whenItIsResumed_runsWhatWasQueued() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.group.pause();
		assertThat(this.group.isPaused()).isTrue();
		Work work = environment().build().newWork((instance) -> runs.incrementAndGet());
		work.submit();
		CompletableFuture<Integer> future = environment().build().submit(runs::incrementAndGet);
		passThroughThePool();
		assertThat(runs).hasValue(0);
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(2);
		this.group.resume();
		work.awaitCallbacks(Pending.AWAIT);
		future.get(20, TimeUnit.SECONDS);
		assertThat(runs).hasValue(2);
	}

	@Test
	void pausedGroup_whatRunsAlready_goesOn() throws Exception {
		Gate running = runningOneOff();
		this.group.pause();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		running.open();
		while (this.group.memberCounts().total() > 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	void pausedGroup_closedWithAwait_runsWhatIsQueued() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.group.pause();
		environment().build().trySubmit((instance) -> runs.incrementAndGet());
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(runs).hasValue(1);
		assertThat(this.group.isPaused()).isTrue();
	}

	@Test
	void pausedGroup_closedWithCancel_dropsWhatIsQueuedAndStartsNothing() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.group.pause();
		for (int i = 0; i < 100; i++) {
			environment().build().trySubmit((instance) -> runs.incrementAndGet());
		}
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(100);
		assertThat(runs).hasValue(0);
	}

	@Test
	void pausedGroup_afterACloseOfItsMembers_holdsBackTheNextGeneration() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		this.group.pause();
		environment().build().trySubmit((instance) -> runs.incrementAndGet());
		this.group.closeMembers(CloseOptions.awaitPending());
		CompletableFuture<Integer> next = environment().build().submit(runs::incrementAndGet);
		passThroughThePool();
		assertThat(next).isNotDone();
		this.group.resume();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	@Test
	void pausedGroup_withCallbacksQueued_doesNotHoldUpOtherGroups() throws Exception {
		ThreadPool single = pool(1);
		this.group.pause();
		CallbackEnvironment.builder()
			.pool(single)
			.cleanupGroup(this.group)
			.priority(Priority.HIGH)
			.build()
			.trySubmit(GroupFixture::nothing);
		assertThat(CallbackEnvironment.builder()
			.pool(single)
			.cleanupGroup(group("other"))
			.build()
			.submit(() -> 1)
			.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@Test
	void refusingGroup_askedFromOutside_refusesMembersOneOffsAndSubmissions() throws Exception {
		CallbackEnvironment environment = environment().memberName("letter").build();
		Work work = environment.newWork(GroupFixture::nothing);
		this.group.refuse();
		assertThat(this.group.isAccepting()).isFalse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(work::submit)
			.withMessageContaining("'mail'")
			.withMessageContaining("'letter'");
		assertThatExceptionOfType(GroupClosedException.class)
			.isThrownBy(() -> environment.newWork(GroupFixture::nothing))
			.withMessageContaining("'mail'");
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> 1));
		assertThatExceptionOfType(GroupClosedException.class)
			.isThrownBy(() -> environment.asExecutorService().schedule(() -> 1, 1, TimeUnit.DAYS));
		assertThat(environment.trySubmit(GroupFixture::nothing)).isFalse();
		assertThat(work.isClosed()).isFalse();
		this.group.accept();
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.group.isAccepting()).isTrue();
	}

	@Test
	void refusingGroup_askedFromInside_accepts() throws Exception {
		Gate gate = this.engine.gate();
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment environment = environment().build();
		Work work = environment.newWork((instance) -> runs.incrementAndGet());
		CompletableFuture<Boolean> inside = environment.submit(() -> {
			gate.pass();
			work.submit();
			environment.newWork((instance) -> runs.incrementAndGet()).submit();
			return environment.trySubmit((instance) -> runs.incrementAndGet());
		});
		gate.awaitArrival();
		this.group.refuse();
		gate.open();
		assertThat(inside.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).closedMembers()).isBetween(2, 5);
		assertThat(runs).hasValue(3);
	}

	@Test
	void refusingGroup_withCallbacksQueued_runsThem() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<Integer> future = environment().build().submit(() -> 1);
		this.group.refuse();
		busy.open();
		assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@Test
	void refusingGroup_afterACloseOfItsMembers_stillRefuses() throws Exception {
		this.group.refuse();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(environment().build().trySubmit(GroupFixture::nothing)).isFalse();
		this.group.accept();
		assertThat(environment().build().trySubmit(GroupFixture::nothing)).isTrue();
	}

	@Test
	void closedGroup_toldToAccept_staysClosed() throws Exception {
		this.group.close(CloseOptions.awaitPending());
		this.group.accept();
		this.group.resume();
		assertThat(this.group.isAccepting()).isFalse();
		assertThat(environment().build().trySubmit(GroupFixture::nothing)).isFalse();
	}

}
