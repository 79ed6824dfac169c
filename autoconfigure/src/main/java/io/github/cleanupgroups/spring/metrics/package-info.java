/**
 * Meters of cleanup groups.
 */
@NullMarked
package io.github.cleanupgroups.spring.metrics;

import org.jspecify.annotations.NullMarked;
