/**
 * The actuator endpoint of cleanup groups.
 */
@NullMarked
package io.github.cleanupgroups.spring.actuate;

import org.jspecify.annotations.NullMarked;
