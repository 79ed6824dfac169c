package io.github.cleanupgroups;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a close counts and collects, and what snapshots and listeners show of a group.
 */
class CloseReportTests extends GroupFixture {

	@Test
	void failures_ofAwaitedCallbacksFinalizationsAndActions_areInTheReport() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().onFinalize((instance) -> {
			throw new IllegalStateException("finalization");
		}).build().newWork((instance) -> {
			instance.whenReturned(() -> {
				throw new IllegalStateException("action");
			});
			gate.pass();
			throw new IllegalStateException("callback");
		});
		work.submit();
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		CloseReport report = close.report();
		assertThat(report.failures()).extracting(Throwable::getMessage)
			.containsExactly("callback", "finalization", "action");
		assertThat(report.completedCallbacks()).isEqualTo(1);
	}

	@Test
	void failure_ofATaskWithAFuture_isInItsFutureOnly() throws Exception {
		Gate gate = this.engine.gate();
		CompletableFuture<Object> future = environment().build().submit(() -> {
			gate.pass();
			throw new IllegalStateException("task");
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().failures()).isEmpty();
		assertThat(future).isCompletedExceptionally();
	}

	@Test
	void failure_beforeTheClose_isNotInItsReport() throws Exception {
		Work work = environment().build().newWork((instance) -> {
			throw new IllegalStateException("before");
		});
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(report.failures()).isEmpty();
		assertThat(report.completedCallbacks()).isZero();
	}

	// F42
	@Test
	void snapshots_ofMembers_showWhatIsThereAndSinceWhen() throws Exception {
		Gate gate = runningOneOff();
		Gate busy = busyPool();
		var joined = this.time.instant();
		Work work = environment().memberName("letter").build().newWork(GroupFixture::nothing);
		work.submit();
		work.submit();
		this.time.advance(Duration.ofSeconds(5));
		assertThat(this.group.members()).filteredOn((member) -> member.kind() == MemberKind.WORK)
			.singleElement()
			.satisfies((member) -> {
				assertThat(member.name()).isEqualTo("letter");
				assertThat(member.pendingCallbacks()).isEqualTo(2);
				assertThat(member.runningCallbacks()).isZero();
				assertThat(member.since()).isEqualTo(joined);
				assertThat(member.stack()).isEmpty();
			});
		MemberCounts counts = this.group.memberCounts();
		assertThat(counts.total()).isEqualTo(2);
		assertThat(counts.of(MemberKind.WORK, MemberState.QUEUED)).isEqualTo(1);
		assertThat(counts.of(MemberKind.CALLBACK, MemberState.RUNNING)).isEqualTo(1);
		assertThat(counts.pendingCallbacks()).isEqualTo(2);
		assertThat(counts.runningCallbacks()).isEqualTo(1);
		assertThat(this.group.members(1)).hasSize(1);
		gate.open();
		busy.open();
	}

	// F42
	@Test
	void snapshots_ofOneOffs_leaveOutWhatWasCancelledInTheQueue() throws Exception {
		Gate busy = busyPool();
		CompletableFuture<String> cancelled = environment().build().submit(() -> "cancelled");
		CompletableFuture<String> queued = environment().build().submit(() -> "queued");
		cancelled.cancel(false);
		assertThat(this.group.members()).hasSize(1);
		assertThat(this.group.memberCounts().total()).isEqualTo(1);
		busy.open();
		assertThat(queued.join()).isEqualTo("queued");
	}

	// F42: who asks for a few holds the lock for a few
	@Test
	void queue_visitedForAFew_isNotWalkedToItsEnd() throws Exception {
		Gate busy = busyPool();
		for (int i = 0; i < 10; i++) {
			CompletableFuture<Integer> unused = environment().build().submit(() -> 1);
		}
		List<Entry> visited = new ArrayList<>();
		Lane lane = this.group.lanes(this.pool.dispatcher()).get(0);
		lane.dispatcher.inspect(lane, (inspected) -> inspected.visitQueued((entry) -> {
			visited.add(entry);
			return visited.size() < 3;
		}));
		assertThat(visited).hasSize(3);
		assertThat(this.group.members(0)).isEmpty();
		assertThat(this.group.members(4)).hasSize(4);
		assertThat(this.group.members()).hasSize(10);
		busy.open();
	}

	// V10 over several pools
	@Test
	void notices_ofMembersOnTwoPools_comeInTheOrderOfCreation() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		List<ThreadPool> pools = List.of(this.pool, pool(1));
		for (int i = 0; i < 6; i++) {
			this.time.advance(Duration.ofNanos(1));
			String name = String.valueOf(i);
			CallbackEnvironment.builder()
				.pool(pools.get(i % 2))
				.cleanupGroup(this.group)
				.onCancel((cancellation) -> told.add(name))
				.build()
				.newWork(GroupFixture::nothing);
		}
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(told).containsExactly("0", "1", "2", "3", "4", "5");
	}

	@Test
	void chain_thatGoesFromPoolToPool_isAwaitedToItsEnd() throws Exception {
		CallbackEnvironment here = environment().build();
		CallbackEnvironment there = CallbackEnvironment.builder().pool(pool(1)).cleanupGroup(this.group).build();
		Gate gate = this.engine.gate();
		here.submit(null, (one) -> {
			gate.pass();
			there.submit(null, (two) -> here.submit(null, (three) -> there.submit(null, GroupFixture::nothing)));
		});
		gate.awaitArrival();
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		gate.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(4);
		assertThat(close.report().closedMembers()).isEqualTo(4);
	}

	@Test
	void listener_ofAGroup_hearsRunsCancellationsRefusalsAndCloses() throws Exception {
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {

			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				heard.add("ran " + kind + " " + name + " " + failure);
			}

			@Override
			public void memberJoined(MemberKind kind, String name) {
				heard.add("joined " + kind + " " + name);
			}

			@Override
			public void callbacksCancelled(long count) {
				heard.add("cancelled " + count);
			}

			@Override
			public void rejected(MemberKind kind, String name) {
				heard.add("rejected " + kind + " " + name);
			}

			@Override
			public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
				heard.add("closed " + group.name() + " " + report.cancelledCallbacks());
			}

		}));
		CallbackEnvironment environment = environment(listened).memberName("letter").build();
		Work work = environment.newWork(GroupFixture::nothing);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		Gate busy = busyPool();
		work.submit();
		listened.close(CloseOptions.cancelPending());
		environment.trySubmit(GroupFixture::nothing);
		assertThat(heard).containsExactly("joined WORK letter", "ran WORK letter null", "cancelled 1",
				"closed listened 1", "rejected CALLBACK letter");
		busy.open();
	}

	@Test
	void listener_thatDoesNotHearCallbacks_isNotToldOfThem() throws Exception {
		AtomicBoolean hears = new AtomicBoolean();
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {

			@Override
			public boolean hearsCallbacks() {
				return hears.get();
			}

			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				heard.add(name);
			}

		}));
		environment(listened).memberName("first").build().trySubmit(GroupFixture::nothing);
		listened.closeMembers(CloseOptions.awaitPending());
		hears.set(true);
		environment(listened).memberName("second").build().trySubmit(GroupFixture::nothing);
		listened.close(CloseOptions.awaitPending());
		assertThat(heard).containsExactly("second");
	}

	@Test
	void listener_thatThrowsInsteadOfSaying_isReportedAndTheGroupGoesOn() throws Exception {
		List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
		try (ThreadPool pool = ThreadPool.builder("listening")
			.onUncaught((name, failure) -> uncaught.add(name + ": " + failure.getMessage()))
			.build()) {
			CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {

				@Override
				public boolean hearsCallbacks() {
					throw new IllegalStateException("planted");
				}

			}));
			CallbackEnvironment environment = CallbackEnvironment.builder().pool(pool).cleanupGroup(listened).build();
			assertThat(environment.trySubmit(GroupFixture::nothing)).isTrue();
			listened.closeMembers(CloseOptions.awaitPending());
			assertThat(environment.submit(() -> "next").join()).isEqualTo("next");
			listened.close(CloseOptions.awaitPending());
		}
		assertThat(uncaught).containsExactly("listener of group 'listened': planted",
				"listener of group 'listened': planted");
	}

	// A group that lives on, and its members, keep nothing of what a close was handed
	@Test
	void cleanupContext_onceTheCloseIsOver_isForgotten() throws Exception {
		CallbackEnvironment kept = environment().build();
		Work closed = kept.newWork(GroupFixture::nothing);
		WeakReference<Object> context = closeWithContext();
		eventually("reference", true, () -> {
			System.gc();
			return context.get() == null;
		});
		assertThat(closed.isClosed()).isTrue();
	}

	private WeakReference<Object> closeWithContext() throws InterruptedException {
		Object context = new Object();
		this.group.closeMembers(CloseOptions.cancelPending().cleanupContext(context));
		return new WeakReference<>(context);
	}

}
