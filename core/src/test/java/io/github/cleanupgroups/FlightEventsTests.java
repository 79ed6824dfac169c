package io.github.cleanupgroups;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a real recording of the Flight Recorder says of members, closes and threads; and
 * that nothing needs the recorder.
 */
@Timeout(120)
class FlightEventsTests {

	private static final String PREFIX = "io.github.cleanupgroups.";

	@TempDir
	private Path directory;

	private List<RecordedEvent> recorded(String pool, Scenario scenario) throws Exception {
		Path file = this.directory.resolve("recording.jfr");
		try (Recording recording = new Recording()) {
			for (Class<? extends jdk.jfr.Event> type : List.of(MemberRan.class, GroupClosed.class,
					ThreadStarted.class)) {
				recording.enable(type).withoutThreshold();
			}
			recording.start();
			try (ThreadPool made = ThreadPool.builder(pool).maxThreads(1).build()) {
				scenario.run(made);
			}
			recording.stop();
			recording.dump(file);
		}
		return RecordingFile.readAllEvents(file);
	}

	private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
		return events.stream().filter((event) -> event.getEventType().getName().equals(PREFIX + name)).toList();
	}

	@Test
	void recording_ofMembers_tellsEachExecution() throws Exception {
		List<RecordedEvent> events = recorded("flight-members", (pool) -> {
			CleanupGroup group = CleanupGroup.create("flight-mail");
			CallbackEnvironment environment = CallbackEnvironment.builder()
				.pool(pool)
				.cleanupGroup(group)
				.memberName("send")
				.build();
			CountDownLatch queued = new CountDownLatch(1);
			CompletableFuture<Boolean> running = environment.submit(() -> {
				queued.await();
				return new CountDownLatch(1).await(30, TimeUnit.MILLISECONDS);
			});
			CompletableFuture<Object> failing = environment.submit(() -> {
				throw new IllegalStateException("planted");
			});
			queued.countDown();
			running.join();
			assertThat(failing.handle((value, failure) -> failure).join()).isInstanceOf(IllegalStateException.class);
			Work work = CallbackEnvironment.builder().pool(pool).memberName("alone").build().newWork((instance) -> {
			});
			work.submit();
			work.awaitCallbacks(Pending.AWAIT);
			group.close();
			// What is told of a callback comes before the next one on the same thread.
			environment(pool).submit(() -> 1).join();
		});
		List<RecordedEvent> ran = of(events, "MemberRan").stream()
			.filter((event) -> !event.getString("member").equals("last"))
			.toList();
		assertThat(ran).extracting((event) -> event.getString("member"))
			.containsExactlyInAnyOrder("send", "send", "alone");
		assertThat(ran).extracting((event) -> event.getString("kind"))
			.containsExactlyInAnyOrder("callback", "callback", "work");
		assertThat(ran).extracting((event) -> event.getString("group"))
			.containsExactlyInAnyOrder("flight-mail", "flight-mail", "");
		assertThat(ran).extracting((event) -> event.getBoolean("failed")).containsExactlyInAnyOrder(false, true, false);
		assertThat(ran).allMatch((event) -> event.getThread().getJavaName().startsWith("flight-members-"));
		assertThat(ran).anyMatch((event) -> event.getDuration().compareTo(Duration.ofMillis(25)) > 0)
			.anyMatch((event) -> event.getDuration("queueTime").compareTo(Duration.ofMillis(20)) > 0);
	}

	private static CallbackEnvironment environment(ThreadPool pool) {
		return CallbackEnvironment.builder().pool(pool).memberName("last").build();
	}

	@Test
	void recording_ofAThreadOfItsOwn_tellsItsExecution() throws Exception {
		List<RecordedEvent> events = recorded("flight-forks", (pool) -> {
			Thread thread = CallbackEnvironment.builder()
				.pool(pool)
				.cleanupGroup(CleanupGroup.create("flight-quotes"))
				.memberName("quote")
				.build()
				.asThreadFactory((task) -> new Thread(task, "flight-fork"))
				.newThread(() -> {
				});
			thread.start();
			thread.join();
		});
		assertThat(of(events, "MemberRan")).singleElement().satisfies((event) -> {
			assertThat(event.getString("group")).isEqualTo("flight-quotes");
			assertThat(event.getString("member")).isEqualTo("quote");
			assertThat(event.getString("kind")).isEqualTo("callback");
			assertThat(event.getThread().getJavaName()).isEqualTo("flight-fork");
		});
	}

	@Test
	void recording_ofACloseThatTimesOut_tellsFiguresAndSteps() throws Exception {
		List<RecordedEvent> events = recorded("flight-close", (pool) -> {
			CleanupGroup group = CleanupGroup.create("flight-audit");
			CallbackEnvironment environment = CallbackEnvironment.builder().pool(pool).cleanupGroup(group).build();
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch opened = new CountDownLatch(1);
			CompletableFuture<Object> running = environment.submit(() -> {
				entered.countDown();
				opened.await();
				return null;
			});
			entered.await();
			environment.trySubmit((instance) -> {
			});
			group.closeMembers(
					CloseOptions.cancelPending().dumpAfter(Duration.ZERO).timeout(Duration.ZERO).reason("the test"));
			opened.countDown();
			running.join();
			group.close();
		});
		List<RecordedEvent> closed = of(events, "GroupClosed");
		assertThat(closed).hasSize(2);
		RecordedEvent first = closed.get(0);
		assertThat(first.getString("group")).isEqualTo("flight-audit");
		assertThat(first.getString("mode")).isEqualTo("cancel");
		assertThat(first.getString("reason")).isEqualTo("the test");
		assertThat(first.getBoolean("timedOut")).isTrue();
		assertThat(first.getInt("closedMembers")).isEqualTo(2);
		assertThat(first.getLong("cancelledCallbacks")).isEqualTo(1);
		assertThat(first.getInt("stillRunning")).isEqualTo(1);
		assertThat(first.getString("steps")).isEqualTo("dump, abandon");
		assertThat(closed.get(1).getBoolean("timedOut")).isFalse();
		assertThat(closed.get(1).getString("mode")).isEqualTo("await");
	}

	@Test
	void recording_ofAPool_tellsItsThreads() throws Exception {
		List<RecordedEvent> events = recorded("flight-threads", (pool) -> environment(pool).submit(() -> 1).join());
		assertThat(of(events, "ThreadStarted")).singleElement().satisfies((event) -> {
			assertThat(event.getString("pool")).isEqualTo("flight-threads");
			assertThat(event.getThread().getJavaName()).isEqualTo("flight-threads-1");
		});
	}

	// Nobody records: no event is made, so that callbacks cost nothing more.
	@Test
	void events_whileNobodyRecords_areNotMade() {
		assertThat(EventType.getEventType(MemberRan.class).isEnabled()).isFalse();
		assertThat(new RecordedEvents().closeBegins()).isNull();
	}

	@Test
	void events_asTypes_areNamedAndInOneCategory() {
		for (Class<? extends jdk.jfr.Event> type : List.of(MemberRan.class, GroupClosed.class, ThreadStarted.class)) {
			EventType event = EventType.getEventType(type);
			assertThat(event.getName()).isEqualTo(PREFIX + type.getSimpleName());
			assertThat(event.getCategoryNames()).containsExactly("Cleanup Groups");
			assertThat(event.getLabel()).isNotBlank();
			assertThat(event.getDescription()).isNotBlank();
			assertThat(event.getFields().stream().filter((field) -> field.getLabel() == null)).isEmpty();
		}
	}

	@Test
	void recorder_thatIsMissing_isDoneWithout() {
		ClassLoader without = new ClassLoader(null) {

			@Override
			protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
				throw new ClassNotFoundException(name);
			}

		};
		assertThat(FlightEvents.load(without)).isNotInstanceOf(RecordedEvents.class);
		assertThat(FlightEvents.load(getClass().getClassLoader())).isInstanceOf(RecordedEvents.class);
	}

	// Setting the recorder up costs a tenth of a second: not for those who do not record.
	@Test
	void recorder_whileNobodyHasRecorded_isNotSetUp() throws Exception {
		assertThat(MemberInItsOwnProcess.outputOf(this.directory)).contains("recorder: true, set up: false",
				"group 'mail' closed");
	}

	// As in an image of the runtime that has only what was asked for.
	@Test
	void runtime_withoutTheRecordersModule_runsAndClosesMembers() throws Exception {
		assertThat(MemberInItsOwnProcess.outputOf(this.directory, "--limit-modules", "java.base"))
			.contains("recorder: false", "group 'mail' closed")
			.contains("1 members, 1 callbacks ran");
	}

	private interface Scenario {

		void run(ThreadPool pool) throws Exception;

	}

}
