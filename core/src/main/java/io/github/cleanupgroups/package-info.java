/**
 * Thread pools whose callbacks belong to cleanup groups.
 *
 * <p>
 * Start with a {@link io.github.cleanupgroups.ThreadPool} and a
 * {@link io.github.cleanupgroups.CleanupGroup}, bind both in a
 * {@link io.github.cleanupgroups.CallbackEnvironment}, and create members from it. One
 * call,
 * {@link io.github.cleanupgroups.CleanupGroup#close(io.github.cleanupgroups.CloseOptions)},
 * ends them all and reports what happened to each.
 *
 * <p>
 * Whoever opens the engine begins with {@code GroupCloser} (one per close call) and with
 * {@code Dispatcher} (one per pool: queues, workers, the lock); how the two meet is told
 * in {@code docs/design/synchronization.md}.
 */
@NullMarked
package io.github.cleanupgroups;

import org.jspecify.annotations.NullMarked;
