package io.github.cleanupgroups.spring.actuate;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.test.json.JsonContent;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint of a whole application over HTTP.
 */
@Timeout(120)
class CleanupGroupsEndpointTests {

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch end = new CountDownLatch(1);

	private WebApplication application;

	private CleanupGroups groups;

	@BeforeEach
	void start() {
		this.application = WebApplication.start("cleanup-groups.pools.narrow.max-threads=1",
				"cleanup-groups.pools.default.max-threads=3", "cleanup-groups.groups.mail.pool=narrow",
				"cleanup-groups.groups.audit.pool=default", "management.endpoints.web.exposure.include=cleanupgroups");
		this.groups = this.application.bean(CleanupGroups.class);
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.application.close();
	}

	@Test
	void endpoint_ofIdleGroups_showsGroupsAndPools() throws Exception {
		HttpResponse<String> response = this.application.get("/actuator/cleanupgroups");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(new JsonContent(response.body())).isStrictlyEqualTo("""
				{
					"groups": [
						{
							"name": "mail",
							"state": "open",
							"pool": "narrow",
							"members": { "work": 0, "timer": 0, "wait": 0, "io": 0, "callback": 0 },
							"queued": 0,
							"running": 0
						},
						{
							"name": "audit",
							"state": "open",
							"pool": "default",
							"members": { "work": 0, "timer": 0, "wait": 0, "io": 0, "callback": 0 },
							"queued": 0,
							"running": 0
						}
					],
					"pools": [
						{
							"name": "default",
							"minThreads": 0,
							"maxThreads": 3,
							"threads": 0,
							"activeThreads": 0,
							"pendingCallbacks": 0,
							"completedCallbacks": 0
						},
						{
							"name": "narrow",
							"minThreads": 0,
							"maxThreads": 1,
							"threads": 0,
							"activeThreads": 0,
							"pendingCallbacks": 0,
							"completedCallbacks": 0
						}
					],
					"idle": true
				}
				""");
	}

