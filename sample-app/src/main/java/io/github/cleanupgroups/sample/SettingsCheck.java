package io.github.cleanupgroups.sample;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Finds settings that cannot be, before anything begins: a process with a wrong setting
 * does nothing.
 */
final class SettingsCheck {

	private static final Pattern PATH_SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

	private final InventoryProperties properties;

	private SettingsCheck(InventoryProperties properties) {
		this.properties = properties;
	}

	/**
	 * Checks them.
	 * @throws InvalidConfigurationPropertyValueException naming the key and the way out
	 */
	static void run(InventoryProperties properties) {
		SettingsCheck check = new SettingsCheck(properties);
		check.root();
		check.rescans();
		check.afterScan();
	}

	private void root() {
		String root = this.properties.givenRoot();
		try {
			if (root != null) {
				ScanRoot.of(root);
			}
		}
		catch (UnreadableRootException ex) {
			throw refusal("root", root, ex.getMessage() + " Name another one, or none to scan nothing at start.");
		}
	}

	private void rescans() {
		Duration interval = this.properties.rescanInterval();
		if (interval != null) {
			requirePositive("rescan-interval", interval, "or none to scan once");
		}
		String without = "It is inventory.root that is scanned again, and none is given: name one, or leave this out.";
		if (interval != null && this.properties.givenRoot() == null) {
			throw refusal("rescan-interval", interval, without);
		}
		if (this.properties.watch() && this.properties.givenRoot() == null) {
			throw refusal("watch", true, without);
		}
	}

	private void afterScan() {
		requirePositive("after-scan-timeout", this.properties.afterScanTimeout(), "or none for ten minutes");
		List<String> words = this.properties.afterScanCommand();
		if (words.size() > 1 && !isProgram(words.get(0))) {
			throw refusal("after-scan-command[0]", words.get(0),
					"There is no such program. Name one on the PATH or with its directory.");
		}
	}

	private static void requirePositive(String key, Duration value, String orNone) {
		if (value.isNegative() || value.isZero()) {
			throw refusal(key, value, "It has to be more than nothing. Give a duration such as 10m, " + orNone + ".");
		}
	}

	private static boolean isProgram(String word) {
		if (word.indexOf('/') >= 0) {
			return isExecutable(Path.of(word));
		}
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
		return !word.isBlank() && Stream.of(PATH_SEPARATOR.split(path))
			.anyMatch((directory) -> isExecutable(Path.of(directory, word)));
	}

	private static boolean isExecutable(Path file) {
		return Files.isRegularFile(file) && Files.isExecutable(file);
	}

	/** That a key has a value that cannot be. */
	static InvalidConfigurationPropertyValueException refusal(String key, @Nullable Object value, String reason) {
		return new InvalidConfigurationPropertyValueException("inventory." + key, value, reason);
	}

}
