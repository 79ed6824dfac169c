package io.github.cleanupgroups.spring;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;

/**
 * Follows the groups of an application: beans of this type learn of every group in the
 * {@link CleanupGroups registry} and may listen to it.
 *
 * <p>
 * Observers are looked up once, when all singletons exist, in their
 * {@link org.springframework.core.annotation.Order order}; so they may depend on
 * anything, and are not created early. What has happened in a group before then they do
 * not hear. All methods are called without a lock.
 *
 * <p>
 * Of the listeners that they return, {@link CleanupGroupListener#hearsCallbacks} is asked
 * once, when they join the group: a later change of the answer has no effect.
 *
 * @since 0.1.0
 */
public interface CleanupGroupObserver {

	/**
	 * A group is there. Called once for each: for those that are there already when the
	 * observer joins, for others when they are opened.
	 * @param group the group
	 * @return who hears what happens in it from now on; whether it
	 * {@linkplain CleanupGroupListener#hearsCallbacks() hears of callbacks} it is asked
	 * once, when it joins
	 */
	CleanupGroupListener groupAdded(CleanupGroup group);

	/**
	 * A group is being {@linkplain CleanupGroups#open opened}, after the observer has
	 * joined: it is empty, and its opener does not have it yet. There may be many such
	 * groups. Calls {@link #groupAdded} unless overridden.
	 * @param group the group
	 * @return who hears what happens in it from now on, as above
	 */
	default CleanupGroupListener groupOpened(CleanupGroup group) {
		return groupAdded(group);
	}

	/**
	 * A group that was opened is closed and gone from the registry; its listener has
	 * heard of that close already. Its name is free from now on. Never called for
	 * configured groups.
	 * @param group the group
	 */
	default void groupRemoved(CleanupGroup group) {
	}

}