	@Test
	void endpoint_ofOneGroup_showsItsMembersToo() throws Exception {
		Instant before = Instant.now();
		CallbackEnvironment mail = occupy("mail");
		mail.newWork("secret argument", (instance) -> {
		}).submit();
		mail.trySubmit("secret argument", (instance) -> {
		});
		HttpResponse<String> response = this.application.get("/actuator/cleanupgroups/mail");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).doesNotContain("secret");
		JsonContent json = new JsonContent(response.body());
		assertThat(json).isLenientlyEqualTo("""
				{
					"name": "mail",
					"state": "open",
					"pool": "narrow",
					"members": { "work": 1, "timer": 0, "wait": 0, "io": 0, "callback": 2 },
					"queued": 2,
					"running": 1,
					"memberList": [
						{ "kind": "work", "queued": 1, "running": 0 },
						{ "kind": "callback", "queued": 0, "running": 1 },
						{ "kind": "callback", "queued": 1, "running": 0 }
					]
				}
				""");
		assertThat(json).extractingPath("$.oldestRunning")
			.asString()
			.satisfies((since) -> assertThat(Instant.parse(since)).isBetween(before.minusMillis(1), Instant.now()));
		assertThat(json).extractingPath("$.memberList[0].since")
			.asString()
			.satisfies((since) -> assertThat(Instant.parse(since)).isBetween(before.minusMillis(1), Instant.now()));
		assertThat(json).extractingPath("$.memberList[0].name").asString().isNotBlank();
	}

	@Test
	void memberList_ofManyMembers_endsAtAHundred() throws Exception {
		CallbackEnvironment mail = occupy("mail");
		for (int i = 0; i < 250; i++) {
			mail.trySubmit((instance) -> {
			});
		}
		JsonContent json = json("/actuator/cleanupgroups/mail");
		assertThat(json).extractingPath("$.queued").isEqualTo(250);
		assertThat(json).extractingPath("$.memberList").asArray().hasSize(100);
	}

	@Test
	void endpoint_ofUnknownGroup_isAProblemDetail() throws Exception {
		HttpResponse<String> response = this.application.get("/actuator/cleanupgroups/mial");
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
				{ "title": "Not Found", "status": 404, "detail": "There is no cleanup group 'mial'." }
				""");
	}

	@Test
	void state_ofGroup_followsDrainPauseAndClose() throws Exception {
		CleanupGroup mail = this.groups.get("mail");
		occupy("mail");
		mail.refuse();
		assertThat(state("mail")).isEqualTo("draining");
		mail.pause();
		assertThat(state("mail")).isEqualTo("paused");
		mail.accept();
		assertThat(state("mail")).isEqualTo("paused");
		CompletableFuture<CloseReport> close = mail.closeMembersAsync(CloseOptions.awaitPending());
		assertThat(state("mail")).isEqualTo("closing");
		mail.resume();
		this.end.countDown();
		close.join();
		assertThat(state("mail")).isEqualTo("open");
		mail.close();
		assertThat(state("mail")).isEqualTo("closed");
	}

	@Test
	void lastClose_afterCloses_isThatOfTheLatest() throws Exception {
		CleanupGroup mail = this.groups.get("mail");
		mail.closeMembers(CloseOptions.awaitPending());
		CallbackEnvironment environment = occupy("mail");
		environment.trySubmit((instance) -> {
		});
		Instant before = Instant.now();
		mail.closeMembers(CloseOptions.cancelPending().timeout(Duration.ZERO).reason("too slow"));
		JsonContent json = json("/actuator/cleanupgroups");
		assertThat(json("/actuator/cleanupgroups/mail")).isLenientlyEqualTo("""
				{
					"state": "closing",
					"lastClose": {
						"mode": "cancel",
						"reason": "too slow",
						"timedOut": true,
						"closedMembers": 2,
						"completedCallbacks": 0,
						"cancelledCallbacks": 1,
						"failures": 0,
						"stillRunning": [ { "kind": "callback", "queued": 0, "running": 1 } ]
					}
				}
				""");
		assertThat(json).extractingPath("$.groups[0].lastClose.finishedAt")
			.asString()
			.satisfies((at) -> assertThat(Instant.parse(at)).isBetween(before.minusMillis(1), Instant.now()));
		assertThat(json).extractingPath("$.groups[0].lastClose.duration")
			.asString()
			.satisfies((duration) -> assertThat(Duration.parse(duration)).isPositive());
	}

	@Test
	void openedGroup_fromOpeningToClosing_isShown() throws Exception {
		CleanupGroup upload = this.groups.open("upload");
		assertThat(json("/actuator/cleanupgroups")).extractingPath("$.groups[*].name")
			.asArray()
			.containsExactly("mail", "audit", "upload");
		assertThat(json("/actuator/cleanupgroups/upload")).extractingPath("$.pool").isEqualTo("default");
		upload.close();
		assertThat(json("/actuator/cleanupgroups")).extractingPath("$.groups[*].name")
			.asArray()
			.containsExactly("mail", "audit");
		assertThat(this.application.get("/actuator/cleanupgroups/upload").statusCode()).isEqualTo(404);
		this.groups.open("upload");
		assertThat(json("/actuator/cleanupgroups/upload")).doesNotHavePath("$.lastClose");
	}

	/**
	 * Occupies one thread of the group's pool until the test ends.
	 */
	private CallbackEnvironment occupy(String group) throws InterruptedException {
		CallbackEnvironment environment = this.groups.environment(group);
		environment.trySubmit((instance) -> {
			this.running.countDown();
			this.end.await();
		});
		this.running.await();
		return environment;
	}

	private Object state(String group) throws Exception {
		String body = this.application.get("/actuator/cleanupgroups/" + group).body();
		return body.replaceAll(".*\"state\":\"([a-z]+)\".*", "$1");
	}

	private JsonContent json(String path) throws Exception {
		return new JsonContent(this.application.get(path).body());
	}

}
