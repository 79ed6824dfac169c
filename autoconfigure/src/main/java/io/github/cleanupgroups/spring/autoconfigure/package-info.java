/**
 * Auto-configuration of cleanup groups: properties, beans and lifecycle.
 */
@NullMarked
package io.github.cleanupgroups.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
