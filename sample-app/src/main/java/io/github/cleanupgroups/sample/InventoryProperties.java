package io.github.cleanupgroups.sample;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the inventory.
 *
 * @param root directory to scan at start
 * @param database directory of the H2 database
 */
@ConfigurationProperties("inventory")
record InventoryProperties(@Nullable String root, @DefaultValue("data") Path database) {

}
