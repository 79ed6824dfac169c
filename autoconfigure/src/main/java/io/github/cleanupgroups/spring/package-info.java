/**
 * Cleanup groups in a Spring application: the registry of its groups, what it publishes,
 * and the annotation that makes a method's calls members.
 */
@NullMarked
package io.github.cleanupgroups.spring;

import org.jspecify.annotations.NullMarked;
