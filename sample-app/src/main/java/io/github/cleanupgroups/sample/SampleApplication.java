package io.github.cleanupgroups.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The file inventory, a service on the cleanup groups starter.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
class SampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
