package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What enters without the pool's lock is, for everybody who looks or decides, what it
 * would be had it entered under the lock. In each test the pool's thread is held and the
 * first of the group's one-offs is queued, so that the inbox is open.
 */
class InboxTests extends GroupFixture {

	private final ThreadPool single = pool(1);

	private final CallbackEnvironment environment = environment(this.group, Priority.NORMAL);

	private final List<String> order = Collections.synchronizedList(new ArrayList<>());

	private final Gate before = this.engine.gate();

	private CallbackEnvironment environment(CleanupGroup of, Priority priority) {
		return CallbackEnvironment.builder().pool(this.single).cleanupGroup(of).priority(priority).build();
	}

	@BeforeEach
	void openTheInbox() throws Exception {
		CallbackEnvironment.builder().pool(this.single).build().trySubmit(this.before);
		this.before.awaitArrival();
		submit("first");
		Lane lane = this.group.lanes(this.single.dispatcher()).get(0);
		Inbox inbox = Objects.requireNonNull(lane.inbox, "inbox");
		OneOff entering = this.environment.oneOff(null, named("second"), null);
		entering.enter(lane);
		assertThat(inbox.offer(entering)).isTrue();
	}

	private Callback named(String name) {
		return (instance) -> this.order.add(name);
	}

	private void submit(String... names) {
		for (String name : names) {
			assertThat(this.environment.trySubmit(named(name))).isTrue();
		}
	}

	private List<String> finished() {
		this.before.open();
		eventually("pending callbacks", 0L, () -> this.single.stats().pendingCallbacks());
		eventually("active threads", 0, () -> this.single.stats().activeThreads());
		return List.copyOf(this.order);
	}

	@Test
	void counts_ofWhatCameWithoutTheLock_areWhole() {
		submit("third");
		MemberCounts counts = this.group.memberCounts();
		assertThat(counts.pendingCallbacks()).isEqualTo(3);
		assertThat(counts.of(MemberKind.CALLBACK, MemberState.QUEUED)).isEqualTo(3);
		assertThat(this.single.stats().pendingCallbacks()).isEqualTo(3);
		assertThat(this.group.members()).hasSize(3);
		this.engine.checkConsistency();
		assertThat(finished()).containsExactly("first", "second", "third");
		assertThat(this.single.stats().completedCallbacks()).isEqualTo(4);
	}

	// More than the inbox holds.
	@Test
	void oneOffs_thatComeOneAfterTheOther_startInThatOrder() {
		List<String> names = IntStream.range(0, 500).mapToObj(Integer::toString).toList();
		submit(names.toArray(String[]::new));
		assertThat(finished()).startsWith("first", "second").endsWith("499").containsAll(names);
		assertThat(this.order.subList(2, this.order.size())).isEqualTo(names);
	}

	@Test
	void oneOffs_ofSubmittersSideBySide_startInTheOrderOfEach() throws Exception {
		int submitters = 4;
		int each = 2_000;
		List<Thread> threads = new ArrayList<>();
		this.before.open();
		for (int i = 0; i < submitters; i++) {
			String name = i + " ";
			threads.add(this.engine.start("submitter-" + i, () -> {
				for (int number = 0; number < each; number++) {
					submit(name + number);
				}
			}));
		}
		for (Thread thread : threads) {
			thread.join();
		}
		List<String> ran = finished();
		assertThat(ran).hasSize(2 + submitters * each);
		for (int i = 0; i < submitters; i++) {
			String name = i + " ";
			assertThat(ran.stream().filter((one) -> one.startsWith(name)))
				.containsExactlyElementsOf(IntStream.range(0, each).mapToObj((number) -> name + number).toList());
		}
	}

	@Test
	void cancellingClose_ofWhatCameWithoutTheLock_dropsAllOfIt() throws Exception {
		submit("third");
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.cancelledCallbacks()).isEqualTo(3);
		assertThat(report.closedMembers()).isEqualTo(3);
		assertThat(finished()).isEmpty();
	}

	@Test
	void awaitingClose_ofWhatCameWithoutTheLock_waitsForAllOfIt() throws Exception {
		submit("third");
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		submit("of the next generation");
		this.before.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(3);
		// The generations take turns.
		assertThat(finished()).containsExactly("first", "of the next generation", "second", "third");
	}

	@Test
	void group_thatRefuses_letsNothingInWithoutTheLockEither() {
		this.group.refuse();
		assertThat(this.environment.trySubmit(named("refused"))).isFalse();
		assertThat(this.group.memberCounts().pendingCallbacks()).isEqualTo(2);
		this.group.accept();
		submit("third");
		assertThat(finished()).containsExactly("first", "second", "third");
	}

	@Test
	void group_thatIsPaused_startsNothingOfIt() throws Exception {
		this.group.pause();
		submit("third");
		this.before.open();
		eventually("active threads", 0, () -> this.single.stats().activeThreads());
		assertThat(this.order).isEmpty();
		assertThat(this.single.stats().pendingCallbacks()).isEqualTo(3);
		this.group.resume();
		assertThat(finished()).containsExactly("first", "second", "third");
	}

	@Test
	void pool_thatIsClosed_letsNothingInWithoutTheLockEither() throws Exception {
		this.single.close();
		assertThat(this.environment.trySubmit(named("refused"))).isFalse();
		this.before.open();
		assertThat(this.single.awaitTermination(Duration.ofSeconds(30))).isTrue();
		assertThat(this.order).containsExactly("first", "second");
	}

	// R23
	@Test
	void higherPriority_thatComesAfterThem_isNext() {
		environment(this.group, Priority.HIGH).trySubmit(named("high"));
		submit("third");
		assertThat(finished()).containsExactly("high", "first", "second", "third");
	}

	// R32
	@Test
	void otherGroup_thatComesAfterThem_takesTurnsWithThem() {
		CallbackEnvironment other = environment(group("other"), Priority.NORMAL);
		other.trySubmit(named("1"));
		submit("third");
		other.trySubmit(named("2"));
		assertThat(finished()).containsExactly("first", "1", "second", "2", "third");
	}

	// R32
	@Test
	void object_thatIsSubmittedAfterThem_comesAfterThem() {
		Work work = this.environment.newWork(named("work"));
		submit("third");
		work.submit();
		work.submit();
		submit("fourth");
		assertThat(finished()).containsExactly("first", "second", "third", "work", "fourth", "work");
	}

	@Test
	void future_cancelledBeforeAnybodyLooked_keepsItsTaskFromStarting() {
		CompletableFuture<Boolean> cancelled = this.environment.submit(() -> this.order.add("cancelled"));
		submit("third");
		assertThat(cancelled.cancel(false)).isTrue();
		assertThat(this.single.stats().pendingCallbacks()).isEqualTo(3);
		assertThat(finished()).containsExactly("first", "second", "third");
	}

	@Test
	void limit_setWhileTheyAreQueued_holdsForThem() throws Exception {
		this.single.resize(0, 2);
		Gate held = this.engine.gate();
		this.environment.trySubmit(held);
		this.environment.trySubmit(held);
		this.group.maxConcurrency(1);
		this.before.open();
		held.awaitArrival();
		assertThat(this.group.memberCounts().runningCallbacks()).isEqualTo(1);
		held.open();
		assertThat(finished()).containsExactly("first", "second");
	}

}
