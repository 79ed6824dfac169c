package io.github.cleanupgroups.spring;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.ThreadPool;

/**
 * The cleanup groups of an application: those configured under
 * {@code cleanup-groups.groups}, and those that were opened at run time. Inject it.
 *
 * <p>
 * Groups accept members from the time the registry exists, so also before the application
 * context is started, until the context's shutdown has come to their lifecycle phase;
 * then they refuse and are closed. Where the context is started again, the configured
 * ones accept again.
 *
 * <p>
 * Thread-safe. Not meant to be implemented outside of tests.
 *
 * @since 0.1.0
 */
public interface CleanupGroups {

	/**
	 * A group by its name.
	 * @param name as configured or opened
	 * @return the group
	 * @throws NoSuchGroupException if there is none
	 */
	CleanupGroup get(String name);

	/**
	 * A group by its name, if there is one.
	 * @param name as configured or opened
	 * @return the group, or empty
	 */
	Optional<CleanupGroup> find(String name);

	/**
	 * Which groups there are.
	 * @return an unmodifiable snapshot: configured ones in their order, then opened ones
	 */
	Set<String> names();

	/**
	 * Opens a group that lives shorter than the application. It uses the default pool and
	 * the default way of closing, and is closed with the context at the latest.
	 * {@linkplain CleanupGroup#close() Close} it when it has served: then it leaves the
	 * registry and its name is free again.
	 * @param name not blank, and not taken
	 * @return a new group
	 * @throws IllegalArgumentException if a group of that name is there
	 * @throws IllegalStateException if the application has stopped
	 */
	CleanupGroup open(String name);

	/**
	 * Opens a group below another one, such as one for a tenant or a connection. It uses
	 * the pool of the parent and is closed as the parent is: before it, whenever the
	 * parent is closed, by anybody. Then, or when it is closed by itself, it leaves the
	 * registry and its name is free again.
	 * @param name not blank, and not taken
	 * @param parent a group of this registry, configured or opened
	 * @return a new group without limits
	 * @throws IllegalArgumentException if a group of that name is there, or the parent is
	 * not of this registry
	 * @throws IllegalStateException if the application has stopped, or the parent is
	 * closed or accepts nothing new
	 */
	CleanupGroup open(String name, CleanupGroup parent);

	/**
	 * Does something with the {@link GroupScope scoped} beans of a group, from outside of
	 * its members. They live as those that its members use: until the present members are
	 * closed.
	 * @param <T> what the action gives
	 * @param group name of the group
	 * @param action what to do, on this thread
	 * @return what the action gives
	 * @throws NoSuchGroupException if there is no such group
	 */
	<T extends @Nullable Object> T inScope(String group, Supplier<T> action);

	/**
	 * The environment that makes members of a group, on the group's pool and with its
	 * priority. Always the same one for the same group.
	 * @param group name of the group
	 * @return an environment
	 * @throws NoSuchGroupException if there is no such group
	 */
	CallbackEnvironment environment(String group);

	/**
	 * The beginnings of an environment of one's own: pool, group and priority are set.
	 * @param group name of the group
	 * @return a new builder
	 * @throws NoSuchGroupException if there is no such group
	 */
	CallbackEnvironment.Builder environmentBuilder(String group);

	/**
	 * The pool that a group's callbacks run on.
	 * @param group name of the group
	 * @return the pool
	 * @throws NoSuchGroupException if there is no such group
	 */
	ThreadPool pool(String group);

	/**
	 * All pools.
	 * @return unmodifiable: the default pool, then the others as configured
	 */
	List<ThreadPool> pools();

}
