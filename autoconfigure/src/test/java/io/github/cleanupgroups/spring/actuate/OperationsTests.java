package io.github.cleanupgroups.spring.actuate;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.json.JsonContent;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an operator does to the groups of a whole application over HTTP.
 */
@Timeout(120)
class OperationsTests {

	private static final String PATH = "/actuator/cleanupgroups";

	private static final String[] SETTINGS = { "cleanup-groups.pools.narrow.max-threads=1",
			"cleanup-groups.groups.mail.pool=narrow", "cleanup-groups.groups.mail.queue-capacity=100",
			"cleanup-groups.groups.store.closes-after=mail", "cleanup-groups.groups.other.pool=default",
			"management.endpoints.web.exposure.include=cleanupgroups,health" };

	private final List<AuditEvent> audited = new CopyOnWriteArrayList<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private WebApplication application;

	private CleanupGroups groups;

	private CleanupGroup mail;

	private static WebApplication started(String... more) {
		String[] settings = new String[SETTINGS.length + more.length];
		System.arraycopy(SETTINGS, 0, settings, 0, SETTINGS.length);
		System.arraycopy(more, 0, settings, SETTINGS.length, more.length);
		return WebApplication.startWith(Users.class, settings);
	}

	@BeforeEach
	void start() {
		this.application = started("management.endpoint.cleanupgroups.access=unrestricted");
		this.application.context()
			.addApplicationListener(
					(ApplicationListener<AuditApplicationEvent>) (event) -> this.audited.add(event.getAuditEvent()));
		this.groups = this.application.bean(CleanupGroups.class);
		this.mail = this.groups.get("mail");
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.application.close();
	}

	@Test
	void operations_unlessOpened_areAbsent() throws Exception {
		try (WebApplication closed = started()) {
			assertThat(closed.post(PATH + "/drain").statusCode()).isEqualTo(405);
			assertThat(closed.post(PATH + "/mail/drain").statusCode()).isEqualTo(404);
			assertThat(closed.post(PATH + "/mail/close", "{}").statusCode()).isEqualTo(404);
			assertThat(closed.get(PATH + "/mail").statusCode()).isEqualTo(200);
			assertThat(closed.bean(CleanupGroups.class).get("mail").isAccepting()).isTrue();
		}
	}

