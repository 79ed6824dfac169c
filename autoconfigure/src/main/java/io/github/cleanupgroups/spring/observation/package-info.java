/**
 * Observations of cleanup groups' callbacks.
 */
@NullMarked
package io.github.cleanupgroups.spring.observation;

import org.jspecify.annotations.NullMarked;
