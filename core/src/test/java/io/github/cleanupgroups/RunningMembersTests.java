package io.github.cleanupgroups;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who runs, seen from outside, and whether oneself does, seen from inside.
 */
@Timeout(60)
class RunningMembersTests {

	private final ThreadPool pool = ThreadPool.builder("running").build();

	private final CleanupGroup group = CleanupGroup.create("mail");

	private final CallbackEnvironment environment = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("letter")
		.build();

	@AfterEach
	void close() {
		this.group.close();
		this.pool.close();
	}

	@Test
	void runningMembers_whileOneRuns_areItWithItsStack() throws InterruptedException {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch opened = new CountDownLatch(1);
		this.environment.newWork((instance) -> {
		});
		CompletableFuture<Void> future = this.environment.submit(() -> {
			entered.countDown();
			opened.await();
			return null;
		});
		entered.await();
		List<MemberSnapshot> running = this.group.runningMembers();
		assertThat(running).singleElement().satisfies((member) -> {
			assertThat(member.name()).isEqualTo("letter");
			assertThat(member.runningCallbacks()).isOne();
			assertThat(member.stack()).extracting(StackTraceElement::getClassName)
				.contains(CountDownLatch.class.getName());
		});
		opened.countDown();
		future.join();
	}

	@Test
	void runningMembers_ofAnIdleGroup_areNone() {
		this.environment.newWork((instance) -> {
		});
		assertThat(this.group.runningMembers()).isEmpty();
	}

	@Test
	void inside_ofACallback_isTrueThereForThatGroupOnly() {
		CleanupGroup other = CleanupGroup.create("other");
		assertThat(this.group.isInside()).isFalse();
		assertThat(this.environment.submit(this.group::isInside).join()).isTrue();
		assertThat(this.environment.submit(other::isInside).join()).isFalse();
	}

}
