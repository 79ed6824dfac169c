package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Letting all groups run dry, and taking it back, through the registry.
 */
@Timeout(120)
class DrainTests {

	private final AnnotationConfigApplicationContext context = TestContexts.started(
			"cleanup-groups.groups.last.phase=2000000000", "cleanup-groups.groups.store.closes-after=mail",
			"cleanup-groups.groups.mail.on-close=await", "cleanup-groups.groups.other.on-close=await");

	private final CleanupGroups groups = this.context.getBean(CleanupGroups.class);

	@AfterEach
	void close() {
		this.context.close();
	}

	private boolean accepts(String group) {
		return this.groups.get(group).isAccepting();
	}

	@Test
	void closingOrder_ofGroups_isByPhaseThenByClosesAfter() {
		assertThat(this.groups.names()).containsExactly("last", "store", "mail", "other");
		assertThat(this.groups.closingOrder()).extracting(CleanupGroup::name)
			.containsExactly("mail", "store", "other", "last");
	}

	@Test
	void drain_ofIdleGroups_refusesInAllAtOnce() {
		this.groups.drain();
		assertThat(this.groups.closingOrder()).noneMatch(CleanupGroup::isAccepting);
		assertThat(this.groups.isIdle()).isTrue();
		this.groups.resume();
		assertThat(this.groups.closingOrder()).allMatch(CleanupGroup::isAccepting);
	}

	@Test
	void drain_whileAGroupIsBusy_letsItHandOnToThoseThatCloseAfterIt() {
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.groups.drain();
		assertThat(this.groups.isIdle()).isFalse();
		assertThat(accepts("mail")).isFalse();
		assertThat(accepts("other")).isFalse();
		assertThat(accepts("store")).isTrue();
		assertThat(accepts("last")).as("a lower phase").isTrue();
		assertThat(this.groups.isDraining("store")).isTrue();
		CompletableFuture<String> handedOn = this.groups.environment("store").submit(() -> "stored");
		gate.open();
		Awaitility.await().until(() -> !accepts("store") && !accepts("last"));
		assertThat(handedOn).isCompletedWithValue("stored");
		assertThat(this.groups.isIdle()).isTrue();
	}

	@Test
	void drain_resumedWhileItGoesOn_isOverForGood() {
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.groups.drain();
		this.groups.resume();
		gate.open();
		assertThat(gate.result.join()).isEqualTo("done");
		assertThat(this.groups.isDraining("store")).isFalse();
		this.groups.drain();
		// The member's future completes before the member has ended.
		Awaitility.await().until(() -> !accepts("store"));
	}

	@Test
	void resume_ofOneGroup_takesItOutOfTheDrain() {
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.groups.drain();
		this.groups.get("mail").pause();
		this.groups.resume("mail");
		assertThat(accepts("mail")).isTrue();
		assertThat(this.groups.get("mail").isPaused()).isFalse();
		Awaitility.await().until(() -> !accepts("store") && !accepts("last"));
		gate.open();
		assertThatExceptionOfType(NoSuchGroupException.class).isThrownBy(() -> this.groups.resume("mial"));
	}

	@Test
	void groups_openedDuringADrain_refuseUnlessAMemberOpensThem() {
		CompletableFuture<String> inside = new CompletableFuture<>();
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.groups.environment("other").trySubmit((instance) -> {
			gate.result.join();
			this.groups.open("inside");
			this.groups.environment("inside").trySubmit((inner) -> inside.complete("ran"));
		});
		this.groups.drain();
		this.groups.open("outside");
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.groups.environment("outside").submit(() -> "no"))
			.withMessageContaining("'outside'");
		gate.open();
		assertThat(inside.join()).isEqualTo("ran");
	}

	@Test
	void resume_whileTheApplicationIsStopped_isRefused() {
		this.groups.drain();
		this.context.stop();
		assertThatIllegalStateException().isThrownBy(this.groups::resume).withMessageContaining("being stopped");
		assertThatIllegalStateException().isThrownBy(() -> this.groups.resume("mail")).withMessageContaining("'mail'");
		this.groups.drain();
		assertThat(this.groups.closingOrder()).noneMatch(CleanupGroup::isAccepting);
		this.context.start();
		assertThat(this.groups.closingOrder()).allMatch(CleanupGroup::isAccepting);
	}

	@Test
	void start_afterADrainAndAStop_isTheEndOfTheDrain() {
		this.groups.drain();
		this.context.stop();
		this.context.start();
		this.groups.open("later");
		assertThat(accepts("later")).isTrue();
		assertThat(this.groups.isDraining("later")).isFalse();
	}

	@Test
	void drain_ofAGroupOpenedBelowAnother_waitsForWhatItsParentWaitsFor() {
		this.groups.open("tenant", this.groups.get("store"));
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		TestContexts.Gate below = new TestContexts.Gate(this.context, "tenant");
		this.groups.drain();
		assertThat(accepts("tenant")).isTrue();
		gate.open();
		Awaitility.await().until(() -> !accepts("tenant"));
		assertThat(accepts("store")).as("its parent, which it may hand on to").isTrue();
		below.open();
		Awaitility.await().until(() -> !accepts("store"));
	}

	// Each look is at each group once. That takes a moment here, looking at each pair far
	// longer; as does the close after it.
	@Test
	@Timeout(60)
	void drain_ofThousandsOfGroupsWhileOneIsBusy_isQuick() {
		for (int i = 0; i < 10_000; i++) {
			this.groups.open("tenant-" + i);
		}
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.groups.drain();
		assertThat(accepts("tenant-9999")).isFalse();
		assertThat(accepts("store")).isTrue();
		gate.open();
		Awaitility.await().until(() -> !accepts("store"));
		this.context.close();
	}

	@Test
	void close_ofTheContextDuringADrain_closesAsEver() {
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		this.groups.drain();
		CompletableFuture<Void> closing = TestContexts.closing(this.context);
		gate.open();
		closing.join();
		assertThat(queued).isCompletedWithValue("ran");
	}

}
