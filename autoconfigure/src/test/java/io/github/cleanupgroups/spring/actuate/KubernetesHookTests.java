package io.github.cleanupgroups.spring.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yaml.snakeyaml.Yaml;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.application.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The deployment that the documentation shows, its own settings and its own hook: taken
 * out of the page and run against an application.
 */
@Timeout(120)
class KubernetesHookTests {

	private static final Path PAGE = Path.of("..", "docs", "kubernetes.md");

	private final Map<?, ?> container = container();

	private final CountDownLatch end = new CountDownLatch(1);

	private final WebApplication application = WebApplication.start(settings());

	private final CleanupGroups groups = this.application.bean(CleanupGroups.class);

	private static Map<?, ?> container() {
		try {
			String page = Files.readString(PAGE);
			int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
			Map<?, ?> deployment = new Yaml().load(page.substring(begin, page.indexOf("```", begin)));
			List<?> containers = (List<?>) at(deployment, "spec", "template", "spec", "containers");
			return (Map<?, ?>) containers.get(0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object at(Map<?, ?> from, String... path) {
		Object found = from;
		for (String key : path) {
			found = ((Map<?, ?>) found).get(key);
			assertThat(found).as(key).isNotNull();
		}
		return found;
	}

	private String[] settings() {
		Stream<String> ofThePage = ((List<?>) at(this.container, "env")).stream()
			.map((each) -> (Map<?, ?>) each)
			.map((each) -> each.get("name").toString().toLowerCase(Locale.ROOT).replace('_', '.') + "="
					+ each.get("value"))
			.filter((each) -> !each.startsWith("management.server.port="));
		return Stream.concat(ofThePage, Stream.of("management.server.port=0",
				"cleanup-groups.groups.mail.max-concurrency=1", "cleanup-groups.groups.store.closes-after=mail"))
			.toArray(String[]::new);
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.application.close();
	}

	private Process hook(int drainSeconds) throws IOException {
		return hook(this.application.port(), drainSeconds);
	}

	private Process hook(int port, int drainSeconds) throws IOException {
		List<String> command = new ArrayList<>();
		((List<?>) at(this.container, "lifecycle", "preStop", "exec", "command"))
			.forEach((each) -> command.add(each.toString()));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment()
			.putAll(Map.of("MANAGEMENT_SERVER_PORT", String.valueOf(port), "SETTLE_SECONDS", "0", "DRAIN_SECONDS",
					String.valueOf(drainSeconds)));
		return builder.start();
	}

	private CompletableFuture<String> occupy() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CompletableFuture<String> ended = this.groups.environment("mail").submit(() -> {
			running.countDown();
			this.end.await();
			return "ended";
		});
		running.await();
		return ended;
	}

	private int readiness() throws Exception {
		return this.application.get(at(this.container, "readinessProbe", "httpGet", "path").toString()).statusCode();
	}

	@Test
	void hook_ofABusyApplication_returnsWhenAllHasRun() throws Exception {
		CompletableFuture<String> running = occupy();
		CompletableFuture<String> queued = this.groups.environment("mail").submit(() -> "ran");
		assertThat(readiness()).isEqualTo(200);
		Process hook = hook(100);
		Awaitility.await().until(() -> !this.groups.get("mail").isAccepting() && readiness() == 503);
		assertThat(hook.isAlive()).isTrue();
		this.end.countDown();
		assertThat(hook.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(hook.exitValue()).isZero();
		assertThat(running).isCompletedWithValue("ended");
		assertThat(queued).isCompletedWithValue("ran");
		assertThat(this.groups.closingOrder()).noneMatch(CleanupGroup::isAccepting);
	}

	@Test
	void hook_whileSomethingHangs_givesUpInTime() throws Exception {
		CompletableFuture<String> running = occupy();
		Process hook = hook(1);
		assertThat(hook.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(hook.exitValue()).isZero();
		assertThat(running).isNotDone();
		assertThat(this.groups.isIdle()).isFalse();
	}

	@Test
	void hook_ofAGroupWhoseLastCloseTimedOut_looksAtWhatIsThereNow() throws Exception {
		CompletableFuture<String> running = occupy();
		this.groups.get("mail").closeMembers(CloseOptions.awaitPending().timeout(Duration.ZERO));
		this.end.countDown();
		running.join();
		Process hook = hook(1_000);
		assertThat(hook.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(hook.exitValue()).isZero();
	}

	@Test
	void hook_ofAnApplicationThatIsGone_fails() throws Exception {
		int port = this.application.port();
		this.application.close();
		Process hook = hook(port, 1);
		assertThat(hook.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(hook.exitValue()).isOne();
	}

	private static int figure(String page, String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(page);
		assertThat(matcher.find()).as(pattern).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	@Test
	void gracePeriod_ofThePage_coversSettlingDrainingAndTheDeadline() throws Exception {
		String page = Files.readString(PAGE);
		Duration deadline = this.groups.closeOptions("mail", CloseMode.AWAIT_THEN_CANCEL, Duration.ZERO).timeout();
		assertThat(figure(page, "terminationGracePeriodSeconds: (\\d+)"))
			.isGreaterThan(figure(page, "SETTLE_SECONDS:-(\\d+)") + figure(page, "DRAIN_SECONDS:-(\\d+)")
					+ (int) deadline.toSeconds());
	}

}
