package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.aop.support.AopUtils;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.support.TransactionTemplate;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberCancelledException;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What else can join a group, in contexts that were made ahead of time.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class ReachAheadOfTimeTests {

	private static final String[] SETTINGS = { "cleanup-groups.groups.web.on-close=await",
			"cleanup-groups.groups.jobs.on-close=cancel", "cleanup-groups.groups.mail.on-close=await",
			"cleanup-groups.groups.mail.adopt=legacy", "cleanup-groups.application-executor.group=web",
			"cleanup-groups.scheduler.group=jobs" };

	@Test
	@CompileWithForkedClassLoader
	void applicationExecutor_aheadOfTime_isOfItsGroup() {
		run((context) -> {
			CleanupGroup web = group(context, "web");
			AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
			assertThat(executor).isSameAs(context.getBean("taskExecutor"));
			assertThat(executor.submitCompletable(web::isInside).join()).isTrue();
			CountDownLatch began = new CountDownLatch(1);
			CompletableFuture<Void> closing = new CompletableFuture<>();
			CompletableFuture<Void> last = executor.submitCompletable(() -> {
				began.countDown();
				closing.join();
			});
			GroupedContexts.await(began);
			context.addApplicationListener(new Closing(closing));
			context.close();
			assertThat(last).isCompleted();
			assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> executor.submit(() -> 1));
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void scheduledMethod_aheadOfTime_isATimerUntilTheClose() {
		run((context) -> {
			Jobs jobs = context.getBean(Jobs.class);
			GroupedContexts.await(jobs.ran);
			assertThat(jobs.inside).isTrue();
			CleanupGroup group = group(context, "jobs");
			assertThat(group.memberCounts().of(MemberKind.TIMER)).isEqualTo(1);
			context.close();
			int runs = jobs.runs.get();
			assertThat(group.memberCounts().total()).isZero();
			assertThat(jobs.runs).hasValue(runs);
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void adoptedExecutor_aheadOfTime_isClosedWithItsGroup() {
		run((context) -> {
			ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
			assertThat(AopUtils.isCglibProxy(legacy)).isTrue();
			List<String> ran = new ArrayList<>();
			CompletableFuture<Void> closing = new CompletableFuture<>();
			legacy.execute(closing::join);
			CompletableFuture<Void> queued = legacy.submitCompletable(() -> {
				ran.add("queued");
			});
			context.addApplicationListener(new Closing(closing));
			context.close();
			assertThat(queued).isCompleted();
			assertThat(ran).containsExactly("queued");
			assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> legacy.submit(() -> 1))
				.withMessageContaining("'mail'");
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void adoptionProxy_aheadOfTime_isGeneratedAndHintedAt() {
		try (AnnotationConfigApplicationContext source = source()) {
			TestGenerationContext generation = new TestGenerationContext();
			new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
			assertThat(generation.getGeneratedFiles().getGeneratedFiles(Kind.CLASS).keySet())
				.anyMatch((name) -> name.contains("ThreadPoolTaskExecutor$$SpringCGLIB"));
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(TypeReference.of(ThreadPoolTaskExecutor.class.getName() + "$$SpringCGLIB$$0")))
				.accepts(generation.getRuntimeHints());
		}
	}

	@Test
	@CompileWithForkedClassLoader
	void callAfterCommit_aheadOfTime_waitsForIt() {
		run((context) -> {
			Mailer mailer = context.getBean(Mailer.class);
			TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
			CompletableFuture<Boolean> committed = transaction.execute((status) -> {
				CompletableFuture<Boolean> future = mailer.confirm(group(context, "mail"));
				assertThat(group(context, "mail").memberCounts().total()).isZero();
				return future;
			});
			assertThat(committed.join()).isTrue();
			CompletableFuture<Boolean> rolledBack = transaction.execute((status) -> {
				status.setRollbackOnly();
				return mailer.confirm(group(context, "mail"));
			});
			assertThat(TestContexts.failureOf(rolledBack)).isInstanceOf(MemberCancelledException.class);
			context.close();
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void mono_aheadOfTime_isAMember() {
		run((context) -> {
			Mono<Boolean> mono = context.getBean(Mailer.class).one(group(context, "mail"));
			assertThat(mono.block()).isTrue();
			context.close();
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(mono::block);
		});
	}

	@Test
	@CompileWithForkedClassLoader
	void suspendingFunction_aheadOfTime_isAMember() {
		run((context) -> {
			SuspendingMailer mailer = context.getBean(SuspendingMailer.class);
			assertThat(Coroutines.all(mailer)).containsExactly("1", "2", "3");
			context.close();
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> Coroutines.remind(mailer));
		});
	}

	private static CleanupGroup group(GenericApplicationContext context, String name) {
		return context.getBean(CleanupGroups.class).get(name);
	}

	private static AnnotationConfigApplicationContext source() {
		AnnotationConfigApplicationContext source = new AnnotationConfigApplicationContext();
		TestPropertyValues.of(SETTINGS).applyTo(source);
		source.register(Application.class);
		return source;
	}

	/** Processed, compiled, started from what was generated, used and closed. */
	private static void run(Consumer<GenericApplicationContext> use) {
		TestGenerationContext generation = new TestGenerationContext();
		try (AnnotationConfigApplicationContext source = source()) {
			new ApplicationContextAotGenerator().processAheadOfTime(source, generation);
		}
		generation.writeGeneratedContent();
		TestCompiler.forSystem().with(generation).compile((compiled) -> {
			try (GenericApplicationContext context = new GenericApplicationContext()) {
				context.setClassLoader(compiled.getClassLoader());
				TestPropertyValues.of(SETTINGS).applyTo(context);
				initializer(compiled.getInstance(ApplicationContextInitializer.class)).initialize(context);
				context.refresh();
				use.accept(context);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> generated) {
		return (ApplicationContextInitializer<GenericApplicationContext>) generated;
	}

	/** Tells that the close has begun: before any group closes. */
	private record Closing(CompletableFuture<Void> begun) implements ApplicationListener<ContextClosedEvent> {

		@Override
		public void onApplicationEvent(ContextClosedEvent event) {
			this.begun.complete(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ImportAutoConfiguration({ AopAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
			TaskSchedulingAutoConfiguration.class, DataSourceAutoConfiguration.class,
			DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
			CleanupGroupsAutoConfiguration.class, GroupedAsyncAutoConfiguration.class,
			ApplicationExecutorAutoConfiguration.class, SchedulerAutoConfiguration.class })
	static class Application {

		@Bean
		ThreadPoolTaskExecutor legacy() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			return executor;
		}

		@Bean
		Jobs jobs(CleanupGroups groups) {
			return new Jobs(groups.get("jobs"));
		}

		@Bean
		Mailer mailer() {
			return new Mailer();
		}

		@Bean
		SuspendingMailer suspendingMailer() {
			return new SuspendingMailer();
		}

	}

	static class Jobs {

		final CountDownLatch ran = new CountDownLatch(2);

		final AtomicInteger runs = new AtomicInteger();

		private final CleanupGroup group;

		volatile boolean inside;

		Jobs(CleanupGroup group) {
			this.group = group;
		}

		@Scheduled(fixedRate = 2)
		void run() {
			this.inside = this.group.isInside();
			this.runs.incrementAndGet();
			this.ran.countDown();
		}

	}

	static class Mailer {

		@GroupedAsync(group = "mail", afterCommit = true)
		public CompletableFuture<Boolean> confirm(CleanupGroup group) {
			return CompletableFuture.completedFuture(group.isInside());
		}

		@GroupedAsync("mail")
		public Mono<Boolean> one(CleanupGroup group) {
			return Mono.just(group.isInside());
		}

	}

}
