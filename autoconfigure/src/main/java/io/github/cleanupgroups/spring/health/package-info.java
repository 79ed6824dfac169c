/**
 * Health of cleanup groups.
 */
@NullMarked
package io.github.cleanupgroups.spring.health;

import org.jspecify.annotations.NullMarked;
