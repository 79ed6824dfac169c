package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * What runs, and for how long; what is queued, and since when.
 */
class RunningCallbacksTests extends GroupFixture {

	@Test
	void runningCallbacks_whileTwoRun_areThoseWithTheirTimesThreadsAndStacks() throws Exception {
		Gate first = runningOneOff(environment().memberName("first").build());
		this.time.advance(Duration.ofSeconds(3));
		Work work = environment().memberName("second").build().newWork(first);
		work.submit();
		first.awaitArrival();
		this.time.advance(Duration.ofSeconds(4));
		List<CallbackSnapshot> running = this.group.runningCallbacks();
		assertThat(running).extracting(CallbackSnapshot::name, CallbackSnapshot::kind, CallbackSnapshot::runningFor)
			.containsExactlyInAnyOrder(tuple("first", MemberKind.CALLBACK, Duration.ofSeconds(7)),
					tuple("second", MemberKind.WORK, Duration.ofSeconds(4)));
		assertThat(running).allSatisfy((each) -> {
			assertThat(each.thread()).isNotBlank();
			assertThat(each.stack()).extracting(StackTraceElement::getClassName).contains(Gate.class.getName());
		});
		first.open();
		eventually("ended", List.of(), this.group::runningCallbacks);
		assertThat(running).allSatisfy((each) -> {
			assertThat(each.thread()).isNull();
			assertThat(each.stack()).isEmpty();
		});
	}

	@Test
	void snapshots_ofOneExecution_areEqualAndOthersAreNot() throws Exception {
		Gate gate = runningOneOff();
		CallbackSnapshot before = this.group.runningCallbacks().get(0);
		this.time.advance(Duration.ofSeconds(1));
		CallbackSnapshot after = this.group.runningCallbacks().get(0);
		assertThat(after).isEqualTo(before).hasSameHashCodeAs(before);
		gate.open();
		eventually("ended", List.of(), this.group::runningCallbacks);
		Gate other = runningOneOff();
		assertThat(this.group.runningCallbacks()).singleElement().isNotEqualTo(before);
		other.open();
	}

	@Test
	void runningCallbacks_thatGoOnAsAStage_haveNoThread() throws Exception {
		CompletableFuture<String> stage = new CompletableFuture<>();
		CompletableFuture<String> future = environment().memberName("letter").build().submitAsync(() -> stage);
		eventually("going on without a thread", true, () -> this.group.memberCounts().runningCallbacks() == 1
				&& this.pool.stats().activeThreads() == 0 && this.pool.stats().pendingCallbacks() == 0);
		assertThat(this.group.runningCallbacks()).singleElement().satisfies((callback) -> {
			assertThat(callback.name()).isEqualTo("letter");
			assertThat(callback.thread()).isNull();
			assertThat(callback.stack()).isEmpty();
		});
		stage.complete("done");
		assertThat(future).isCompletedWithValue("done");
		assertThat(this.group.runningCallbacks()).isEmpty();
	}

	@Test
	void runningCallbacks_thatACloseHasLeftRunning_areStillThere() throws Exception {
		Gate gate = runningOneOff();
		this.group.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO));
		assertThat(this.group.runningCallbacks()).hasSize(1);
		gate.open();
	}

	@Test
	void oldestPending_ofAQueue_isWhenItsFirstWasQueued() throws Exception {
		assertThat(this.group.oldestPending()).isEmpty();
		Gate gate = busyPool();
		Instant since = this.time.instant();
		CompletableFuture<String> first = environment().build().submit(() -> "first");
		this.time.advance(Duration.ofSeconds(5));
		assertThat(environment().priority(Priority.HIGH).build().trySubmit((instance) -> {
		})).isTrue();
		assertThat(this.group.oldestPending()).contains(since);
		assertThat(first.cancel(false)).isTrue();
		assertThat(this.group.oldestPending()).contains(since.plusSeconds(5));
		gate.open();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.group.oldestPending()).isEmpty();
	}

}
