package io.github.cleanupgroups.spring.health;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.test.json.JsonContent;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The health of groups over HTTP.
 */
@Timeout(120)
class CleanupGroupHealthTests {

	private final CountDownLatch end = new CountDownLatch(1);

	@AfterEach
	void end() {
		this.end.countDown();
	}

	private static WebApplication start(String... more) {
		String[] properties = new String[more.length + 3];
		properties[0] = "cleanup-groups.groups.mail.on-close=cancel";
		properties[1] = "management.health.cleanupgroups.enabled=true";
		properties[2] = "management.endpoint.health.show-details=always";
		System.arraycopy(more, 0, properties, 3, more.length);
		return WebApplication.start(properties);
	}

	private static void showsMail(WebApplication application, int httpStatus, String status, String state)
			throws Exception {
		var response = application.get("/actuator/health/cleanupGroups");
		assertThat(response.statusCode()).isEqualTo(httpStatus);
		assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
				{ "status": "%s", "components": { "mail": { "status": "%s", "details": { "state": "%s" } } } }
				""".formatted(status, status, state));
	}

	@Test
	void health_ofAGroupInEachState_saysWhetherItServes() throws Exception {
		try (WebApplication application = start()) {
			CleanupGroup mail = application.bean(CleanupGroups.class).get("mail");
			showsMail(application, 200, "UP", "open");
			mail.refuse();
			showsMail(application, 503, "OUT_OF_SERVICE", "draining");
			mail.accept();
			mail.pause();
			showsMail(application, 503, "OUT_OF_SERVICE", "paused");
			mail.resume();
			showsMail(application, 200, "UP", "open");
			mail.close();
			showsMail(application, 503, "OUT_OF_SERVICE", "closed");
		}
	}

	@Test
	void health_ofAGroupWhoseTurnInADrainHasNotCome_isOutOfService() throws Exception {
		try (WebApplication application = start("cleanup-groups.groups.mail.closes-after=read",
				"cleanup-groups.groups.read.on-close=await")) {
			CleanupGroups groups = application.bean(CleanupGroups.class);
			CountDownLatch running = new CountDownLatch(1);
			assertThat(groups.environment("read").trySubmit((instance) -> {
				running.countDown();
				this.end.await();
			})).isTrue();
			running.await();
			groups.drain();
			assertThat(groups.get("mail").isAccepting()).isTrue();
			showsMail(application, 503, "OUT_OF_SERVICE", "draining");
			this.end.countDown();
		}
	}

	@Test
	void health_ofAGroupWithAStuckMember_isDownAndNamesIt() throws Exception {
		try (WebApplication application = start("cleanup-groups.groups.mail.stuck-after=1ms")) {
			CleanupGroups groups = application.bean(CleanupGroups.class);
			CountDownLatch running = new CountDownLatch(1);
			assertThat(groups.environmentBuilder("mail").memberName("letter").build().trySubmit((instance) -> {
				running.countDown();
				this.end.await();
			})).isTrue();
			running.await();
			long startedBy = System.nanoTime();
			while (System.nanoTime() - startedBy < TimeUnit.MILLISECONDS.toNanos(2)) {
				Thread.onSpinWait();
			}
			var response = application.get("/actuator/health/cleanupGroups/mail");
			assertThat(response.statusCode()).isEqualTo(503);
			assertThat(new JsonContent(response.body())).isLenientlyEqualTo("""
					{ "status": "DOWN", "details": { "state": "open", "running": 1, "stuckCallbacks": 1,
					  "stuck": [ { "member": "letter" } ] } }
					""");
			assertThat(response.body()).contains("\"runningFor\":\"PT");
			this.end.countDown();
			groups.get("mail").closeMembers(CloseOptions.awaitPending());
			showsMail(application, 200, "UP", "open");
		}
	}

	@Test
	void health_ofAnOpenedGroup_comesAndGoesWithIt() throws Exception {
		try (WebApplication application = start()) {
			CleanupGroup upload = application.bean(CleanupGroups.class).open("upload");
			assertThat(application.get("/actuator/health/cleanupGroups/upload").statusCode()).isEqualTo(200);
			upload.close();
			assertThat(application.get("/actuator/health/cleanupGroups/upload").statusCode()).isEqualTo(404);
		}
	}

	@Test
	void health_whereNobodyAskedForIt_isNotShown() throws Exception {
		try (WebApplication application = WebApplication.start("cleanup-groups.groups.mail.on-close=cancel",
				"management.endpoint.health.show-components=always")) {
			assertThat(application.get("/actuator/health").body()).doesNotContain("cleanupGroups");
		}
	}

	@Test
	void health_withoutTheLibrary_isGoneAndTheGroupsAreThere() {
		new ApplicationContextRunner().withUserConfiguration(Imported.class)
			.withPropertyValues("management.health.cleanupgroups.enabled=true")
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(CleanupGroups.class)
				.doesNotHaveBean("cleanupGroupsHealthContributor"));
	}

	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, CleanupGroupHealthAutoConfiguration.class })
	static class Imported {

	}

}
