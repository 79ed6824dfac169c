package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Closing a group from inside itself would wait for itself: it is refused at once, and
 * there is a way out (R141, F3, F47).
 */
class CloseFromInsideTests extends GroupFixture {

	private final List<String> refused = Collections.synchronizedList(new ArrayList<>());

	/** Tries every way to close the group and notes that each was refused. */
	private void tryToClose(String where) {
		tryToClose(where, this.group, "'mail'");
	}

	private void tryToClose(String where, CleanupGroup closed, String named) {
		List<ThrowingCallable> ways = List.of(closed::close, () -> closed.close(CloseOptions.cancelPending()),
				() -> closed.closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO)));
		for (ThrowingCallable way : ways) {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(way).withMessageContaining(named);
		}
		this.refused.add(where);
	}

	// R141
	@Test
	void close_fromACallbackItsFinalizationOrItsActions_isRefused() throws Exception {
		Work work = environment().onFinalize((instance) -> tryToClose("finalization")).build().newWork((instance) -> {
			instance.whenReturned(() -> tryToClose("action"));
			tryToClose("callback");
		});
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		CompletableFuture<Void> task = environment().build().submit(() -> {
			tryToClose("task");
			return null;
		});
		task.get(20, TimeUnit.SECONDS);
		CompletableFuture.runAsync(() -> tryToClose("view"), environment().build().asExecutorService())
			.get(20, TimeUnit.SECONDS);
		assertThat(this.refused).containsExactly("callback", "finalization", "action", "task", "view");
		assertThat(this.group.isClosed()).isFalse();
		assertThat(work.isClosed()).isFalse();
	}

	// R141, R112: disassociating does not help
	@Test
	void close_fromADisassociatedCallback_isRefused() throws Exception {
		Gate gate = this.engine.gate();
		environment().build().submit(null, (instance) -> {
			instance.disassociate();
			tryToClose("disassociated");
			gate.pass();
		});
		gate.awaitArrival();
		gate.open();
		assertThat(this.refused).containsExactly("disassociated");
	}

	@Test
	void close_fromACancelCallback_isRefused() throws Exception {
		environment().onCancel((cancellation) -> tryToClose("cancel callback")).build().newWork(GroupFixture::nothing);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.failures()).isEmpty();
		assertThat(this.refused).containsExactly("cancel callback");
	}

	@Test
	void close_fromALateCancelCallback_isRefused() throws Exception {
		CompletableFuture<String> told = new CompletableFuture<>();
		Gate gate = this.engine.gate();
		Work work = environment().onCancel((cancellation) -> {
			tryToClose("late");
			told.complete("told");
		}).build().newWork(gate);
		work.submit();
		gate.awaitArrival();
		this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		gate.open();
		assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo("told");
		assertThat(this.refused).containsExactly("late");
	}

	@Test
	void close_fromACancelCallbackThatAnotherGroupsCancelCallbackCaused_isRefused() throws Exception {
		CleanupGroup inner = group("inner");
		environment(inner).onCancel((cancellation) -> tryToClose("innermost")).build().newWork(GroupFixture::nothing);
		environment().onCancel((cancellation) -> inner.closeMembers(CloseOptions.cancelPending()))
			.build()
			.newWork(GroupFixture::nothing);
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.cancelPending()));
		assertThat(close.report().failures()).isEmpty();
		assertThat(this.refused).containsExactly("innermost");
	}

	@Test
	void close_fromWhatDependsOnTheReleaseOfAnAwaitedMember_isRefused() throws Exception {
		Work work = environment().build().newWork(GroupFixture::nothing);
		CompletableFuture<Void> dependent = work.released().thenRun(() -> tryToClose("released"));
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.awaitPending()));
		assertThat(close.report().closedMembers()).isEqualTo(1);
		assertThat(dependent).isCompleted();
		assertThat(this.refused).containsExactly("released");
	}

	@Test
	void close_fromWhatDependsOnTheReleaseOfACancelledMember_isRefused() throws Exception {
		Gate busy = busyPool();
		CallbackEnvironment environment = environment().build();
		Work idle = environment.newWork(GroupFixture::nothing);
		Work closed = environment.newWork(GroupFixture::nothing);
		closed.submit();
		closed.close();
		CompletableFuture<Void> one = idle.released().thenRun(() -> tryToClose("idle"));
		CompletableFuture<Void> other = closed.released().thenRun(() -> tryToClose("closed"));
		CloseCall close = CloseCall.start(this.engine, () -> this.group.closeMembers(CloseOptions.cancelPending()));
		assertThat(close.report().closedMembers()).isEqualTo(1);
		assertThat(one).isCompleted();
		assertThat(other).isCompleted();
		assertThat(this.refused).containsExactlyInAnyOrder("closed", "idle");
		busy.open();
	}

	@Test
	void close_fromAListenerThatHearsOfACallback_isRefused() throws Exception {
		AtomicReference<CleanupGroup> listened = new AtomicReference<>();
		CleanupGroup heard = group(CleanupGroup.builder("heard").listener(new CleanupGroupListener() {

			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				tryToClose("listener", listened.get(), "'heard'");
			}

		}));
		listened.set(heard);
		Work work = environment(heard).build().newWork(GroupFixture::nothing);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.refused).containsExactly("listener");
	}

	@Test
	void closeOfAParent_fromACallbackOfItsChild_isRefused() throws Exception {
		CleanupGroup child = group(CleanupGroup.builder("child").parent(this.group));
		environment(child).build().submit(() -> {
			tryToClose("child", this.group, "'child'");
			return null;
		}).get(20, TimeUnit.SECONDS);
		assertThat(this.refused).containsExactly("child");
		assertThat(this.group.isClosed()).isFalse();
	}

	@Test
	void closeOfAnotherGroup_fromACallback_isAllowed() throws Exception {
		CleanupGroup other = group("other");
		Work member = environment(other).build().newWork(GroupFixture::nothing);
		CloseReport report = environment().build()
			.submit(() -> other.close(CloseOptions.cancelPending()))
			.get(20, TimeUnit.SECONDS);
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(member.isClosed()).isTrue();
	}

	// Nested closes of different groups, one inside the other's cancel callback
	@Test
	void closeOfAnotherGroup_fromACancelCallback_isAllowedAndNotifiesThere() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup inner = group("inner");
		environment(inner).onCancel((cancellation) -> told.add("inner " + cancellation.cleanupContext()))
			.build()
			.newWork(GroupFixture::nothing);
		environment().onCancel((cancellation) -> {
			inner.closeMembers(CloseOptions.cancelPending().cleanupContext("i"));
			told.add("outer " + cancellation.cleanupContext());
		}).build().newWork(GroupFixture::nothing);
		this.group.closeMembers(CloseOptions.cancelPending().cleanupContext("o"));
		assertThat(told).containsExactly("inner i", "outer o");
	}

	// F47: the way out
	@Test
	void closeMembersAsync_fromAMembersCallback_completesAfterThatHasEnded() throws Exception {
		Gate gate = this.engine.gate();
		AtomicReference<CompletableFuture<CloseReport>> closing = new AtomicReference<>();
		List<String> threads = Collections.synchronizedList(new ArrayList<>());
		CallbackEnvironment environment = environment()
			.onCancel((cancellation) -> threads.add(Thread.currentThread().getName()))
			.build();
		Work work = environment.newWork((instance) -> {
			closing.set(this.group.closeMembersAsync(CloseOptions.cancelPending()));
			assertThat(instance.isClosing()).isTrue();
			gate.pass();
		});
		work.submit();
		gate.awaitArrival();
		assertThat(closing.get()).isNotDone();
		assertThat(work.isClosed()).isTrue();
		gate.open();
		CloseReport report = closing.get().get(20, TimeUnit.SECONDS);
		assertThat(report.completedCallbacks()).isEqualTo(1);
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(report.failures()).isEmpty();
		assertThat(threads).singleElement().asString().startsWith("cleanup-group-closer-mail");
	}

	@Test
	void closeMembersAsync_fromACancelCallback_closesWhatHasJoinedSince() throws Exception {
		AtomicReference<CompletableFuture<CloseReport>> closing = new AtomicReference<>();
		environment().onCancel((cancellation) -> {
			environment().build().newWork(GroupFixture::nothing);
			closing.set(this.group.closeMembersAsync(CloseOptions.awaitPending()));
		}).build().newWork(GroupFixture::nothing);
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).closedMembers()).isEqualTo(1);
		assertThat(closing.get().get(20, TimeUnit.SECONDS).closedMembers()).isEqualTo(2);
	}

	@Test
	void closeMembersAsync_fromOutside_sealsTheMembersBeforeItReturns() throws Exception {
		Gate running = runningOneOff();
		Work work = environment().build().newWork(GroupFixture::nothing);
		CompletableFuture<CloseReport> closing = this.group.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(work.isClosed()).isTrue();
		assertThat(closing).isNotDone();
		running.open();
		assertThat(closing.get(20, TimeUnit.SECONDS).closedMembers()).isEqualTo(2);
		assertThat(this.group.isClosed()).isFalse();
	}

	// F3: the wait of a member is checked too
	@Test
	void awaitCallbacks_fromTheMembersOwnCallback_isRefused() throws Exception {
		AtomicReference<Work> self = new AtomicReference<>();
		Work work = environment().memberName("letter").build().newWork((instance) -> {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> self.get().awaitCallbacks(Pending.AWAIT))
				.withMessageContaining("'letter'")
				.withMessageContaining("'mail'");
			this.refused.add("wait");
		});
		self.set(work);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(this.refused).containsExactly("wait");
	}

}
