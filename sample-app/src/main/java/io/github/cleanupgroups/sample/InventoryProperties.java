package io.github.cleanupgroups.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;

/**
 * The settings of the inventory.
 *
 * @param root directory to scan at start
 * @param database directory of the H2 database
 * @param rescanInterval how often to scan the root again; never if it is not given
 * @param watch whether to scan the root again when something in it has changed
 * @param afterScanCommand what to run after each completed scan: a line for the shell, or
 * the words of a command. It finds INVENTORY_SCAN_ID and INVENTORY_SCAN_ROOT in its
 * environment
 * @param afterScanTimeout how long that may take before it is ended
 */
@ConfigurationProperties("inventory")
record InventoryProperties(@Nullable String root, @DefaultValue("data") Path database,
		@Nullable Duration rescanInterval, @DefaultValue("false") boolean watch,
		@DefaultValue @Delimiter(Delimiter.NONE) List<String> afterScanCommand,
		@DefaultValue("10m") Duration afterScanTimeout) {

	/** The root, or null where none is given. */
	@Nullable String givenRoot() {
		return (this.root != null && !this.root.isBlank()) ? this.root : null;
	}

}
