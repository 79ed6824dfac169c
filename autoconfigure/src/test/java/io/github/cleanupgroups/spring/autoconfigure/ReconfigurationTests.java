package io.github.cleanupgroups.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.ConfigurationPropertiesRebinderAutoConfiguration;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.env.MapPropertySource;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.Reconfiguration;
import io.github.cleanupgroups.spring.Reconfiguration.Change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Settings that change while the application runs.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ReconfigurationTests {

	private static final String MAIL = "cleanup-groups.groups.mail.";

	private static final String POOL = "cleanup-groups.pools.default.";

	private final AnnotationConfigApplicationContext context = TestContexts.started(MAIL + "max-concurrency=4",
			MAIL + "queue-capacity=10", MAIL + "timeout=5s", "cleanup-groups.groups.store.closes-after=mail",
			POOL + "max-threads=8");

	private final CleanupGroups groups = this.context.getBean(CleanupGroups.class);

	private final CleanupGroup mail = this.groups.get("mail");

	private final ThreadPool pool = this.groups.pool("mail");

	/** What the environment says later. */
	private final Map<String, Object> later = new HashMap<>();

	ReconfigurationTests() {
		this.context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("later", this.later));
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void settings_thatHaveNotChanged_areLeftAlone() {
		this.mail.maxConcurrency(2);
		this.pool.resize(1, 3);
		Reconfiguration result = this.groups.reconfigure();
		assertThat(result.applied()).isEmpty();
		assertThat(result.afterRestart()).isEmpty();
		assertThat(this.mail.maxConcurrency()).isEqualTo(2);
		assertThat(this.pool.stats().maxThreads()).isEqualTo(3);
	}

	@Test
	void limits_changedInTheEnvironment_takeEffectWithoutRestart(CapturedOutput output) {
		this.later.put(MAIL + "max-concurrency", "2");
		this.later.put(MAIL + "queue-capacity", 20);
		this.later.put(MAIL + "weight", 3);
		this.later.put(POOL + "max-threads", 9);
		this.later.put(POOL + "min-threads", 1);
		Reconfiguration result = this.groups.reconfigure();
		assertThat(result.applied()).containsExactlyInAnyOrder(new Change(MAIL + "max-concurrency", "4", "2"),
				new Change(MAIL + "queue-capacity", "10", "20"), new Change(MAIL + "weight", "1", "3"),
				new Change(POOL + "max-threads", "8", "9"), new Change(POOL + "min-threads", "0", "1"));
		assertThat(result.afterRestart()).isEmpty();
		assertThat(this.mail.maxConcurrency()).isEqualTo(2);
		assertThat(this.mail.queueCapacity()).isEqualTo(20);
		assertThat(this.mail.weight()).isEqualTo(3);
		assertThat(this.pool.stats().maxThreads()).isEqualTo(9);
		assertThat(this.pool.stats().minThreads()).isEqualTo(1);
		assertThat(output).contains("'" + MAIL + "max-concurrency' from 4 to 2");
		this.later.remove(MAIL + "max-concurrency");
		assertThat(this.groups.reconfigure().applied()).containsExactly(new Change(MAIL + "max-concurrency", "2", "4"));
		assertThat(this.mail.maxConcurrency()).isEqualTo(4);
	}

	@Test
	void limits_ofAnUnlimitedGroup_comeButForTheQueue(CapturedOutput output) {
		CleanupGroup store = this.groups.get("store");
		Reconfiguration result = this.groups.reconfigure(Map.of("cleanup-groups.groups.store.max-concurrency", 1,
				"cleanup-groups.groups.store.queue-capacity", 5));
		assertThat(store.maxConcurrency()).isEqualTo(1);
		assertThat(store.queueCapacity()).isEqualTo(Integer.MAX_VALUE);
		assertThat(result.afterRestart())
			.containsExactly(new Change("cleanup-groups.groups.store.queue-capacity", null, "5"));
		assertThat(output)
			.contains("'cleanup-groups.groups.store.queue-capacity' from (not set) to 5, which takes a restart");
	}

	@Test
	void settingsOfTheClose_changedByTheProgram_holdForTheNextClose() {
		Map<String, Object> changes = Map.of(MAIL + "on-close", "cancel", MAIL + "timeout", "7s",
				"cleanup-groups.shutdown.deadline", "40s");
		assertThat(this.groups.reconfigure(changes).applied()).containsExactlyInAnyOrder(
				new Change(MAIL + "on-close", "await-then-cancel", "cancel"), new Change(MAIL + "timeout", "5s", "7s"),
				new Change("cleanup-groups.shutdown.deadline", "25s", "40s"));
		assertThat(this.groups.closeOptions("mail", null, null).mode()).isEqualTo(CloseMode.CANCEL);
		assertThat(this.groups.closeOptions("mail", null, null).timeout()).isEqualTo(Duration.ofSeconds(7));
		assertThat(this.groups.closeOptions("mail", CloseMode.AWAIT_THEN_CANCEL, null).timeout())
			.isEqualTo(Duration.ofSeconds(40));
		TestContexts.Gate gate = new TestContexts.Gate(this.context, "mail");
		this.mail.pause();
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		CompletableFuture<Void> closing = TestContexts.closing(this.context);
		assertThat(TestContexts.failureOf(queued)).hasMessageContaining("mail");
		gate.open();
		closing.join();
	}

	@Test
	void order_changedByTheProgram_isThatOfTheClose() {
		assertThat(this.groups.closingOrder()).extracting(CleanupGroup::name).containsExactly("mail", "store");
		Map<String, @Nullable Object> changes = new HashMap<>();
		changes.put("cleanup-groups.groups.store.closes-after", "");
		changes.put(MAIL + "closes-after", "store");
		assertThat(this.groups.reconfigure(changes).applied()).hasSize(2);
		assertThat(this.groups.closingOrder()).extracting(CleanupGroup::name).containsExactly("store", "mail");
	}

	@Test
	void settings_ofTheProgram_goBeforeTheEnvironmentUntilTheyAreTakenBack() {
		this.groups.reconfigure(Map.of(MAIL + "weight", 5));
		this.later.put(MAIL + "weight", 7);
		assertThat(this.groups.reconfigure().applied()).isEmpty();
		assertThat(this.mail.weight()).isEqualTo(5);
		Map<String, @Nullable Object> takenBack = new HashMap<>();
		takenBack.put(MAIL + "weight", null);
		assertThat(this.groups.reconfigure(takenBack).applied()).containsExactly(new Change(MAIL + "weight", "5", "7"));
		assertThat(this.mail.weight()).isEqualTo(7);
	}

	@Test
	void settings_thatBeansAreMadeOf_waitForARestartAndAreToldOnce(CapturedOutput output) {
		this.later
			.putAll(Map.of(MAIL + "priority", "high", POOL + "keep-alive", "5s", "cleanup-groups.groups.store.phase",
					"5", "cleanup-groups.groups.news.weight", "2", MAIL + "weight", "2"));
		Reconfiguration result = this.groups.reconfigure();
		assertThat(result.applied()).containsExactly(new Change(MAIL + "weight", "1", "2"));
		assertThat(result.afterRestart()).containsExactlyInAnyOrder(new Change(MAIL + "priority", "normal", "high"),
				new Change(POOL + "keep-alive", "60s", "5s"),
				new Change("cleanup-groups.groups.store.phase", null, "5"),
				new Change("cleanup-groups.groups.news", null, "configured"));
		assertThat(output).contains("WARN").contains("'" + POOL + "keep-alive' from 60s to 5s");
		assertThat(this.groups.find("news")).isEmpty();
		assertThat(this.groups.reconfigure().afterRestart()).isEmpty();
		this.later.clear();
		assertThat(this.groups.reconfigure().afterRestart()).as("what is in force already").isEmpty();
	}

	@Test
	void settings_withOneThatCannotBe_areRefusedAsAWhole() {
		assertRefused(MAIL + "max-concurrency", "0");
		assertRefused(MAIL + "max-concurrency", "many");
		assertRefused(MAIL + "max-concurency", "3");
		assertRefused(POOL + "min-threads", "20");
		assertRefused(MAIL + "closes-after", "store");
		assertRefused(MAIL + "pool", "none");
		assertThatIllegalArgumentException().isThrownBy(() -> this.groups.reconfigure(Map.of("server.port", 1)))
			.withMessageContaining("'server.port'");
	}

	private void assertRefused(String key, String value) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.groups.reconfigure(Map.of(key, value, MAIL + "weight", 9, POOL + "max-threads", 10)))
			.withMessageContaining(key);
		assertThat(this.mail.weight()).isEqualTo(1);
		assertThat(this.pool.stats().maxThreads()).isEqualTo(8);
		assertThat(this.groups.reconfigure().applied()).as("it is as if it had not been tried").isEmpty();
	}

	@Test
	void minimum_aboveAMaximumThatWasChangedByOtherMeans_isRefusedAsAWhole() {
		this.pool.resize(0, 2);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.groups.reconfigure(Map.of(POOL + "min-threads", 5, MAIL + "weight", 9)))
			.withMessageContaining(POOL + "min-threads");
		assertThat(this.mail.weight()).isEqualTo(1);
	}

	@Test
	void nativeImage_ofAnApplication_getsHintsForComparingSettings() {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigApplicationContext fresh = TestContexts.prepared(MAIL + "weight=2")) {
			new ApplicationContextAotGenerator().processAheadOfTime(fresh, generation);
		}
		Map.of(CleanupGroupsProperties.Pool.class, "minThreads", CleanupGroupsProperties.Group.class, "weight",
				CleanupGroupsProperties.Shutdown.class, "deadline")
			.forEach((type, method) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(type, method))
				.accepts(generation.getRuntimeHints()));
	}

	@Test
	void environment_changedBySpringCloud_takesEffectWithoutRestart(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		Path file = directory.resolve("application.properties");
		write(file, 3, "20s");
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Refreshing.class)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run("--spring.config.location=" + file.toUri(), "--spring.main.banner-mode=off")) {
			CleanupGroups refreshed = application.getBean(CleanupGroups.class);
			ContextRefresher refresher = application.getBean(ContextRefresher.class);
			assertThat(refreshed.get("mail").maxConcurrency()).isEqualTo(3);
			write(file, 6, "9s");
			assertThat(refresher.refresh()).contains(MAIL + "max-concurrency");
			assertThat(refreshed.get("mail").maxConcurrency()).isEqualTo(6);
			assertThat(refreshed.closeOptions("mail", CloseMode.AWAIT, null).timeout())
				.isEqualTo(Duration.ofSeconds(9));
			write(file, 0, "8s");
			refresher.refresh();
			assertThat(output).contains("are refused").contains(MAIL + "max-concurrency");
			assertThat(refreshed.get("mail").maxConcurrency()).isEqualTo(6);
		}
	}

	private static void write(Path file, int maxConcurrency, String timeout) throws IOException {
		Files.writeString(file, MAIL + "max-concurrency=" + maxConcurrency + "\n" + MAIL + "timeout=" + timeout + "\n");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, CleanupGroupsRefreshAutoConfiguration.class,
			RefreshAutoConfiguration.class, ConfigurationPropertiesRebinderAutoConfiguration.class })
	static class Refreshing {

	}

}