	@Test
	void drain_ofABusyGroup_isAcceptedAtOnceAndCanBePolledUntilNothingIsLeft() throws Exception {
		CompletableFuture<String> running = occupy("mail");
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		HttpResponse<String> response = this.application.post(PATH + "/mail/drain");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
				{ "name": "mail", "state": "draining", "queued": 1, "running": 1 }
				""");
		assertThat(this.groups.environment("mail").trySubmit((instance) -> {
		})).isFalse();
		this.end.countDown();
		Awaitility.await().untilAsserted(() -> assertThat(json(PATH + "/mail")).isLenientlyEqualTo("""
				{ "state": "draining", "queued": 0, "running": 0 }
				"""));
		assertThat(running).isCompletedWithValue("ended");
		assertThat(queued).isCompletedWithValue("ran");
		assertThat(this.application.post(PATH + "/mail/resume").statusCode()).isEqualTo(200);
		assertThat(state("mail")).isEqualTo("open");
		assertThat(this.groups.environment("mail").submit(() -> "again").join()).isEqualTo("again");
	}

	@Test
	void close_withModeAndTimeout_doesAsItIsTold() throws Exception {
		CompletableFuture<String> running = occupy("mail");
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		HttpResponse<String> response = this.application.post(PATH + "/mail/close",
				"{\"mode\":\"cancel\",\"timeout\":\"10ms\"}");
		assertThat(response.statusCode()).isEqualTo(202);
		Awaitility.await().untilAsserted(() -> assertThat(json(PATH + "/mail")).isLenientlyEqualTo("""
				{
					"state": "closing",
					"lastClose": {
						"mode": "cancel",
						"reason": "asked for by an operator",
						"timedOut": true,
						"cancelledCallbacks": 1,
						"stillRunning": [ { "name": "Holding.run" } ]
					}
				}
				"""));
		assertThat(queued).isCompletedExceptionally();
		assertThatExceptionOfType(MemberCancelledException.class).isThrownBy(queued::join);
		assertThat(running).isNotDone();
		this.end.countDown();
		Awaitility.await().untilAsserted(() -> assertThat(state("mail")).isEqualTo("open"));
	}

	@Test
	void close_thatEscalates_showsTheStepsItHasTaken() throws Exception {
		CompletableFuture<String> running = occupy("mail");
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		CompletableFuture<CloseReport> closing = this.groups.get("mail")
			.closeMembersAsync(
					this.groups.closeOptions("mail", CloseMode.AWAIT, Duration.ofMillis(10)).dumpAfter(Duration.ZERO));
		Awaitility.await().untilAsserted(() -> assertThat(json(PATH + "/mail")).isLenientlyEqualTo("""
				{
					"lastClose": {
						"steps": [
							{ "group": "mail", "step": "dump", "callbacks": 1 },
							{ "group": "mail", "step": "cancel", "callbacks": 1 },
							{ "group": "mail", "step": "abandon", "callbacks": 1 }
						]
					}
				}
				"""));
		assertThat(queued).isCompletedExceptionally();
		assertThat(running).isNotDone();
		assertThat(closing.join().timedOut()).isTrue();
	}

	// What is written to be dumped at the end is dumped at run time, too.
	@Test
	void closeOptions_atRunTime_takeTheStepsOfTheShutdown() {
		assertThat(this.groups.closeOptions("mail", null, null)).extracting("dumpAfter")
			.isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void close_withoutABody_isAsConfigured() throws Exception {
		assertThat(this.application.post(PATH + "/mail/close").statusCode()).isEqualTo(202);
		Awaitility.await().untilAsserted(() -> assertThat(json(PATH + "/mail")).isLenientlyEqualTo("""
				{ "state": "open", "lastClose": { "mode": "await-then-cancel", "timedOut": false } }
				"""));
	}

	@Test
	void pause_untilResume_holdsBackWhatIsQueued() throws Exception {
		assertThat(this.application.post(PATH + "/mail/pause").statusCode()).isEqualTo(200);
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		assertThat(json(PATH + "/mail")).isLenientlyEqualTo("""
				{ "state": "paused", "queued": 1, "running": 0 }
				""");
		assertThat(this.application.post(PATH + "/mail/resume", "{}").statusCode()).isEqualTo(200);
		assertThat(queued.join()).isEqualTo("ran");
	}

	@Test
	void resize_withOneFigure_leavesTheOther() throws Exception {
		ThreadPool narrow = this.groups.pool("mail");
		assertThat(this.application.post(PATH + "/mail/resize", "{\"maxThreads\":7}").statusCode()).isEqualTo(200);
		assertThat(narrow.stats().maxThreads()).isEqualTo(7);
		assertThat(narrow.stats().minThreads()).isZero();
		assertThat(this.application.post(PATH + "/mail/resize", "{\"minThreads\":2,\"maxThreads\":3}").statusCode())
			.isEqualTo(200);
		assertThat(narrow.stats().minThreads()).isEqualTo(2);
		assertThat(narrow.stats().maxThreads()).isEqualTo(3);
	}

	@Test
	void limits_ofAGroup_areChangedAndShown() throws Exception {
		HttpResponse<String> response = this.application.post(PATH + "/mail/limits",
				"{\"maxConcurrency\":\"2\",\"queueCapacity\":50,\"weight\":3}");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
				{ "limits": { "maxConcurrency": 2, "queueCapacity": 50, "weight": 3 } }
				""");
		assertThat(this.mail.maxConcurrency()).isEqualTo(2);
		assertThat(this.mail.queueCapacity()).isEqualTo(50);
		assertThat(this.mail.weight()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			/mial/drain       | {}                                   | 404 | 'mial'
			/mail/dry         | {}                                   | 404 | drain, close, pause, resume, resize, limits
			/dry              | {}                                   | 404 | drain, resume
			/mail/close       | {"mode":"now"}                       | 400 | await, cancel, await-then-cancel
			/mail/close       | {"timeout":"soon"}                   | 400 | 'timeout' must not be 'soon'
			/mail/close       | {"timeout":"-1s"}                    | 400 | negative
			/mail/close       | {"maxThreads":1}                     | 400 | not 'maxThreads'
			/mail/drain       | {"readiness":true}                   | 400 | not 'readiness'
			/drain            | {"readiness":"perhaps"}              | 400 | 'perhaps'
			/mail/resize      | {}                                   | 400 | minThreads, maxThreads
			/mail/resize      | {"minThreads":9}                     | 400 | narrow
			/mail/resize      | {"maxThreads":"many"}                | 400 | 'many'
			/mail/limits      | {}                                   | 400 | maxConcurrency, queueCapacity, weight
			/mail/limits      | {"weight":2,"maxConcurrency":0}      | 400 | 'maxConcurrency' must be 1 or more
			/other/limits     | {"weight":2,"queueCapacity":5}       | 409 | queueCapacity
			""")
	void operation_thatCannotBe_isAProblemDetailAndAuditedAndChangesNothing(String path, String body, int status,
			String detail) throws Exception {
		HttpResponse<String> response = this.application.post(PATH + path, body);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(new JsonContent(response.body())).extractingPath("$.detail").asString().contains(detail);
		assertThat(this.audited).singleElement()
			.satisfies((event) -> assertThat(event.getData()).containsEntry("outcome", "failure")
				.hasEntrySatisfying("detail", (told) -> assertThat(told).asString().contains(detail)));
		assertThat(this.groups.closingOrder()).allMatch((each) -> each.isAccepting() && each.weight() == 1);
		assertThat(this.groups.pool("mail").stats().maxThreads()).isEqualTo(1);
	}

	@Test
	void operation_onAClosedGroup_isAConflict() throws Exception {
		this.mail.close();
		for (String operation : List.of("drain", "close", "pause", "resume")) {
			HttpResponse<String> response = this.application.post(PATH + "/mail/" + operation);
			assertThat(response.statusCode()).isEqualTo(409);
			assertThat(response.body()).contains("closed for good");
		}
		assertThat(this.audited).hasSize(4);
	}

	@Test
	void body_thatIsNotSentAsJson_isRefusedAndNotPassedOver() throws Exception {
		for (String path : List.of("/mail/close", "/drain")) {
			HttpResponse<String> response = this.application
				.send(HttpRequest.newBuilder(this.application.uri(PATH + path))
					.header("Content-Type", "application/x-www-form-urlencoded")
					.POST(BodyPublishers.ofString("{\"mode\":\"cancel\"}")));
			assertThat(response.statusCode()).isEqualTo(415);
		}
		assertThat(this.mail.isAccepting()).isTrue();
	}

	@Test
	void audit_ofOperations_tellsWhoAndWhatWithBodyAndWithout() throws Exception {
		as("erin",
				HttpRequest.newBuilder(this.application.uri(PATH + "/mail/resize"))
					.header("Content-Type", "application/json")
					.POST(BodyPublishers.ofString("{\"maxThreads\":4}")));
		as("erin", HttpRequest.newBuilder(this.application.uri(PATH + "/mail/drain")).POST(BodyPublishers.noBody()));
		this.application.post(PATH + "/drain", "{\"readiness\":true}");
		this.application.post(PATH + "/resume");
		assertThat(this.audited).extracting(AuditEvent::getType).containsOnly("CLEANUP_GROUP_OPERATION");
		assertThat(this.audited).extracting(AuditEvent::getPrincipal).containsExactly("erin", "erin", "", "");
		assertThat(this.audited).<Map<String, Object>>extracting(AuditEvent::getData)
			.containsExactly(Map.of("group", "mail", "operation", "resize", "maxThreads", "4", "outcome", "success"),
					Map.of("group", "mail", "operation", "drain", "outcome", "success"),
					Map.of("operation", "drain", "readiness", "true", "outcome", "success"),
					Map.of("operation", "resume", "outcome", "success"));
	}

	@Test
	void drainOfAll_inAPipeline_refusesInClosingOrderAndLosesNothing() throws Exception {
		CountDownLatch handOn = new CountDownLatch(1);
		CompletableFuture<String> stored = new CompletableFuture<>();
		CountDownLatch begun = new CountDownLatch(1);
		this.groups.environment("mail").trySubmit((instance) -> {
			begun.countDown();
			handOn.await();
			this.groups.environment("store").trySubmit((inner) -> stored.complete("stored"));
		});
		begun.await();
		HttpResponse<String> response = this.application.post(PATH + "/drain");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(new JsonContent(response.body())).extractingPath("$.groups[*].state")
			.asArray()
			.containsExactly("draining", "draining", "draining");
		assertThat(this.mail.isAccepting()).isFalse();
		assertThat(this.groups.get("other").isAccepting()).isFalse();
		assertThat(this.groups.get("store").isAccepting()).isTrue();
		handOn.countDown();
		Awaitility.await().until(() -> !this.groups.get("store").isAccepting() && this.groups.isIdle());
		assertThat(stored).isCompletedWithValue("stored");
	}

	@Test
	void drainOfAll_whileAnAdoptedExecutorIsBusy_showsItAndIsNotIdle() throws Exception {
		try (WebApplication adopting = WebApplication.startWith(Legacy.class,
				"management.endpoint.cleanupgroups.access=unrestricted",
				"management.endpoints.web.exposure.include=cleanupgroups", "cleanup-groups.groups.mail.adopt=legacy")) {
			CountDownLatch running = new CountDownLatch(1);
			Future<?> unused = adopting.bean(ThreadPoolTaskExecutor.class).submit(() -> {
				running.countDown();
				this.end.await();
				return null;
			});
			running.await();
			assertAdopted(adopting.post(PATH + "/drain").body(), 1, false);
			this.end.countDown();
			Awaitility.await().untilAsserted(() -> assertAdopted(adopting.get(PATH).body(), 0, true));
		}
	}

	private static void assertAdopted(String body, int running, boolean idle) {
		JsonContent json = new JsonContent(body);
		assertThat(json).extractingPath("$.groups[0].state").isEqualTo("draining");
		assertThat(json).extractingPath("$.groups[0].running").isEqualTo(0);
		assertThat(json).extractingPath("$.groups[0].adopted[0]")
			.asMap()
			.isEqualTo(Map.of("name", "legacy", "queued", 0, "running", running));
		assertThat(json).extractingPath("$.idle").isEqualTo(idle);
	}

	@Test
	void drainOfAll_withReadiness_refusesTrafficUntilItIsTakenBack() throws Exception {
		ApplicationAvailability availability = this.application.bean(ApplicationAvailability.class);
		this.application.post(PATH + "/drain");
		assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
		assertThat(this.application.post(PATH + "/drain", "{\"readiness\":true}").statusCode()).isEqualTo(202);
		assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
		assertThat(this.groups.get("other").isAccepting()).isFalse();
		assertThat(this.application.post(PATH + "/resume").statusCode()).isEqualTo(200);
		assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
		assertThat(this.groups.closingOrder()).allMatch(CleanupGroup::isAccepting);
	}

	@Test
	void lastCloses_ofManyCloses_areTheLatestTen() throws Exception {
		for (int i = 1; i <= 12; i++) {
			this.mail.closeMembers(CloseOptions.awaitPending().reason("close " + i));
		}
		JsonContent json = json(PATH + "/mail");
		assertThat(json).extractingPath("$.lastCloses").asArray().hasSize(10);
		assertThat(json).extractingPath("$.lastCloses[0].reason").isEqualTo("close 12");
		assertThat(json).extractingPath("$.lastCloses[9].reason").isEqualTo("close 3");
		assertThat(json).extractingPath("$.lastClose.reason").isEqualTo("close 12");
		assertThat(json(PATH)).doesNotHavePath("$.groups[0].lastCloses");
	}

	@Test
	void operations_onAManagementPortOfItsOwn_workThere() throws Exception {
		try (WebApplication separate = started("management.endpoint.cleanupgroups.access=unrestricted",
				"management.server.port=0", "management.server.address=127.0.0.1")) {
			assertThat(separate.post(PATH + "/drain", "{\"readiness\":true}").statusCode()).isEqualTo(202);
			assertThat(separate.bean(CleanupGroups.class).get("other").isAccepting()).isFalse();
			assertThat(separate.bean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.REFUSING_TRAFFIC);
		}
	}

	/** Occupies a thread of the group's pool until the test ends it. */
	private CompletableFuture<String> occupy(String group) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CompletableFuture<String> ended = this.groups.environmentBuilder(group)
			.memberName("Holding.run")
			.build()
			.submit(() -> {
				running.countDown();
				this.end.await();
				return "ended";
			});
		running.await();
		return ended;
	}

	private void as(String user, HttpRequest.Builder request) throws IOException, InterruptedException {
		HttpResponse<String> response = this.application.send(request.header("X-User", user));
		assertThat(response.statusCode()).isBetween(200, 202);
	}

	private JsonContent json(String path) throws IOException, InterruptedException {
		return new JsonContent(this.application.get(path).body());
	}

	private String state(String group) throws IOException, InterruptedException {
		return new JsonContent(this.application.get(PATH + "/" + group).body()).getJson()
			.replaceAll("(?s).*?\"state\":\"([a-z]+)\".*", "$1");
	}

	@Configuration(proxyBeanMethods = false)
	static class Legacy {

		@Bean
		ThreadPoolTaskExecutor legacy() {
			return new ThreadPoolTaskExecutor();
		}

	}

	/** Believes what a request says of itself. */
	@Configuration(proxyBeanMethods = false)
	static class Users {

		@Bean
		Filter users() {
			return (request, response, chain) -> chain
				.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

					@Override
					public Principal getUserPrincipal() {
						String user = getHeader("X-User");
						return (user != null) ? () -> user : null;
					}

				}, response);
		}

	}

}
