/**
 * Lincheck on the structures of the engine. It explores interleavings, but not weak
 * memory: that is what jcstress is for.
 */
@NullMarked
package io.github.cleanupgroups;

import org.jspecify.annotations.NullMarked;
