package io.github.cleanupgroups.spring.application;

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A process with a web server and the shutdown endpoint, for tests of how it ends.
 */
@EnableAutoConfiguration
public class EndingWebApplication {

	public static void main(String[] arguments) throws InterruptedException {
		ConfigurableApplicationContext context = new SpringApplication(EndingWebApplication.class).run(
				"--server.port=0", "--server.address=127.0.0.1", "--management.endpoint.shutdown.access=unrestricted",
				"--management.endpoints.web.exposure.include=shutdown", "--cleanup-groups.groups.mail.on-close=await",
				"--cleanup-groups.groups.mail.timeout=1h", "--cleanup-groups.shutdown.deadline=1h");
		CountDownLatch ready = new CountDownLatch(1);
		context.getBean(CleanupGroups.class).environment("mail").trySubmit((instance) -> {
			ready.countDown();
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			System.out.println("web finished");
		});
		ready.await();
		System.out.println("port=" + context.getEnvironment().getRequiredProperty("local.server.port"));
	}

}
