package io.github.cleanupgroups.spring.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the start warns of: time-outs of others, what the platform gives, phases.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ShutdownCheckTests {

	private static final String DEADLINE = "cleanup-groups.shutdown.deadline=";

	private static final String GRACE_PERIOD = "cleanup-groups.shutdown.termination-grace-period=";

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase=";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class));

	private String startedWith(CapturedOutput output, String... settings) {
		int before = output.getOut().length();
		this.runner.withPropertyValues(settings).run((context) -> assertThat(context).hasNotFailed());
		return output.getOut().substring(before);
	}

	@Test
	void settings_thatFit_warnOfNothing(CapturedOutput output) {
		assertThat(startedWith(output, "cleanup-groups.groups.mail.timeout=10s")).doesNotContain("WARN");
		assertThat(startedWith(output, DEADLINE + "25s", PHASE_TIMEOUT + "25s", GRACE_PERIOD + "27s"))
			.doesNotContain("WARN");
		assertThat(startedWith(output, DEADLINE + "25s", PHASE_TIMEOUT + "1s", GRACE_PERIOD + "40s",
				"cleanup-groups.shutdown.pre-stop-delay=13s"))
			.doesNotContain("WARN");
	}

	@Test
	void deadline_aboveTheGracePeriod_isAWarningNamingBothAndTheWayOut(CapturedOutput output) {
		assertThat(startedWith(output, DEADLINE + "40s", GRACE_PERIOD + "30s")).contains("WARN")
			.contains("'cleanup-groups.shutdown.termination-grace-period' is 30s")
			.contains("'cleanup-groups.shutdown.deadline' (40s)")
			.contains("give 42s or more")
			.contains("lower 'cleanup-groups.shutdown.deadline' to 28s");
		assertThat(startedWith(output, DEADLINE + "25s", GRACE_PERIOD + "30s",
				"cleanup-groups.shutdown.pre-stop-delay=10s"))
			.contains("'cleanup-groups.shutdown.pre-stop-delay' (10s)")
			.contains("to 18s at most");
		assertThat(startedWith(output, "cleanup-groups.shutdown.pre-stop-delay=10s"))
			.contains("'cleanup-groups.shutdown.pre-stop-delay' says nothing without");
	}

	@Test
	void deadline_abovePhaseTimeout_isAWarningUnlessTheGracePeriodIsKnown(CapturedOutput output) {
		assertThat(startedWith(output, PHASE_TIMEOUT + "10s")).contains("WARN")
			.contains("'cleanup-groups.shutdown.deadline' is 25s")
			.contains("'spring.lifecycle.timeout-per-shutdown-phase' (10s)")
			.contains("termination-grace-period");
		assertThat(startedWith(output, DEADLINE + "60s"))
			.contains("'spring.lifecycle.timeout-per-shutdown-phase' (30s by default)");
		assertThat(startedWith(output, DEADLINE + "60s", GRACE_PERIOD + "90s")).doesNotContain("WARN");
	}

	@Test
	void phase_belowExecutors_isAWarningNamingItsKey(CapturedOutput output) {
		assertThat(startedWith(output, "cleanup-groups.shutdown.phase=1073741823")).contains("WARN")
			.contains("'cleanup-groups.shutdown.phase' is 1073741823")
			.doesNotContain("and clients");
		assertThat(startedWith(output, "cleanup-groups.groups.mail.phase=-5"))
			.contains("'cleanup-groups.groups.mail.phase' is -5")
			.contains("and clients in 0");
		assertThat(startedWith(output, "cleanup-groups.groups.mail.phase=1073741824")).doesNotContain("WARN");
	}

	@Test
	void stepsBeyondTheTimeout_whereTheCloseEndsWithIt_areWarnings(CapturedOutput output) {
		assertThat(startedWith(output, "cleanup-groups.groups.mail.on-close=await",
				"cleanup-groups.groups.mail.interrupt-after=20s"))
			.contains("'cleanup-groups.groups.mail.interrupt-after' is not below")
			.contains("nothing would be interrupted");
		assertThat(startedWith(output, "cleanup-groups.groups.mail.on-close=cancel",
				"cleanup-groups.groups.mail.timeout=1s", "cleanup-groups.groups.mail.min-share=2s"))
			.contains("'cleanup-groups.groups.mail.min-share' is 2s")
			.contains("reserved in vain");
		assertThat(startedWith(output, "cleanup-groups.groups.mail.interrupt-after=20s",
				"cleanup-groups.groups.mail.min-share=21s"))
			.doesNotContain("WARN");
	}

	// The deadline counts from before the web server waits for its requests.
	@Test
	void webServer_thatMayTakeTheWholeDeadline_isAWarning(CapturedOutput output) {
		assertThat(startedWebServer(output)).doesNotContain("WARN");
		assertThat(startedWebServer(output, PHASE_TIMEOUT + "26s")).contains("WARN")
			.contains("'cleanup-groups.shutdown.deadline' is 25s")
			.contains("'spring.lifecycle.timeout-per-shutdown-phase' (26s)")
			.contains("would not leave the groups anything");
		assertThat(startedWebServer(output, PHASE_TIMEOUT + "26s", "server.shutdown=immediate")).doesNotContain("WARN");
		assertThat(startedWebServer(output, PHASE_TIMEOUT + "20s", GRACE_PERIOD + "1h",
				"cleanup-groups.groups.a.min-share=2s", "cleanup-groups.groups.b.min-share=4s",
				"cleanup-groups.groups.b.closes-after=a"))
			.contains("what 'min-share' reserves for a, b (6s)");
		assertThat(startedWebServer(output, PHASE_TIMEOUT + "20s", GRACE_PERIOD + "1h",
				"cleanup-groups.groups.a.min-share=5s"))
			.doesNotContain("WARN");
	}

	private static String startedWebServer(CapturedOutput output, String... settings) {
		int before = output.getOut().length();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Served.class)
			.web(WebApplicationType.SERVLET)
			.properties("server.port=0", "server.address=127.0.0.1")
			.properties(settings)
			.run()) {
			assertThat(context.isActive()).isTrue();
		}
		return output.getOut().substring(before);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, TomcatServletWebServerAutoConfiguration.class })
	static class Served {

	}

}
