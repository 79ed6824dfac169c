package io.github.cleanupgroups.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Settings that cannot be, and how they are written.
 */
@Timeout(60)
class SettingsCheckTests {

	@TempDir
	private Path root;

	@Test
	void setting_thatCannotBe_isRefusedByItsKeyWithTheWayOut() {
		assertRefused("inventory.rescan-interval", "inventory.root", properties(null, Duration.ofMinutes(1), false));
		assertRefused("inventory.rescan-interval", "10m", properties(this.root, Duration.ZERO, false));
		assertRefused("inventory.rescan-interval", "10m", properties(this.root, Duration.ofSeconds(-1), false));
		assertRefused("inventory.watch", "inventory.root", properties(null, null, true));
		assertRefused("inventory.root", "no such file or directory", properties(this.root.resolve("no"), null, true));
		assertRefused("inventory.after-scan-timeout", "ten minutes",
				bound(Map.of("inventory.after-scan-timeout", "0s")));
		for (String program : List.of("no-such-program", "/no/such/program", "/", "")) {
			assertRefused("inventory.after-scan-command[0]", "no such program", bound(
					Map.of("inventory.after-scan-command[0]", program, "inventory.after-scan-command[1]", "argument")));
		}
	}

	@Test
	void settings_thatCanBe_pass() {
		SettingsCheck.run(properties(null, null, false));
		SettingsCheck.run(properties(this.root, Duration.ofMillis(1), true));
		SettingsCheck.run(bound(
				Map.of("inventory.after-scan-command[0]", "echo", "inventory.after-scan-command[1]", "argument")));
		SettingsCheck.run(bound(
				Map.of("inventory.after-scan-command[0]", "/bin/sh", "inventory.after-scan-command[1]", "argument")));
		SettingsCheck.run(bound(Map.of("inventory.after-scan-command", "no-such-program that the shell will tell of")));
	}

	@Test
	void command_withCommas_isOneLineForTheShell() {
		assertThat(bound(Map.of("inventory.after-scan-command", "echo a, b,c")).afterScanCommand())
			.containsExactly("echo a, b,c");
		assertThat(bound(Map.of()).afterScanCommand()).isEmpty();
	}

	private static void assertRefused(String key, String wayOut, InventoryProperties properties) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> SettingsCheck.run(properties))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo(key);
				assertThat(ex.getReason()).contains(wayOut);
			});
	}

	private static InventoryProperties properties(@Nullable Path root, @Nullable Duration rescanInterval,
			boolean watch) {
		return new InventoryProperties((root != null) ? root.toString() : null, Path.of("data"), rescanInterval, watch,
				List.of(), Duration.ofMinutes(10));
	}

	private static InventoryProperties bound(Map<String, String> settings) {
		return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate("inventory",
				Bindable.of(InventoryProperties.class));
	}

}
