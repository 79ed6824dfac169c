/**
 * The file inventory: walks directory trees, hashes what it finds and remembers it.
 *
 * <p>
 * Start reading at {@link io.github.cleanupgroups.sample.ScanRunner}, which leads the
 * files of a scan through the cleanup groups {@code read}, {@code hash} and
 * {@code store}.
 */
@NullMarked
package io.github.cleanupgroups.sample;

import org.jspecify.annotations.NullMarked;
