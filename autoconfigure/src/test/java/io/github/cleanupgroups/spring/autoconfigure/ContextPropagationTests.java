package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a thread carries goes with what it submits to a group: the logging context, the
 * security context, whatever there is an accessor or a task decorator for.
 */
@Timeout(120)
class ContextPropagationTests {

	private static final String EVERYTHING = "trace alice acme";

	private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();

	/** How often a thread was given a tenant. */
	private static final AtomicInteger carried = new AtomicInteger();

	private final ApplicationContextRunner runner = GroupedContexts.runnerWithOneThread()
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
		.withUserConfiguration(Mailing.class);

	private final ApplicationContextRunner propagating = this.runner
		.withPropertyValues("spring.task.execution.propagate-context=true");

	@BeforeEach
	void setContext() {
		ContextRegistry.getInstance()
			.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
			.registerThreadLocalAccessor(new TenantAccessor());
		MDC.put("trace", "trace");
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("alice", "secret"));
		TENANT.set("acme");
		carried.set(0);
	}

	@AfterEach
	void clearContext() {
		MDC.clear();
		SecurityContextHolder.clearContext();
		TENANT.remove();
		ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
		ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
	}

	static String context() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		return MDC.get("trace") + " " + ((authentication != null) ? authentication.getName() : null) + " "
				+ TENANT.get();
	}

	private static CallbackEnvironment mail(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).environment("mail");
	}

	@Test
	void context_whereSpringBootPropagatesIt_goesWithEveryWayIntoAGroupOnce() {
		this.propagating.run((context) -> {
			Mail mail = context.getBean(Mail.class);
			assertThat(mail.grouped().join()).isEqualTo(EVERYTHING);
			assertThat(carried).hasValue(1);
			assertThat(mail.async().join()).isEqualTo(EVERYTHING);
			assertThat(carried).hasValue(2);
			assertThat(mail(context).submit(ContextPropagationTests::context).join()).isEqualTo(EVERYTHING);
			assertThat(carried).hasValue(3);
		});
	}

	@Test
	void context_ofTheThreadThatForks_isThereInAThreadOfTheGroup() {
		this.propagating.run((context) -> {
			CompletableFuture<String> seen = new CompletableFuture<>();
			Thread fork = mail(context).asThreadFactory().newThread(() -> seen.complete(context()));
			clearContextOfThisThread();
			fork.start();
			assertThat(seen.join()).isEqualTo(EVERYTHING);
			fork.join();
			assertThat(carried).hasValue(1);
		});
	}

	@Test
	void context_afterTheCallback_isClearedFromTheThread() {
		this.propagating.run((context) -> {
			assertThat(context.getBean(Mail.class).grouped().join()).isEqualTo(EVERYTHING);
			CallbackEnvironment samePool = CallbackEnvironment.builder()
				.pool(context.getBean(CleanupGroups.class).pool("mail"))
				.build();
			assertThat(samePool.submit(ContextPropagationTests::context).join()).isEqualTo("null null null");
		});
	}

	@Test
	void context_ofWhatACloseCancels_isThereForTheOwnerAndForTheFuturesDependents() {
		this.propagating.run((context) -> {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			assertThat(groups.environment("mail").trySubmit((instance) -> {
				running.countDown();
				end.await();
			})).isTrue();
			GroupedContexts.await(running);
			Queue<String> heard = new ConcurrentLinkedQueue<>();
			CallbackEnvironment owned = groups.environmentBuilder("dropped")
				.onCancel((cancellation) -> heard.add("owner " + context()))
				.build();
			CompletableFuture<Void> dependent = owned.submit(() -> "never").handle((value, failure) -> {
				heard.add("dependent " + context());
				return null;
			});
			CompletableFuture<Void> grouped = context.getBean(Mail.class).dropped().handle((value, failure) -> {
				heard.add("grouped " + context());
				return null;
			});
			clearContextOfThisThread();
			groups.get("dropped").closeMembers(CloseOptions.cancelPending());
			assertThat(dependent).isDone();
			assertThat(grouped).isDone();
			assertThat(heard).containsExactlyInAnyOrder("owner " + EVERYTHING, "dependent " + EVERYTHING,
					"grouped " + EVERYTHING);
			end.countDown();
		});
	}

	private static void clearContextOfThisThread() {
		MDC.clear();
		SecurityContextHolder.clearContext();
		TENANT.remove();
	}

	@Test
	void context_askedForByOurKeyToo_isStillCarriedOnce() {
		this.propagating.withPropertyValues("cleanup-groups.propagate-context=true")
			.withBean("another", ContextPropagatingTaskDecorator.class)
			.run((context) -> {
				assertThat(context.getBean(Mail.class).grouped().join()).isEqualTo(EVERYTHING);
				assertThat(carried).hasValue(1);
			});
	}

	@Test
	void context_askedForByOurKeyAlone_isCarried() {
		this.runner.withPropertyValues("cleanup-groups.propagate-context=true")
			.run((context) -> assertThat(context.getBean(Mail.class).grouped().join()).isEqualTo(EVERYTHING));
	}

	@Test
	void context_declinedByOurKey_staysWhereItIs() {
		this.propagating.withPropertyValues("cleanup-groups.propagate-context=false")
			.run((context) -> assertThat(context.getBean(Mail.class).grouped().join()).isEqualTo("null null null"));
	}

	@Test
	void context_withoutTheLibrary_failsTheStartWhereAskedFor() {
		this.runner.withPropertyValues("cleanup-groups.propagate-context=true")
			.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("cleanup-groups.propagate-context"));
	}

	@Test
	void context_wherePropagationIsNotAskedFor_costsNothing() {
		this.runner.run((context) -> {
			assertThat(context.getBean(Mail.class).grouped().join()).isEqualTo("null null null");
			assertThat(carried).hasValue(0);
			assertThat(mail(context).submit(() -> new Throwable().getStackTrace()).join())
				.extracting(StackTraceElement::getClassName)
				.noneMatch((name) -> name.contains("Decorat"));
		});
	}

	@Test
	void taskDecorators_ofTheApplication_applyOnceToEachTaskInTheirOrder() {
		Queue<String> heard = new ConcurrentLinkedQueue<>();
		this.runner.withBean("first", TaskDecorator.class, () -> hearing("first", heard))
			.withBean("second", TaskDecorator.class, () -> hearing("second", heard))
			.run((context) -> {
				context.getBean(Mail.class).grouped().join();
				// As with an executor of Spring Boot: the last one is outermost.
				assertThat(heard).containsExactly("first decorates", "second decorates", "second runs", "first runs");
				heard.clear();
				context.getBean(Mail.class).async().join();
				assertThat(heard).containsExactly("first decorates", "second decorates", "second runs", "first runs");
			});
	}

	private static TaskDecorator hearing(String name, Queue<String> heard) {
		return (task) -> {
			heard.add(name + " decorates");
			return () -> {
				heard.add(name + " runs");
				task.run();
			};
		};
	}

	@Test
	void taskDecorator_thatRunsTheTaskElsewhere_failsItInsteadOfLosingIt() {
		this.runner.withBean(TaskDecorator.class, () -> (task) -> () -> CompletableFuture.runAsync(task).join())
			.run((context) -> assertThat(TestContexts.failureOf(context.getBean(Mail.class).grouped()))
				.hasStackTraceContaining("on another thread"));
	}

	@Test
	void context_ofAMemberOfAnOpenedGroup_isCarriedToo() {
		this.propagating.run((context) -> {
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			groups.open("upload");
			assertThat(groups.environment("upload").submit(ContextPropagationTests::context).join())
				.isEqualTo(EVERYTHING);
		});
	}

	/** Something that only this application has. */
	private static final class TenantAccessor implements ThreadLocalAccessor<String> {

		@Override
		public Object key() {
			return "tenant";
		}

		@Override
		public @Nullable String getValue() {
			return TENANT.get();
		}

		@Override
		public void setValue(String value) {
			carried.incrementAndGet();
			TENANT.set(value);
		}

		@Override
		public void setValue() {
			TENANT.remove();
		}

		@Override
		public void restore(String previousValue) {
			TENANT.set(previousValue);
		}

	}

	static class Mail {

		@GroupedAsync("mail")
		CompletableFuture<String> grouped() {
			return CompletableFuture.completedFuture(context());
		}

		@GroupedAsync("dropped")
		CompletableFuture<String> dropped() {
			return CompletableFuture.completedFuture(context());
		}

		@Async("mail")
		CompletableFuture<String> async() {
			return CompletableFuture.completedFuture(context());
		}

	}

	@EnableAsync
	@Configuration(proxyBeanMethods = false)
	static class Mailing {

		@Bean
		Mail mail() {
			return new Mail();
		}

	}

}
