/**
 * One nested class a promise of docs/design/synchronization.md. An outcome that is not
 * listed is forbidden.
 */
@NullMarked
package io.github.cleanupgroups;

import org.jspecify.annotations.NullMarked;
