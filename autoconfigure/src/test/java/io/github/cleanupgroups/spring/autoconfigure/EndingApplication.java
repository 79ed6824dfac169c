package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A process of its own for {@link ProcessEndTests}: what happens in a shutdown hook can
 * be seen there only.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(CleanupGroupsAutoConfiguration.class)
class EndingApplication {

	public static void main(String[] scenario) throws InterruptedException {
		switch (scenario[0]) {
			case "term", "exit" -> twoContexts(scenario[0].equals("exit"));
			case "twice" -> twice();
			case "full" -> full();
			case "spring-exit" -> springExit();
			case "adopted" -> adopted();
			default -> throw new IllegalArgumentException(scenario[0]);
		}
	}

	private static void twoContexts(boolean exits) throws InterruptedException {
		CountDownLatch ready = new CountDownLatch(2);
		ConfigurableApplicationContext first = run();
		ConfigurableApplicationContext second = run();
		finishWhenClosing(first, "first", ready);
		finishWhenClosing(second, "second", ready);
		ready.await();
		System.out.println("ready");
		if (exits) {
			first.getBean(CleanupGroups.class).environment("mail").trySubmit((instance) -> System.exit(7));
		}
	}

	/** A member ends once two signals have arrived. */
	private static void twice() throws InterruptedException {
		CountDownLatch ready = new CountDownLatch(1);
		ConfigurableApplicationContext context = run();
		context.getBean(CleanupGroups.class).environment("audit").trySubmit((instance) -> {
			ready.countDown();
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			System.out.println("hears of the first signal");
			while (signals() < 2) {
				Thread.onSpinWait();
			}
			System.out.println("first finished");
		});
		ready.await();
		System.out.println("ready");
	}

	/** Each signal has a thread, which ends with the process. */
	private static long signals() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("SIGTERM handler"))
			.count();
	}

	/**
	 * The member that exits has the only thread; others wait for it and for their turn.
	 */
	private static void full() {
		ConfigurableApplicationContext context = run("--cleanup-groups.pools.default.max-threads=1",
				"--cleanup-groups.groups.limited.max-concurrency=1", "--cleanup-groups.groups.limited.pool=other",
				"--cleanup-groups.groups.limited.on-close=await", "--cleanup-groups.groups.limited.timeout=1h",
				"--cleanup-groups.pools.other.max-threads=2");
		CleanupGroups groups = context.getBean(CleanupGroups.class);
		CountDownLatch all = new CountDownLatch(1);
		for (String group : new String[] { "mail", "limited" }) {
			groups.environment(group).trySubmit((instance) -> {
				all.await();
				System.exit(9);
			});
		}
		for (String group : new String[] { "mail", "limited", "audit" }) {
			CompletableFuture<Integer> unused = groups.environment(group)
				.submit(() -> 1)
				.whenComplete((value, failure) -> System.out.println(group + " queued: " + failure));
		}
		System.out.println("ready");
		all.countDown();
	}

	/** What Spring Boot's documentation has one do. */
	private static void springExit() {
		ConfigurableApplicationContext context = run();
		context.getBean(CleanupGroups.class)
			.environment("mail")
			.trySubmit((instance) -> System.exit(SpringApplication.exit(context, () -> 5)));
	}

	/**
	 * A task of an adopted executor exits, and has the executor's only thread. Spring
	 * gives the executor an hour, too.
	 */
	private static void adopted() {
		ConfigurableApplicationContext context = run("--cleanup-groups.groups.mail.adopt=legacy");
		ThreadPoolTaskExecutor legacy = context.getBean(ThreadPoolTaskExecutor.class);
		CountDownLatch all = new CountDownLatch(1);
		Future<?> unusedExit = legacy.submit(() -> {
			all.await();
			System.exit(11);
			return null;
		});
		CompletableFuture<Integer> unused = legacy.submitCompletable(() -> 1)
			.whenComplete((value, failure) -> System.out.println("legacy queued: " + failure));
		finishWhenClosing(context, "mail", "member", new CountDownLatch(1));
		all.countDown();
	}

	@Bean
	ThreadPoolTaskExecutor legacy() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(1);
		return executor;
	}

	private static ConfigurableApplicationContext run(String... further) {
		SpringApplication application = new SpringApplication(EndingApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		Stream<String> always = Stream.of("--cleanup-groups.groups.mail.on-close=await",
				"--cleanup-groups.groups.mail.timeout=1h", "--cleanup-groups.groups.audit.on-close=await",
				"--cleanup-groups.groups.audit.timeout=1h", "--cleanup-groups.groups.audit.closes-after=mail",
				"--cleanup-groups.shutdown.deadline=1h", "--spring.lifecycle.timeout-per-shutdown-phase=1h");
		return application.run(Stream.concat(always, Stream.of(further)).toArray(String[]::new));
	}

	private static void finishWhenClosing(ConfigurableApplicationContext context, String name, CountDownLatch ready) {
		finishWhenClosing(context, "audit", name, ready);
	}

	private static void finishWhenClosing(ConfigurableApplicationContext context, String group, String name,
			CountDownLatch ready) {
		context.getBean(CleanupGroups.class).environment(group).trySubmit((instance) -> {
			ready.countDown();
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			System.out.println(name + " finished");
		});
	}

}
