package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.convert.DurationStyle;

/**
 * Keys, and values as one writes them in a file: for messages that name both.
 */
final class Keys {

	private Keys() {
	}

	/** The whole key of what is below the prefix. */
	static String of(String key) {
		return CleanupGroupsProperties.PREFIX + "." + key;
	}

	static String ofPool(String name, String key) {
		return of("pools." + name + "." + key);
	}

	static String ofGroup(String name, String key) {
		return of("groups." + name + "." + key);
	}

	static String ofShutdown(String key) {
		return of("shutdown." + key);
	}

	static String show(Duration duration) {
		return DurationStyle.SIMPLE.print(duration, (duration.toMillisPart() == 0) ? ChronoUnit.SECONDS : null);
	}

}
