package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What members share is closed after the last of them; and which group a thread is in.
 */
class AttachmentTests extends GroupFixture {

	private final List<String> told = Collections.synchronizedList(new ArrayList<>());

	@Test
	void attachments_ofAClose_areClosedAfterCallbacksAndNoticesLatestFirst() throws Exception {
		environment().onCancel((cancellation) -> this.told.add("notice")).build().newWork(GroupFixture::nothing);
		this.group.attach("a", () -> this.told.add("a"));
		this.group.attach("b", () -> this.told.add("b"));
		Gate running = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("notice");
		running.open();
		close.report();
		assertThat(this.told).containsExactly("notice", "b", "a");
		this.group.closeMembers(CloseOptions.cancelPending());
		assertThat(this.told).containsExactly("notice", "b", "a");
	}

	@Test
	void members_whenWhatTheyShareIsClosed_areMembersNoLonger() throws Exception {
		environment().build().newWork(GroupFixture::nothing);
		environment().build().newTimer(GroupFixture::nothing).set(Duration.ofHours(1));
		assertThat(this.group.memberCounts().total()).isEqualTo(2);
		this.group.attach("key", () -> this.told.add(this.group.memberCounts().total() + " " + this.group.members()));
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("0 []");
	}

	@Test
	void attachment_ofAKeyThatIsTaken_givesWhatIsThere() throws Exception {
		AutoCloseable first = () -> this.told.add("first");
		assertThat(this.group.attach("key", first)).isSameAs(first);
		assertThat(this.group.attach("key", () -> this.told.add("second"))).isSameAs(first);
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("first");
	}

	@Test
	void attachment_withoutMembers_isClosedToo() throws Exception {
		this.group.attach("key", () -> this.told.add("closed"));
		this.group.close(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("closed");
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> this.group.attach("key", () -> {
		})).withMessageContaining("'mail' is closed");
	}

	@Test
	void attachment_fromInsideAClosingGeneration_belongsToThatOneAndFromOutsideToTheNext() throws Exception {
		CountDownLatch attach = new CountDownLatch(1);
		CompletableFuture<String> attached = environment().build().submit(() -> {
			attach.await();
			this.group.attach("key", () -> this.told.add("inside"));
			return "attached";
		});
		CloseCall close = closingMembers(CloseOptions.awaitPending());
		this.group.attach("key", () -> this.told.add("outside"));
		attach.countDown();
		close.report();
		assertThat(attached).isCompletedWithValue("attached");
		assertThat(this.told).containsExactly("inside");
		this.group.closeMembers(CloseOptions.awaitPending());
		assertThat(this.told).containsExactly("inside", "outside");
	}

	@Test
	void attachment_ofACloseThatTimedOut_isClosedWhenTheLastCallbackEnds() throws Exception {
		this.group.attach("key", () -> this.told.add("closed"));
		Gate running = runningOneOff();
		CloseCall close = closingMembers(CloseOptions.awaitPending().timeout(Duration.ofSeconds(1)));
		this.time.advance(Duration.ofSeconds(2));
		assertThat(close.report().timedOut()).isTrue();
		assertThat(this.told).isEmpty();
		CloseCall later = closingMembers(CloseOptions.awaitPending());
		running.open();
		later.report();
		assertThat(this.told).containsExactly("closed");
	}

	@Test
	void attachment_thatThrows_isAmongTheFailuresAndKeepsNoOtherOpen() throws Exception {
		IllegalStateException failure = new IllegalStateException("planned");
		this.group.attach("a", () -> this.told.add("a"));
		this.group.attach("b", () -> {
			throw failure;
		});
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).failures()).containsExactly(failure);
		assertThat(this.told).containsExactly("a");
	}

	@Test
	void attachment_thatClosesItsGroup_isRefused() throws Exception {
		this.group.attach("key",
				() -> assertThatIllegalStateException()
					.isThrownBy(() -> this.group.closeMembers(CloseOptions.awaitPending()))
					.satisfies((ex) -> this.told.add("refused")));
		assertThat(this.group.closeMembers(CloseOptions.awaitPending()).failures()).isEmpty();
		assertThat(this.told).containsExactly("refused");
	}

	@Test
	void attachment_whileTheGroupRefuses_isRefusedFromOutsideOnly() throws Exception {
		CountDownLatch attach = new CountDownLatch(1);
		CompletableFuture<AutoCloseable> inside = environment().build().submit(() -> {
			attach.await();
			return this.group.attach("key", () -> {
			});
		});
		this.group.refuse();
		assertThatExceptionOfType(GroupClosedException.class).isThrownBy(() -> this.group.attach("key", () -> {
		}));
		attach.countDown();
		assertThat(inside.join()).isNotNull();
	}

	@Test
	void currentGroup_insideACallback_isThatOfTheInnermostWithOne() {
		assertThat(CleanupGroup.current()).isEmpty();
		assertThat(environment().build().submit(CleanupGroup::current).join()).containsSame(this.group);
		assertThat(CallbackEnvironment.builder().pool(this.pool).build().submit(CleanupGroup::current).join())
			.isEmpty();
	}

}
