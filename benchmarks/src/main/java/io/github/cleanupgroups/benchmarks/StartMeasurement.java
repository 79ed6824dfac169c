package io.github.cleanupgroups.benchmarks;

import java.lang.management.ManagementFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * <b>Question 13</b>: how much longer does a web application take to start with the
 * starter?
 *
 * <p>
 * Workload: a process of its own, a web application with the actuator, with the starter's
 * jars on the class path or without; prints the nanoseconds from the start of the virtual
 * machine until the application is ready.
 *
 * <p>
 * Command: {@code java -jar benchmarks/target/benchmarks.jar 13}
 */
final class StartMeasurement {

	private StartMeasurement() {
	}

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(Application.class);
		application.addListeners((ApplicationListener<ApplicationReadyEvent>) (event) -> {
			long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
			System.out.println("time=" + millis * 1_000_000);
			System.out.flush();
			Runtime.getRuntime().halt(0);
		});
		application.run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--logging.level.root=error");
	}

	/** A web application and nothing in it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
