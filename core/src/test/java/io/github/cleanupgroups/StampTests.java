package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which times may be those of the last tick, and which must be exact: here the recent
 * time is an hour from the real one.
 */
class StampTests extends GroupFixture {

	private final AtomicInteger asked = new AtomicInteger();

	private Duration lag = Duration.ofHours(1);

	private final ThreadPool single = this.engine
		.pool(ThreadPool.builder("single").maxThreads(1).timeSource(new Lagging()));

	private final Gate before = this.engine.gate();

	private CallbackEnvironment held(CleanupGroup of) throws Exception {
		CallbackEnvironment.builder().pool(this.single).build().trySubmit(this.before);
		this.before.awaitArrival();
		return CallbackEnvironment.builder().pool(this.single).cleanupGroup(of).build();
	}

	@Test
	void start_fromABatch_isAsOldAsTheRecentTime() throws Exception {
		assertThat(shownAfterTwoSeconds()).isEqualTo(this.lag.plusSeconds(2));
	}

	/** For how long the last callback of a batch is said to have run. */
	private Duration shownAfterTwoSeconds() throws Exception {
		CallbackEnvironment environment = held(this.group);
		Gate last = this.engine.gate();
		environment.trySubmit(GroupFixture::nothing);
		environment.trySubmit(last);
		this.before.open();
		last.awaitArrival();
		this.time.advance(Duration.ofSeconds(2));
		List<CallbackSnapshot> running = this.group.runningCallbacks();
		last.open();
		assertThat(running).hasSize(1);
		return running.get(0).runningFor();
	}

	@Test
	void start_whileExecutionsAreRecorded_isExact() throws Exception {
		try (Recording recording = new Recording()) {
			recording.enable(MemberRan.class);
			recording.start();
			assertThat(shownAfterTwoSeconds()).isEqualTo(Duration.ofSeconds(2));
		}
	}

	@Test
	void times_thatAListenerHears_areExact() throws Exception {
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {
			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				heard.add(kind + " " + Duration.ofNanos(queuedNanos).toSeconds() + " " + Duration.ofNanos(runNanos));
			}
		}));
		CallbackEnvironment environment = held(listened);
		Callback lasting = (instance) -> this.time.advance(Duration.ofSeconds(2));
		for (int i = 0; i < 3; i++) {
			environment.trySubmit(lasting);
		}
		this.time.advance(Duration.ofSeconds(4));
		this.before.open();
		listened.closeMembers(CloseOptions.awaitPending());
		assertThat(heard).containsExactly("CALLBACK 4 PT2S", "CALLBACK 6 PT2S", "CALLBACK 8 PT2S");
	}

	@Test
	void queueTimes_ofWorkThatAListenerHears_areExact() throws Exception {
		List<Long> heard = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {
			@Override
			public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
					@Nullable Throwable failure) {
				heard.add(Duration.ofNanos(queuedNanos).toSeconds());
			}
		}));
		Work work = held(listened).newWork(GroupFixture::nothing);
		work.submit();
		this.time.advance(Duration.ofSeconds(4));
		this.before.open();
		work.awaitCallbacks(Pending.AWAIT);
		assertThat(heard).containsExactly(4L);
	}

	// R49: never early
	@Test
	void timer_whileTheRecentTimeIsAhead_isNotEarly() throws Exception {
		this.lag = Duration.ofHours(-1);
		AtomicInteger ran = new AtomicInteger();
		Timer timer = CallbackEnvironment.builder()
			.pool(this.single)
			.cleanupGroup(this.group)
			.build()
			.newTimer((instance) -> ran.incrementAndGet());
		timer.set(Duration.ofSeconds(10));
		this.time.awaitAsleep("timers", Duration.ofSeconds(10));
		this.time.advance(Duration.ofSeconds(9));
		this.time.awaitAsleep("timers", Duration.ofSeconds(1));
		assertThat(timer.isArmed()).isTrue();
		assertThat(ran).hasValue(0);
		this.time.advance(Duration.ofSeconds(1));
		eventually("runs", 1, ran::get);
	}

	@Test
	void pool_thatGoesThroughOneFullBatchAfterAnother_readsOften() throws Exception {
		CallbackEnvironment environment = held(this.group);
		for (int i = 0; i < 400; i++) {
			environment.trySubmit(GroupFixture::nothing);
		}
		this.before.open();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.asked).hasPositiveValue();
	}

	@Test
	void pool_withALittleToDo_doesNotReadOften() throws Exception {
		CallbackEnvironment environment = held(this.group);
		for (int i = 0; i < 30; i++) {
			environment.trySubmit(GroupFixture::nothing);
		}
		this.before.open();
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void members_thatJoinAtOnce_readOftenAndAreStampedByTheRecentTime() {
		CallbackEnvironment environment = environmentOf(this.group);
		for (int i = 0; i < 200; i++) {
			environment.newWork(GroupFixture::nothing);
		}
		assertThat(this.asked).hasPositiveValue();
		assertThat(this.group.members()).extracting(MemberSnapshot::since)
			.containsOnly(this.time.instant().minus(this.lag));
	}

	@Test
	void members_thatJoinOneByOne_doNotReadOften() {
		CallbackEnvironment environment = environmentOf(this.group);
		for (int i = 0; i < 200; i++) {
			environment.newWork(GroupFixture::nothing);
			this.time.advance(Duration.ofMillis(1));
		}
		assertThat(this.asked).hasValue(0);
	}

	// Owners are told in the order of their members' stamps.
	@Test
	void owners_ofAGroupThatIsTimed_areToldInTheOrderOfCreation() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		CleanupGroup listened = group(CleanupGroup.builder("listened").listener(new CleanupGroupListener() {
		}));
		held(listened);
		CallbackEnvironment.Builder environment = CallbackEnvironment.builder()
			.pool(this.single)
			.cleanupGroup(listened)
			.onCancel((cancellation) -> told.add(cancellation.name()));
		environment.memberName("first").build().trySubmit(GroupFixture::nothing);
		this.time.advance(Duration.ofSeconds(1));
		environment.memberName("second").build().newWork(GroupFixture::nothing);
		this.time.advance(Duration.ofSeconds(1));
		environment.memberName("third").build().trySubmit(GroupFixture::nothing);
		listened.close(CloseOptions.cancelPending());
		assertThat(told).containsExactly("first", "second", "third");
		this.before.open();
	}

	private CallbackEnvironment environmentOf(CleanupGroup of) {
		return CallbackEnvironment.builder().pool(this.single).cleanupGroup(of).build();
	}

	private final class Lagging implements TimeSource {

		@Override
		public long nanoTime() {
			return StampTests.this.time.nanoTime();
		}

		@Override
		public long recentNanoTime() {
			return StampTests.this.time.nanoTime() - StampTests.this.lag.toNanos();
		}

		@Override
		public void readsOften() {
			StampTests.this.asked.incrementAndGet();
		}

		@Override
		public Instant instant() {
			return StampTests.this.time.instant();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			StampTests.this.time.parkNanos(blocker, nanos);
		}

	}

}
