package io.github.cleanupgroups;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Interrupts that reach a closing thread.
 */
class InterruptedCloseTests extends GroupFixture {

	/** What {@code ExecutorService.close} does. */
	@Test
	void closeWithoutOptions_interruptedWhileItWaits_cancelsWhatIsQueuedAndGoesOnWaiting() throws Exception {
		Gate running = runningOneOff();
		Gate busy = busyPool();
		AtomicInteger told = new AtomicInteger();
		CompletableFuture<Integer> queued = environment().onCancel((cancellation) -> told.incrementAndGet())
			.build()
			.submit(() -> 1);
		AtomicBoolean interrupted = new AtomicBoolean();
		CompletableFuture<String> returned = new CompletableFuture<>();
		Thread closer = this.engine.start("closer", () -> {
			this.group.close();
			interrupted.set(Thread.currentThread().isInterrupted());
			returned.complete("returned");
		});
		while (!this.group.isClosing()) {
			Thread.onSpinWait();
		}
		this.time.awaitParked(1);
		assertThat(queued).isNotDone();
		closer.interrupt();
		while (told.get() == 0) {
			Thread.onSpinWait();
		}
		assertThat(queued).isCancelled();
		assertThat(returned).isNotDone();
		running.open();
		assertThat(returned.get(20, TimeUnit.SECONDS)).isEqualTo("returned");
		assertThat(interrupted).isTrue();
		busy.open();
	}

	@Test
	void closeWithOptions_interruptedWhileItWaits_throwsAndLeavesTheMembersClosing() throws Exception {
		Gate running = runningOneOff();
		Work idle = environment().build().newWork(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		close.thread().interrupt();
		assertThat(close.failure()).isInstanceOf(InterruptedException.class).hasMessageContaining("'mail'");
		assertThat(this.group.isClosing()).isTrue();
		assertThat(idle.isClosed()).isTrue();
		CloseCall next = closingMembers(CloseOptions.awaitPending());
		running.open();
		assertThat(next.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void closeForGood_interruptedWhileItWaits_hasClosedTheGroup() throws Exception {
		Gate running = runningOneOff();
		CloseCall close = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		close.thread().interrupt();
		assertThat(close.failure()).isInstanceOf(InterruptedException.class);
		assertThat(this.group.isClosed()).isTrue();
		assertThat(environment().build().trySubmit(GroupFixture::nothing)).isFalse();
		running.open();
	}

	@Test
	void closeForGood_interruptedAtAChild_hasSealedTheParentTooAndFinishesByItself() throws Exception {
		CleanupGroup child = group(CleanupGroup.builder("child").parent(this.group));
		Gate running = runningOneOff(environment(child).build());
		Work work = environment().build().newWork(GroupFixture::nothing);
		CloseCall close = CloseCall.start(this.engine, () -> this.group.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		close.thread().interrupt();
		assertThat(close.failure()).isInstanceOf(InterruptedException.class);
		assertThat(this.group.isClosed()).isTrue();
		assertThat(work.isClosed()).isTrue();
		running.open();
	}

	@Test
	void close_onAThreadThatIsInterruptedAlready_throwsAndClosesNothing() throws Exception {
		Work work = environment().build().newWork(GroupFixture::nothing);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.group.closeMembers(CloseOptions.awaitPending()))
			.withMessageContaining("'mail'");
		assertThat(work.isClosed()).isFalse();
	}

	@Test
	void closeWithoutOptions_onAThreadThatIsInterruptedAlready_closesAndKeepsTheFlag() {
		Work work = environment().build().newWork(GroupFixture::nothing);
		Thread.currentThread().interrupt();
		this.group.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(work.isClosed()).isTrue();
	}

}
