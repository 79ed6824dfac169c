package io.github.cleanupgroups.spring.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroups;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application's executor as a view of a group.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
@ExtendWith(OutputCaptureExtension.class)
class ApplicationExecutorTests {

	private static final String KEY = "cleanup-groups.application-executor.group=web";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class,
				CleanupGroupsAutoConfiguration.class, ApplicationExecutorAutoConfiguration.class))
		.withPropertyValues("cleanup-groups.groups.web.on-close=await", "cleanup-groups.groups.mail.on-close=await");

	@Test
	void requests_asynchronous_areMembersAndRunToTheirEndWhileTheContextCloses() throws Exception {
		CompletableFuture<HttpResponse<String>> callable;
		CompletableFuture<HttpResponse<String>> future;
		CleanupGroup group;
		Letters letters;
		try (ConfigurableApplicationContext context = new SpringApplication(Letters.class).run("--server.port=0",
				"--server.address=127.0.0.1", "--server.shutdown=graceful",
				"--cleanup-groups.groups.web.on-close=await", "--" + KEY)) {
			letters = context.getBean(Letters.class);
			group = context.getBean(CleanupGroups.class).get("web");
			callable = get(context, "/callable");
			future = get(context, "/future");
			GroupedContexts.await(letters.running);
			assertThat(group.memberCounts().runningCallbacks()).isEqualTo(2);
			letters.go.countDown();
		}
		assertThat(callable.get(1, TimeUnit.MINUTES).body()).isEqualTo("inside: true");
		assertThat(future.get(1, TimeUnit.MINUTES).body()).isEqualTo("inside: true");
	}

	private static CompletableFuture<HttpResponse<String>> get(ConfigurableApplicationContext context, String path) {
		URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
		return HttpClient.newHttpClient().sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
	}

	@Test
	void asyncMethods_withoutAName_runAsMembersAndAreDrainedInOrder() {
		List<String> order = new CopyOnWriteArrayList<>();
		CountDownLatch closing = new CountDownLatch(1);
		CountDownLatch working = new CountDownLatch(1);
		CompletableFuture<Boolean> inside = new CompletableFuture<>();
		this.runner.withUserConfiguration(AsyncConfiguration.class)
			.withPropertyValues(KEY, "cleanup-groups.groups.mail.closes-after=web")
			.run((context) -> {
				((ConfigurableApplicationContext) context).addApplicationListener((event) -> {
					if (event instanceof ContextClosedEvent) {
						closing.countDown();
					}
					else if (event instanceof CleanupGroupClosedEvent closed) {
						order.add(closed.group().name() + " " + inside.isDone());
					}
				});
				CleanupGroup group = context.getBean(CleanupGroups.class).get("web");
				context.getBean(Worker.class).work(group, working, closing).thenAccept(inside::complete);
				GroupedContexts.await(working);
			});
		assertThat(inside).isCompletedWithValue(true);
		assertThat(order).containsExactly("web true", "mail true");
	}

	@Test
	void executor_ofTheApplication_isFoundByNamesAndByType() {
		this.runner.withPropertyValues(KEY).run((context) -> {
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			assertThat(executor).isInstanceOf(GroupTaskExecutor.class)
				.isSameAs(context.getBean("taskExecutor"))
				.isSameAs(context.getBean("bootstrapExecutor"))
				.isSameAs(context.getBeanProvider(TaskExecutor.class).getObject());
			CleanupGroup group = context.getBean(CleanupGroups.class).get("web");
			assertThat(executor.submitCompletable(group::isInside).join()).isTrue();
		});
	}

	@Test
	void tasks_ofAGroupsExecutors_areNamedAfterTheExecutorAndTheirClasses() {
		this.runner.withUserConfiguration(AsyncConfiguration.class).withPropertyValues(KEY).run((context) -> {
			CleanupGroup group = context.getBean(CleanupGroups.class).get("web");
			group.pause();
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			AsyncTaskExecutor ofTheGroup = context.getBean("webTaskExecutor", AsyncTaskExecutor.class);
			context.getBean(Worker.class).work(group);
			executor.submit(() -> "a lambda");
			executor.execute(new Report(4711));
			executor.submit(new Report(4712));
			CompletableFuture.runAsync(new Report(4713), executor);
			ofTheGroup.submitCompletable(new Report(4714));
			ofTheGroup.execute(new FutureTask<>(() -> "a task of the JDK"));
			assertThat(group.members()).extracting(MemberSnapshot::name)
				.containsExactlyInAnyOrder("applicationTaskExecutor.AsyncExecutionInterceptor",
						"applicationTaskExecutor.ApplicationExecutorTests", "applicationTaskExecutor.Report",
						"applicationTaskExecutor.Report", "applicationTaskExecutor", "webTaskExecutor.Report",
						"webTaskExecutor");
		});
	}

	@Test
	void executor_withoutTheKey_isSpringBoots() {
		this.runner.run((context) -> assertThat(context.getBean("applicationTaskExecutor"))
			.isInstanceOf(ThreadPoolTaskExecutor.class));
	}

	@Test
	void executor_besideOneOfTheUsers_isForAsyncAndLeavesTheTypeToIt() {
		this.runner.withUserConfiguration(OtherExecutor.class, AsyncConfiguration.class)
			.withPropertyValues(KEY)
			.run((context) -> {
				assertThat(context.getBean("applicationTaskExecutor")).isInstanceOf(GroupTaskExecutor.class);
				assertThat(context.getBeanProvider(Executor.class).getObject()).isSameAs(context.getBean("other"));
				CleanupGroup group = context.getBean(CleanupGroups.class).get("web");
				assertThat(context.getBean(Worker.class).work(group).join()).isTrue();
			});
	}

	@Test
	void executor_ofThatNameOfTheUsers_staysAndTheKeyIsSaidToHaveNoEffect(CapturedOutput output) {
		this.runner.withUserConfiguration(OwnExecutor.class)
			.withPropertyValues(KEY)
			.run((context) -> assertThat(context.getBean("applicationTaskExecutor"))
				.isInstanceOf(SimpleAsyncTaskExecutor.class));
		assertThat(output).contains("'cleanup-groups.application-executor.group' has no effect");
	}

	@Test
	void group_thatIsNotThere_failsTheStartNamingTheKey() {
		this.runner.withPropertyValues("cleanup-groups.application-executor.group=wbe")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("'cleanup-groups.application-executor.group' names a group 'wbe'"));
	}

	record Report(int number) implements Runnable {

		@Override
		public void run() {
		}

	}

	@RestController
	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import(Worker.class)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, TaskExecutionAutoConfiguration.class, CleanupGroupsAutoConfiguration.class,
			ApplicationExecutorAutoConfiguration.class })
	static class Letters {

		final CountDownLatch running = new CountDownLatch(2);

		final CountDownLatch go = new CountDownLatch(1);

		private final CleanupGroup group;

		private final Worker worker;

		Letters(CleanupGroups groups, Worker worker) {
			this.group = groups.get("web");
			this.worker = worker;
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> {
				this.running.countDown();
				GroupedContexts.await(this.go);
				return "inside: " + this.group.isInside();
			};
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return this.worker.work(this.group, this.running, this.go).thenApply((inside) -> "inside: " + inside);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import(Worker.class)
	static class AsyncConfiguration {

	}

	static class Worker {

		@Async
		public CompletableFuture<Boolean> work(CleanupGroup group) {
			return CompletableFuture.completedFuture(group.isInside());
		}

		@Async
		public CompletableFuture<Boolean> work(CleanupGroup group, CountDownLatch running, CountDownLatch go) {
			running.countDown();
			GroupedContexts.await(go);
			return CompletableFuture.completedFuture(group.isInside());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherExecutor {

		@Bean
		TaskExecutor other() {
			return new SimpleAsyncTaskExecutor("other-");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutor {

		@Bean
		TaskExecutor applicationTaskExecutor() {
			return new SimpleAsyncTaskExecutor("own-");
		}

	}

}
