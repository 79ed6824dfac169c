package io.github.cleanupgroups.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
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
	 * the pool of the parent and is closed as the parent is: before it and after those
	 * that it closes after, whenever the parent is closed, by anybody. Then, or when it
	 * is closed by itself, it leaves the registry and its name is free again.
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
	 * Callbacks of a group that have been running for longer than is usual for it
	 * ({@code cleanup-groups.stuck.after}, {@code stuck-after} of the group).
	 * @param group name of the group
	 * @return unmodifiable; empty where no limit is configured
	 * @throws NoSuchGroupException if there is no such group
	 */
	List<CallbackSnapshot> stuckCallbacks(String group);

	/**
	 * All pools.
	 * @return unmodifiable: the default pool, then the others as configured
	 */
	List<ThreadPool> pools();

	/**
	 * How a group is closed as configured, but for what is given, with the same steps
	 * ({@code dump-after}, {@code interrupt-after}) as at the end of the application: for
	 * {@link CleanupGroup#closeMembers(CloseOptions)} at run time. Other than at the end
	 * of the application, what runs is waited for
	 * {@code cleanup-groups.shutdown.deadline} at most where the mode is
	 * {@link CloseMode#AWAIT_THEN_CANCEL}, or as long as the time-out where that is
	 * longer.
	 * @param group name of the group
	 * @param mode instead of {@code on-close}; null for that
	 * @param timeout instead of {@code timeout}; null for that
	 * @return options to which more can be added
	 * @throws NoSuchGroupException if there is no such group
	 * @throws IllegalArgumentException if the time-out is negative
	 */
	CloseOptions closeOptions(String group, @Nullable CloseMode mode, @Nullable Duration timeout);

	/**
	 * The groups in the order in which the end of the application closes them: higher
	 * phases first, and each after those that it closes after, and after those that were
	 * opened below it. Whoever looks at the counts of all, one by one, does well to do it
	 * in this order: what one group has handed to a later one is then seen.
	 * @return an unmodifiable snapshot
	 */
	List<CleanupGroup> closingOrder();

	/**
	 * Lets all groups run dry: they {@linkplain CleanupGroup#refuse() refuse} what is new
	 * from outside, and what is queued runs. Returns at once. A group refuses when those
	 * that are closed before it (see {@link #closingOrder()}) refuse and have nothing
	 * queued or running any more, so that these can hand on what they have to the last.
	 * What is paused stays so. A group that is opened from now on refuses too, unless a
	 * member's callback opens it. {@link #resume()} takes it back.
	 */
	void drain();

	/**
	 * Takes back {@link #drain()} and what {@linkplain CleanupGroup#refuse() refuses} or
	 * is {@linkplain CleanupGroup#pause() paused} besides: all groups accept and run.
	 * @throws IllegalStateException if the application is being stopped; nothing is
	 * changed then
	 */
	void resume();

	/**
	 * As {@link #resume()}, for one group.
	 * @param group name of the group
	 * @throws NoSuchGroupException if there is no such group
	 * @throws IllegalStateException if the application is being stopped
	 */
	void resume(String group);

	/**
	 * Whether a group refuses what is new from outside, or will when it is its turn to.
	 * @param group name of the group
	 * @return true from {@link #drain()} or {@link CleanupGroup#refuse()} on, until it is
	 * resumed
	 * @throws NoSuchGroupException if there is no such group
	 */
	boolean isDraining(String group);

	/**
	 * Executors of the application's that are closed with a group, as
	 * {@code cleanup-groups.groups.*.adopt} names them. What is new from outside they
	 * refuse when their group does, and a drain waits for what they have.
	 * @param group name of the group
	 * @return what they have to do at the moment, in no particular order
	 * @throws NoSuchGroupException if there is no such group
	 */
	List<AdoptedExecutorSnapshot> adoptedExecutors(String group);

	/**
	 * Whether no group, nor an executor that it closes, has anything queued or running,
	 * and none is still waiting for its turn to refuse. Once true after a
	 * {@link #drain()}, it stays so until it is taken back, but for timers, waits and
	 * operations that are armed.
	 * @return a look at each group in {@link #closingOrder()}
	 */
	boolean isIdle();

	/**
	 * Reads the settings below {@code cleanup-groups} again and lets those that have
	 * changed since they were last read take effect as far as that is safe while members
	 * run: {@code min-threads} and {@code max-threads} of a pool; {@code on-close},
	 * {@code timeout}, {@code interrupt-after}, {@code closes-after}, {@code min-share},
	 * {@code dump-after}, {@code max-concurrency}, {@code weight} and
	 * {@code queue-capacity} of a group (the last where the group was started with one),
	 * and with them those of the groups that were opened below it; {@code deadline} and
	 * {@code log-interval} of the shutdown. The rest waits for the next start; a warning
	 * in the log says so. What was changed by other means, such as
	 * {@link ThreadPool#resize}, stays where its setting has not changed.
	 * @return what was applied and what was not
	 * @throws IllegalArgumentException if a changed setting cannot be, naming its key and
	 * the way out; nothing is changed then
	 */
	Reconfiguration reconfigure();

	/**
	 * As {@link #reconfigure()}, with settings that go before those of the environment
	 * from now on, until the application ends.
	 * @param changes values by their whole keys, such as
	 * {@code cleanup-groups.groups.mail.max-concurrency}; null takes back what an earlier
	 * call has set
	 * @return what was applied and what was not
	 * @throws IllegalArgumentException if a setting cannot be, or is none below
	 * {@code cleanup-groups}; nothing is changed then
	 */
	Reconfiguration reconfigure(Map<String, ? extends @Nullable Object> changes);

}
