package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who belongs to a group, from when and until when.
 */
@Timeout(60)
class GroupMembershipTests {

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(2);

	private final CleanupGroup group = this.engine.group("mail");

	private CallbackEnvironment.Builder environment() {
		return CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group);
	}

	// R21
	@Test
	void member_ofAnyKind_joinsTheEnvironmentsGroupAtItsCreation() throws Exception {
		Gate gate = this.engine.gate();
		Work work = environment().build().newWork(gate);
		assertThat(work.group()).isSameAs(this.group);
		assertThat(this.group.memberCounts().of(MemberKind.WORK)).isEqualTo(1);
		assertThat(environment().build().trySubmit(gate)).isTrue();
		gate.awaitArrival();
		assertThat(this.group.memberCounts().of(MemberKind.CALLBACK, MemberState.RUNNING)).isEqualTo(1);
		assertThat(this.group.memberCounts().total()).isEqualTo(2);
		gate.open();
	}

	@Test
	void group_asText_saysWhatItHas() {
		assertThat(this.group).hasToString("group 'mail' (0 members; 0 callbacks pending, 0 running)");
		environment().build().newWork((instance) -> {
		});
		environment().build().newTimer((instance) -> {
		});
		assertThat(this.group).hasToString("group 'mail' (2 members: 1 work, 1 timer; 0 callbacks pending, 0 running)");
		this.group.close();
		assertThat(this.group).hasToString("group 'mail' (closed, 0 members; 0 callbacks pending, 0 running)");
	}

	// R21, R118
	@Test
	void member_ofAnEnvironmentWithoutGroup_isNotTouchedByAClose() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		Gate gate = this.engine.gate();
		CallbackEnvironment outside = CallbackEnvironment.builder().pool(this.pool).build();
		Work stranger = outside.newWork((instance) -> {
			gate.pass();
			runs.incrementAndGet();
		});
		assertThat(stranger.group()).isNull();
		stranger.submit();
		stranger.submit();
		stranger.submit();
		gate.awaitArrivals(2);
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(stranger.isClosed()).isFalse();
		gate.open();
		stranger.awaitCallbacks(Pending.AWAIT);
		assertThat(runs).hasValue(3);
	}

	// R22
	@Test
	void cancelCallback_ofEachMember_isTheOneOfItsOwnEnvironment() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		environment().onCancel((cancellation) -> told.add("first")).build().newWork((instance) -> {
		});
		environment().build().newWork((instance) -> {
		});
		environment().onCancel((cancellation) -> told.add("second")).build().newWork((instance) -> {
		});
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(told).containsExactly("first", "second");
	}

	// R28
	@Test
	void environment_ofAClosedGroup_refusesWhatIsNewAndNamesIt() throws Exception {
		CallbackEnvironment stale = environment().memberName("letter").build();
		this.group.close(CloseOptions.awaitPending());
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> stale.newWork((instance) -> {
		})).withMessageContaining("'mail'").withMessageContaining("'letter'");
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> stale.submit(() -> 1))
			.withMessageContaining("'mail'")
			.withMessageContaining("'letter'");
		assertThat(stale.trySubmit((instance) -> {
		})).isFalse();
	}

	// R113, R128: five rounds on one group, as in the original's test
	@Test
	void group_whoseMembersWereClosed_takesNewOnesAgain() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		CallbackEnvironment environment = environment().onCancel((cancellation) -> told.incrementAndGet()).build();
		for (int round = 1; round <= 5; round++) {
			Work work = environment.newWork((instance) -> runs.incrementAndGet());
			work.submit();
			work.awaitCallbacks(Pending.AWAIT);
			CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
			assertThat(report.closedMembers()).isEqualTo(1);
			assertThat(runs).hasValue(round);
			assertThat(told).hasValue(round);
			assertThat(this.group.isClosed()).isFalse();
		}
	}

	// R114, F12
	@Test
	void member_closedByItself_isNeitherClosedAgainNorToldOf() throws Exception {
		AtomicInteger told = new AtomicInteger();
		Work work = environment().onCancel((cancellation) -> told.incrementAndGet()).build().newWork((instance) -> {
		});
		work.close();
		assertThat(this.group.memberCounts().total()).isZero();
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(report.closedMembers()).isZero();
		assertThat(told).hasValue(0);
		assertThat(work.released()).isCompleted();
	}

	// R116
	@Test
	void emptyGroup_closedOnceOrMore_reportsZeros() throws Exception {
		assertZeros(this.group.closeMembers(CloseOptions.cancelPending()));
		assertZeros(this.group.closeMembers(CloseOptions.awaitPending()));
		assertZeros(this.group.close(CloseOptions.awaitPending()));
		assertZeros(this.group.close(CloseOptions.cancelPending()));
		assertZeros(this.group.closeMembers(CloseOptions.awaitPending()));
		assertThatCode(this.group::close).doesNotThrowAnyException();
	}

	private static void assertZeros(CloseReport report) {
		assertThat(report.closedMembers()).isZero();
		assertThat(report.completedCallbacks()).isZero();
		assertThat(report.cancelledCallbacks()).isZero();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.stillRunning()).isEmpty();
		assertThat(report.failures()).isEmpty();
	}

	// R117
	@Test
	void group_closedWithMembers_closesThemAndRefusesLaterOnes() throws Exception {
		CallbackEnvironment environment = environment().build();
		Work work = environment.newWork((instance) -> {
		});
		work.submit();
		CloseReport report = this.group.close(CloseOptions.awaitPending());
		assertThat(report.closedMembers()).isEqualTo(1);
		assertThat(work.isClosed()).isTrue();
		assertThat(this.group.isClosed()).isTrue();
		assertThat(this.group.isAccepting()).isFalse();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit).withMessageContaining("'mail'");
	}

	// R148, R45, F1
	@Test
	void formerMember_usedAfterTheClose_isRefusedAndItsCloseDoesNothing() throws Exception {
		CallbackEnvironment environment = environment().memberName("letter").build();
		Work work = environment.newWork((instance) -> {
		});
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(work.isClosed()).isTrue();
		assertThatExceptionOfType(MemberClosedException.class).isThrownBy(work::submit)
			.withMessageContaining("'mail'")
			.withMessageContaining("'letter'");
		work.close();
		work.close();
		work.awaitCallbacks(Pending.CANCEL);
		assertThat(work.released()).isCompleted();
		assertThat(this.group.closeMembers(CloseOptions.cancelPending()).closedMembers()).isZero();
	}

	// R150: the order that has proved itself
	@Test
	void shutdown_inTheProvenOrder_leavesNothing() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		CallbackEnvironment environment = environment().build();
		Work work = environment.newWork((instance) -> runs.incrementAndGet());
		for (int i = 0; i < 100; i++) {
			work.submit();
		}
		this.group.refuse();
		CloseReport members = this.group.closeMembers(CloseOptions.awaitPending());
		CloseReport end = this.group.close(CloseOptions.awaitPending());
		this.pool.close();
		assertThat(runs).hasValue(100);
		assertThat(members.closedMembers()).isEqualTo(1);
		assertZeros(end);
		assertThat(this.pool.awaitTermination(java.time.Duration.ofSeconds(30))).isTrue();
	}

}
