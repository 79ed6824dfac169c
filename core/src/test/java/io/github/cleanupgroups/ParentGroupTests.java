package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Closing a group closes those below it first, against one deadline, in one report.
 */
class ParentGroupTests extends GroupFixture {

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	private final CleanupGroup child = group(CleanupGroup.builder("child").parent(this.group));

	private final CleanupGroup grandchild = group(CleanupGroup.builder("grandchild").parent(this.child));

	private Work telling(CleanupGroup of) {
		return environment(of).onCancel((cancellation) -> this.told.add(of.name()))
			.build()
			.newWork(GroupFixture::nothing);
	}

	@Test
	void close_ofAParent_closesChildrenFirstAndReportsThem() throws Exception {
		telling(this.group);
		telling(this.child);
		telling(this.grandchild);
		telling(this.child);
		CloseReport report = this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("grandchild", "child", "child", "mail");
		assertThat(report.group()).isEqualTo("mail");
		assertThat(report.closedMembers()).isEqualTo(4);
		assertThat(this.child.isClosed()).isFalse();
	}

	@Test
	void closeForGood_ofAParent_closesThoseBelowForGood() throws Exception {
		this.group.close(CloseOptions.awaitPending());
		assertThat(this.child.isClosed()).isTrue();
		assertThat(this.grandchild.isClosed()).isTrue();
		assertThatExceptionOfType(GroupClosedException.class)
			.isThrownBy(() -> CleanupGroup.builder("late").parent(this.group).build())
			.withMessageContaining("'mail'")
			.withMessageContaining("'late'");
	}

	@Test
	void parent_whileAChildDrains_keepsRunningItsOwnCallbacks() throws Exception {
		Gate running = runningOneOff(environment(this.child).build());
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		Work work = environment().build().newWork(GroupFixture::nothing);
		work.submit();
		work.awaitCallbacks(Pending.AWAIT);
		running.open();
		assertThat(close.report().closedMembers()).isEqualTo(2);
		assertThat(work.isClosed()).isTrue();
	}

	@Test
	void deadline_ofAParentsClose_isOneForAll() throws Exception {
		Gate ofChild = runningOneOff(environment(this.child).memberName("child's").build());
		Gate ofParent = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(Duration.ofSeconds(2)));
		this.time.advance(Duration.ofSeconds(2));
		CloseReport report = close.report();
		assertThat(report.timedOut()).isTrue();
		assertThat(report.duration()).isEqualTo(Duration.ofSeconds(2));
		assertThat(report.stillRunning()).extracting(MemberSnapshot::name)
			.containsExactlyInAnyOrder("child's", "running");
		ofChild.open();
		ofParent.open();
	}

	@Test
	void childClosedForGood_thatLeftSomethingRunning_isStillAwaitedByItsParent() throws Exception {
		Gate running = runningOneOff(environment(this.child).build());
		CloseReport own = this.child.close(CloseOptions.awaitPending().timeout(Duration.ZERO));
		assertThat(own.timedOut()).isTrue();
		CloseReport parents = this.group.closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO));
		assertThat(parents.timedOut()).isTrue();
		assertThat(parents.stillRunning()).hasSize(1);
		running.open();
		CloseReport end = this.group.close(CloseOptions.awaitPending());
		assertThat(end.timedOut()).isFalse();
		assertThat(this.child.isClosing()).isFalse();
	}

	@Test
	void childBeingClosedForGood_byAnotherThread_isAwaitedByItsParent() throws Exception {
		Gate running = runningOneOff(environment(this.child).build());
		CloseCall own = CloseCall.start(this.engine, () -> this.child.close(CloseOptions.awaitPending()))
			.awaitWaiting();
		CloseCall parents = closingMembers(CloseOptions.awaitPending());
		running.open();
		assertThat(parents.report().completedCallbacks()).isEqualTo(1);
		assertThat(own.report().completedCallbacks()).isEqualTo(1);
	}

	@Test
	void childClosedForGood_whenItIsOver_leavesItsParent() throws Exception {
		this.grandchild.close(CloseOptions.awaitPending());
		assertThat(this.child.levels(false)).containsExactly(List.of(this.child));
		Gate running = runningOneOff(environment(this.child).build());
		this.child.close(CloseOptions.awaitPending().timeout(Duration.ZERO));
		running.open();
		while (this.group.levels(false).size() > 1) {
			Thread.onSpinWait();
		}
		assertThat(this.group.levels(false)).containsExactly(List.of(this.group));
	}

	@Test
	void child_closedByItself_leavesItsParentAlone() throws Exception {
		Work ofParent = telling(this.group);
		telling(this.child);
		this.child.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("child");
		assertThat(ofParent.isClosed()).isFalse();
	}

	@Test
	void siblings_ofOneLevel_closeSideBySide() throws Exception {
		CleanupGroup sibling = group(CleanupGroup.builder("sibling").parent(this.group));
		Gate one = runningOneOff(environment(this.child).build());
		Gate other = runningOneOff(environment(sibling).build());
		Work ofSibling = environment(sibling).build().newWork(GroupFixture::nothing);
		this.grandchild.close(CloseOptions.awaitPending());
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		assertThat(ofSibling.isClosed()).isTrue();
		assertThat(this.child.isClosing()).isTrue();
		other.open();
		one.open();
		assertThat(close.report().completedCallbacks()).isEqualTo(2);
	}

	@Test
	void sibling_closedFromACancelCallbackThatGaveUpOnIt_isStillAttendedByTheParentsClose() throws Exception {
		CleanupGroup sibling = group(CleanupGroup.builder("sibling").parent(this.group));
		Gate running = runningOneOff(environment(sibling).build());
		environment(this.grandchild)
			.onCancel((cancellation) -> sibling.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO)))
			.build()
			.newWork(GroupFixture::nothing);
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		running.open();
		CloseReport report = close.report();
		assertThat(report.timedOut()).isFalse();
		assertThat(report.failures()).isEmpty();
	}

}
