package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static io.github.cleanupgroups.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an environment fixes for its members, and what it stays out of.
 */
@Timeout(60)
class EnvironmentTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ManualTimeSource time = new ManualTimeSource();

	private final ThreadPool pool = this.engine
		.pool(ThreadPool.builder("pool").maxThreads(2).keepAlive(Duration.ofSeconds(60)).timeSource(this.time));

	private static final Callback NOTHING = (instance) -> {
	};

	// R18
	@Test
	void environment_ofAPoolAlone_hasTheDefaults() throws Exception {
		CallbackEnvironment environment = CallbackEnvironment.builder().pool(this.pool).build();
		Work work = environment.newWork(NOTHING);
		assertThat(work.group()).isNull();
		assertThat(work.name()).isEqualTo("work");
		assertThat(environment.priority()).isEqualTo(Priority.NORMAL);
		assertThat(environment.isRunsLong()).isFalse();
		assertThat(environment.isPersistent()).isFalse();
		assertThat(environment.cancelCallback()).isNull();
		assertThat(environment.finalization()).isNull();
	}

	// R19, F37: copied when it is built, and kept by its members
	@Test
	void builder_changedAfterBuild_leavesEnvironmentAndMembersAlone() {
		CleanupGroup one = this.engine.group("one");
		CleanupGroup other = this.engine.group("other");
		CallbackEnvironment.Builder builder = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(one);
		CallbackEnvironment first = builder.memberName("first").build();
		Work before = first.newWork(NOTHING);
		CallbackEnvironment second = builder.cleanupGroup(other).memberName("second").build();
		assertThat(before.group()).isSameAs(one);
		assertThat(first.newWork(NOTHING).group()).isSameAs(one);
		assertThat(first.newWork(NOTHING).name()).isEqualTo("first");
		assertThat(second.newWork(NOTHING).group()).isSameAs(other);
		assertThat(second.newWork(NOTHING).name()).isEqualTo("second");
	}

	// R28
	@Test
	void environment_ofAClosedGroup_refusesAtTheCallNamingGroupAndMember() throws Exception {
		CleanupGroup group = this.engine.group("mail");
		CallbackEnvironment environment = CallbackEnvironment.builder()
			.pool(this.pool)
			.cleanupGroup(group)
			.memberName("letter")
			.build();
		group.close(CloseOptions.awaitPending());
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.newWork(NOTHING))
			.withMessageContainingAll("'mail'", "'letter'", "closed");
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> environment.submit(() -> 1))
			.withMessageContainingAll("'mail'", "'letter'", "closed");
		assertThat(environment.trySubmit(NOTHING)).isFalse();
	}

	// R20, V3: there are no others
	@Test
	void priorities_allOfThem_areThree() {
		assertThat(Priority.values()).containsExactly(Priority.HIGH, Priority.NORMAL, Priority.LOW);
		assertThat(Priority.values()).hasSize(Priority.LEVELS);
	}

	// R25
	@Test
	void thread_thatHasRunAPersistentCallback_isNotRetired() throws Exception {
		Gate gate = this.engine.gate();
		CallbackEnvironment persistent = CallbackEnvironment.builder().pool(this.pool).persistent(true).build();
		CallbackEnvironment plain = CallbackEnvironment.builder().pool(this.pool).build();
		CompletableFuture<Thread> kept = new CompletableFuture<>();
		persistent.trySubmit((instance) -> {
			kept.complete(Thread.currentThread());
			gate.pass();
		});
		plain.trySubmit(gate);
		gate.awaitArrivals(2);
		gate.open();
		this.time.awaitParked(2);
		this.time.advance(Duration.ofDays(1));
		eventually("threads", 1, () -> this.pool.stats().threads());
		assertThat(plain.submit(Thread::currentThread).get(20, TimeUnit.SECONDS))
			.isSameAs(kept.get(20, TimeUnit.SECONDS));
		this.pool.close();
		eventually("threads", 0, () -> this.pool.stats().threads());
	}

}
