package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.annotation.Order;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroupObserver;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.NoSuchGroupException;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Groups by name, groups that come and go, and who hears of them.
 */
@Timeout(120)
class GroupRegistryTests {

	private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

	private final AnnotationConfigApplicationContext context = TestContexts
		.prepared("cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.groups.mail.max-concurrency=1");

	private CleanupGroups groups() {
		if (!this.context.isActive()) {
			this.context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) (event) -> this.heard
				.add("event " + event.report().group()));
			this.context.refresh();
		}
		return this.context.getBean(CleanupGroups.class);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void group_unknown_isAnExceptionThatNamesTheKnown() {
		assertThatExceptionOfType(NoSuchGroupException.class).isThrownBy(() -> groups().get("mial"))
			.withMessageContaining("'mial'")
			.withMessageContaining("mail")
			.satisfies((ex) -> assertThat(ex.known()).containsExactly("mail"))
			.satisfies((ex) -> assertThat(ex.group()).isEqualTo("mial"));
		assertThatExceptionOfType(NoSuchGroupException.class).isThrownBy(() -> groups().environment("mial"));
		assertThatExceptionOfType(NoSuchGroupException.class).isThrownBy(() -> groups().environmentBuilder("mial"));
		assertThatExceptionOfType(NoSuchGroupException.class).isThrownBy(() -> groups().pool("mial"));
		assertThat(groups().find("mial")).isEmpty();
		assertThat(groups().find("mail")).containsSame(groups().get("mail"));
	}

	@Test
	void group_opened_isThereUntilItIsClosed() {
		CleanupGroup opened = groups().open("import");
		assertThat(groups().names()).containsExactly("mail", "import");
		assertThat(groups().get("import")).isSameAs(opened);
		assertThat(groups().pool("import")).isSameAs(this.context.getBean("defaultThreadPool"));
		assertThat(groups().environment("import").submit(opened::isInside).join()).isTrue();
		opened.close();
		assertThat(groups().names()).containsExactly("mail");
		assertThat(groups().open("import")).isNotSameAs(opened);
	}

	@Test
	void group_whoseMembersAreClosed_staysInTheRegistry() throws InterruptedException {
		CleanupGroup opened = groups().open("import");
		opened.closeMembers(CloseOptions.cancelPending());
		assertThat(groups().get("import")).isSameAs(opened);
		assertThat(opened.isAccepting()).isTrue();
	}

	@Test
	void name_taken_cannotBeOpened() {
		assertThatIllegalArgumentException().isThrownBy(() -> groups().open("mail")).withMessageContaining("'mail'");
		groups().open("import");
		assertThatIllegalArgumentException().isThrownBy(() -> groups().open("import"))
			.withMessageContaining("'import'");
		assertThatIllegalArgumentException().isThrownBy(() -> groups().open(" "));
	}

	@Test
	void group_opened_isClosedWithTheContext() {
		CleanupGroup opened = groups().open("import");
		Gate gate = new Gate(this.context, "import");
		gate.open();
		this.context.close();
		assertThat(gate.result).isCompletedWithValue("done");
		assertThat(opened.isClosed()).isTrue();
		assertThat(this.heard).containsExactlyInAnyOrder("event mail", "event import");
	}

	@Test
	void events_ofEveryClose_arePublished() throws InterruptedException {
		groups().get("mail").closeMembers(CloseOptions.awaitPending());
		assertThat(this.heard).containsExactly("event mail");
		groups().open("import").close();
		assertThat(this.heard).containsExactly("event mail", "event import");
	}

	@Test
	void listener_ofEventsThatThrows_spoilsNeitherCloseNorRegistry() {
		this.context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) (event) -> {
			throw new IllegalStateException("planted");
		});
		groups().open("import").close();
		assertThat(groups().names()).containsExactly("mail");
	}

	@Test
	void observers_inTheirOrder_hearOfGroupsAndWhatHappensInThem() {
		this.context.registerBean("second", CleanupGroupObserver.class, () -> new Second(this.heard));
		this.context.registerBean("first", CleanupGroupObserver.class, () -> new First(this.heard));
		CleanupGroups groups = groups();
		assertThat(this.heard).containsExactly("first added mail", "second added mail");
		this.heard.clear();
		CleanupGroup opened = groups.open("import");
		assertThat(this.heard).containsExactly("first added import", "second added import");
		this.heard.clear();
		groups.environment("import").submit(() -> 1).join();
		opened.close();
		assertThat(this.heard).containsExactly("first ran import", "second ran import", "first closed import",
				"second closed import", "event import", "first removed import", "second removed import");
	}

	@Test
	void observer_ofRefusalsAndCancels_hearsOfThem() throws InterruptedException {
		this.context.registerBean(CleanupGroupObserver.class, () -> new First(this.heard));
		CleanupGroup group = groups().get("mail");
		Gate gate = new Gate(this.context, "mail");
		groups().environment("mail").trySubmit((instance) -> {
		});
		group.closeMembers(CloseOptions.cancelPending().timeout(java.time.Duration.ZERO));
		group.refuse();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> groups().environment("mail").submit(() -> 1));
		assertThat(this.heard).contains("first cancelled 1 mail", "first closed mail", "first rejected mail");
		group.accept();
		gate.open();
	}

	@Test
	void observer_thatThrows_doesNotKeepOthersFromHearing() throws InterruptedException {
		this.context.registerBean("first", CleanupGroupObserver.class, () -> new Throwing());
		this.context.registerBean("second", CleanupGroupObserver.class, () -> new Second(this.heard));
		groups().environment("mail").submit(() -> 1).join();
		groups().get("mail").closeMembers(CloseOptions.awaitPending());
		groups().open("import").close();
		assertThat(this.heard).contains("second ran mail", "second closed import", "second removed import");
	}

	@Test
	void observer_thatThrowsAnError_keepsNeitherOthersFromHearingNorTheNameTaken() {
		this.context.registerBean("first", CleanupGroupObserver.class, () -> new Erring());
		this.context.registerBean("second", CleanupGroupObserver.class, () -> new Second(this.heard));
		groups().open("import").close();
		assertThat(this.heard).contains("second closed import", "event import", "second removed import");
		assertThat(groups().names()).containsExactly("mail");
	}

	@Test
	void group_thatAnObserverCannotBear_isNotLeftBehind() {
		this.context.registerBean("first", CleanupGroupObserver.class, () -> new First(this.heard));
		this.context.registerBean("second", CleanupGroupObserver.class, () -> new Picky());
		CleanupGroups groups = groups();
		assertThatIllegalStateException().isThrownBy(() -> groups.open("import")).withMessage("planted");
		assertThat(groups.names()).containsExactly("mail");
		assertThat(this.heard).containsExactly("first added mail", "first added import", "first removed import");
	}

	private static class Recording implements CleanupGroupObserver {

		private final String name;

		private final List<String> heard;

		Recording(String name, List<String> heard) {
			this.name = name;
			this.heard = heard;
		}

		@Override
		public CleanupGroupListener groupAdded(CleanupGroup group) {
			this.heard.add(this.name + " added " + group.name());
			return new CleanupGroupListener() {

				@Override
				public void callbackRan(MemberKind kind, String member, long queuedNanos, long runNanos,
						@Nullable Throwable failure) {
					Recording.this.heard.add(Recording.this.name + " ran " + group.name());
				}

				@Override
				public void callbacksCancelled(long count) {
					Recording.this.heard.add(Recording.this.name + " cancelled " + count + " " + group.name());
				}

				@Override
				public void rejected(MemberKind kind, String member) {
					Recording.this.heard.add(Recording.this.name + " rejected " + group.name());
				}

				@Override
				public void closed(CleanupGroup closed, CloseOptions options, CloseReport report) {
					Recording.this.heard.add(Recording.this.name + " closed " + group.name());
				}

			};
		}

		@Override
		public void groupRemoved(CleanupGroup group) {
			this.heard.add(this.name + " removed " + group.name());
		}

	}

	@Order(1)
	private static final class First extends Recording {

		First(List<String> heard) {
			super("first", heard);
		}

	}

	@Order(2)
	private static final class Second extends Recording {

		Second(List<String> heard) {
			super("second", heard);
		}

	}

	@Order(1)
	private static final class Throwing implements CleanupGroupObserver {

		@Override
		public CleanupGroupListener groupAdded(CleanupGroup group) {
			return new CleanupGroupListener() {

				@Override
				public void callbackRan(MemberKind kind, String member, long queuedNanos, long runNanos,
						@Nullable Throwable failure) {
					throw new IllegalStateException("planted");
				}

				@Override
				public void closed(CleanupGroup closed, CloseOptions options, CloseReport report) {
					throw new IllegalStateException("planted");
				}

			};
		}

	}

	@Order(1)
	private static final class Erring implements CleanupGroupObserver {

		@Override
		public CleanupGroupListener groupAdded(CleanupGroup group) {
			return new CleanupGroupListener() {

				@Override
				public void closed(CleanupGroup closed, CloseOptions options, CloseReport report) {
					throw new AssertionError("planted");
				}

			};
		}

		@Override
		public void groupRemoved(CleanupGroup group) {
			throw new IllegalStateException("planted");
		}

	}

	@Order(2)
	private static final class Picky implements CleanupGroupObserver {

		@Override
		public CleanupGroupListener groupAdded(CleanupGroup group) {
			if (group.name().equals("import")) {
				throw new IllegalStateException("planted");
			}
			return new CleanupGroupListener() {
			};
		}

	}

}
