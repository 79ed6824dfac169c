package io.github.cleanupgroups.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application in the process of the tests, at a port that is free.
 */
final class SampleContext {

	private SampleContext() {
	}

	/**
	 * Starts it.
	 * @param directory where it keeps its database
	 */
	static ConfigurableApplicationContext start(Path directory, String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--server.port=0");
		all.add("--inventory.database=" + directory.resolve("database"));
		return SpringApplication.run(SampleApplication.class, all.toArray(new String[0]));
	}

	static InventoryClient client(ConfigurableApplicationContext context) {
		return new InventoryClient(((WebServerApplicationContext) context).getWebServer().getPort());
	}

}
