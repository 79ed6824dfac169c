package io.github.cleanupgroups.spring;

/**
 * An executor of the application's that is closed with a group, as it was at a moment.
 * Only what goes through its bean counts.
 *
 * @param name name of the bean
 * @param queued tasks that have not begun; of scheduled tasks, none
 * @param running tasks that have begun and not ended
 * @since 0.1.0
 * @see CleanupGroups#adoptedExecutors(String)
 */
public record AdoptedExecutorSnapshot(String name, int queued, int running) {
}
