package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A process of its own for {@link ProcessEndTests}: what happens in a shutdown hook can
 * be seen there only.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(CleanupGroupsAutoConfiguration.class)
class EndingApplication {

	public static void main(String[] scenario) throws InterruptedException {
		CountDownLatch ready = new CountDownLatch(2);
		ConfigurableApplicationContext first = run();
		ConfigurableApplicationContext second = run();
		finishWhenClosing(first, "first", ready);
		finishWhenClosing(second, "second", ready);
		ready.await();
		System.out.println("ready");
		if (scenario[0].equals("exit")) {
			first.getBean(CleanupGroups.class).environment("mail").trySubmit((instance) -> System.exit(7));
		}
	}

	private static ConfigurableApplicationContext run() {
		SpringApplication application = new SpringApplication(EndingApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run("--cleanup-groups.groups.mail.on-close=await", "--cleanup-groups.groups.mail.timeout=1h",
				"--cleanup-groups.groups.audit.on-close=await", "--cleanup-groups.groups.audit.closes-after=mail",
				"--cleanup-groups.shutdown.deadline=1h");
	}

	private static void finishWhenClosing(ConfigurableApplicationContext context, String name, CountDownLatch ready) {
		CleanupGroup audit = context.getBean(CleanupGroups.class).get("audit");
		context.getBean(CleanupGroups.class).environment("audit").trySubmit((instance) -> {
			ready.countDown();
			while (!audit.isClosing()) {
				Thread.onSpinWait();
			}
			System.out.println(name + " finished");
		});
	}

}
