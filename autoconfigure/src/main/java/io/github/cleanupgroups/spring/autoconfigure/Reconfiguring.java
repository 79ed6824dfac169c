package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

import io.github.cleanupgroups.ThreadPool;
import io.github.cleanupgroups.spring.Reconfiguration;
import io.github.cleanupgroups.spring.Reconfiguration.Change;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Pool;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * Lets changed settings take effect while the application runs: reads all, compares them
 * with what was read last, checks what would come of it, and only then touches anything.
 */
final class Reconfiguring {

	private static final Log logger = LogFactory.getLog(Reconfiguring.class);

	private static final Set<String> SAFE_FOR_POOLS = Set.of("min-threads", "max-threads");

	private static final Set<String> SAFE_FOR_GROUPS = Set.of("on-close", "timeout", "interrupt-after", "closes-after",
			"max-concurrency", "weight", "min-share", "dump-after");

	private static final String QUEUE_CAPACITY = "queue-capacity";

	private static final Set<String> SAFE_FOR_SHUTDOWN = Set.of("deadline", "log-interval");

	private final GroupRegistry registry;

	private final Environment environment;

	private final Object lock = new Object();

	/** Settings that go before the environment's. */
	@GuardedBy("lock")
	private Map<String, Object> overriding = Map.of();

	/** As read last. */
	@GuardedBy("lock")
	private CleanupGroupsProperties read;

	/** What is in force: what waits for a new start is not. */
	@GuardedBy("lock")
	private CleanupGroupsProperties inForce;

	Reconfiguring(GroupRegistry registry, Environment environment, CleanupGroupsProperties started) {
		this.registry = registry;
		this.environment = environment;
		this.read = started;
		this.inForce = started;
	}

	Reconfiguration reconfigure(Map<String, ? extends @Nullable Object> changes) {
		synchronized (this.lock) {
			Map<String, Object> overrides = new LinkedHashMap<>(this.overriding);
			changes.forEach((key, value) -> {
				requireOurs(key);
				if (value != null) {
					overrides.put(key, value);
				}
				else {
					overrides.remove(key);
				}
			});
			CleanupGroupsProperties wanted = wanted(overrides);
			Reconfiguration result = apply(wanted);
			this.overriding = overrides;
			this.read = wanted;
			tell(result);
			return result;
		}
	}

	private static void requireOurs(String key) {
		if (!ConfigurationPropertyName.isValid(key) || !ConfigurationPropertyName.of(CleanupGroupsProperties.PREFIX)
			.isAncestorOf(ConfigurationPropertyName.of(key))) {
			throw new IllegalArgumentException("The key '" + key + "' is none below '" + CleanupGroupsProperties.PREFIX
					+ "'. Give whole keys, in lower case and with dashes, such as '" + Keys.ofGroup("<name>", "weight")
					+ "'.");
		}
	}

	/** Checked, as at the start. */
	private CleanupGroupsProperties wanted(Map<String, Object> overrides) {
		OverriddenEnvironment overridden = new OverriddenEnvironment(this.environment, overrides);
		refuse(KeyCheck.problems(overridden));
		CleanupGroupsProperties wanted;
		try {
			wanted = Binder.get(overridden).bindOrCreate(CleanupGroupsProperties.PREFIX, CleanupGroupsProperties.class);
		}
		catch (BindException ex) {
			throw new IllegalArgumentException("The key '" + keyOf(ex) + "' cannot be: " + rootMessage(ex), ex);
		}
		refuse(SettingsCheck.problems(wanted));
		return wanted;
	}

	private static String keyOf(BindException ex) {
		return (ex.getProperty() != null) ? ex.getProperty().getName().toString() : ex.getName().toString();
	}

	private static @Nullable String rootMessage(Throwable ex) {
		Throwable cause = ex;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause.getMessage();
	}

	private static void refuse(List<Problem> problems) {
		if (!problems.isEmpty()) {
			throw new CleanupGroupsConfigurationException(problems);
		}
	}

	/** Nothing throws once something is changed. */
	@GuardedBy("lock")
	private Reconfiguration apply(CleanupGroupsProperties wanted) {
		SettingsDiff diff = new SettingsDiff();
		Map<String, Pool> pools = pools(wanted, diff);
		Map<String, Group> groups = groups(wanted, diff);
		Shutdown shutdown = diff.merge(Keys.ofShutdown(""), this.inForce.shutdown(), this.read.shutdown(),
				wanted.shutdown(), SAFE_FOR_SHUTDOWN);
		atStartOnly(wanted, diff);
		CleanupGroupsProperties merged = this.inForce.with(pools, groups, shutdown);
		if (!merged.equals(wanted)) {
			refuse(SettingsCheck.problems(merged));
		}
		List<Runnable> steps = new ArrayList<>();
		Set<String> sized = new LinkedHashSet<>(pools.keySet());
		sized.add(CleanupGroupsProperties.DEFAULT_POOL);
		sized.forEach((name) -> resize(name, this.read.pool(name), wanted.pool(name), steps));
		groups.forEach((name, settings) -> limit(name, settings, diff, steps));
		steps.forEach(Runnable::run);
		this.registry.shutdownSettings().change(shutdown);
		this.inForce = merged;
		return diff.result();
	}

	/** Whole sections that beans are made from. */
	@GuardedBy("lock")
	private void atStartOnly(CleanupGroupsProperties wanted, SettingsDiff diff) {
		CleanupGroupsProperties now = this.inForce;
		CleanupGroupsProperties before = this.read;
		diff.afterRestart(Keys.of("propagate-context"), now.propagateContext(), before.propagateContext(),
				wanted.propagateContext());
		diff.merge(Keys.of("observations."), now.observations(), before.observations(), wanted.observations(),
				Set.of());
		diff.merge(Keys.of("stuck."), now.stuck(), before.stuck(), wanted.stuck(), Set.of());
		diff.merge(Keys.of("application-executor."), now.applicationExecutor(), before.applicationExecutor(),
				wanted.applicationExecutor(), Set.of());
		diff.merge(Keys.of("scheduler."), now.scheduler(), before.scheduler(), wanted.scheduler(), Set.of());
	}

	@GuardedBy("lock")
	private Map<String, Pool> pools(CleanupGroupsProperties wanted, SettingsDiff diff) {
		Map<String, Pool> merged = new LinkedHashMap<>();
		diff.namesThatComeOrGo(Keys.of("pools."), this.inForce.pools().keySet(), this.read.pools().keySet(),
				wanted.pools().keySet(), CleanupGroupsProperties.DEFAULT_POOL);
		Set<String> names = new LinkedHashSet<>(this.inForce.pools().keySet());
		if (wanted.pools().containsKey(CleanupGroupsProperties.DEFAULT_POOL)) {
			// It is always there, with settings or without.
			names.add(CleanupGroupsProperties.DEFAULT_POOL);
		}
		for (String name : names) {
			Pool now = this.inForce.pool(name);
			boolean stays = wanted.pools().containsKey(name) || name.equals(CleanupGroupsProperties.DEFAULT_POOL);
			merged.put(name, stays
					? diff.merge(Keys.ofPool(name, ""), now, this.read.pool(name), wanted.pool(name), SAFE_FOR_POOLS)
					: now);
		}
		return merged;
	}

	@GuardedBy("lock")
	private Map<String, Group> groups(CleanupGroupsProperties wanted, SettingsDiff diff) {
		Map<String, Group> merged = new LinkedHashMap<>();
		diff.namesThatComeOrGo(Keys.of("groups."), this.inForce.groups().keySet(), this.read.groups().keySet(),
				wanted.groups().keySet(), null);
		this.inForce.groups().forEach((name, now) -> {
			Group changed = wanted.groups().get(name);
			Set<String> safe = new LinkedHashSet<>(SAFE_FOR_GROUPS);
			if (now.queueCapacity() != null) {
				safe.add(QUEUE_CAPACITY);
			}
			merged.put(name, (changed != null)
					? diff.merge(Keys.ofGroup(name, ""), now, this.read.groups().getOrDefault(name, now), changed, safe)
					: now);
		});
		return merged;
	}

	/** What its setting has not changed stays as it is, whoever has set it. */
	private void resize(String name, Pool before, Pool after, List<Runnable> steps) {
		boolean newMinimum = before.minThreads() != after.minThreads();
		boolean newMaximum = !Objects.equals(before.maxThreads(), after.maxThreads());
		if (!newMinimum && !newMaximum) {
			return;
		}
		ThreadPool pool = this.registry.configuredPool(name);
		int minimum = newMinimum ? after.minThreads() : pool.stats().minThreads();
		int maximum = newMaximum ? after.maxThreadsOrDefault() : pool.stats().maxThreads();
		if (minimum > maximum) {
			String key = Keys.ofPool(name, newMinimum ? "min-threads" : "max-threads");
			throw new IllegalArgumentException("The key '" + key + "' would make the minimum of pool '" + name + "' "
					+ minimum + " and its maximum " + maximum
					+ ": the other of the two was changed by other means. Change both.");
		}
		steps.add(() -> pool.resize(minimum, maximum));
	}

	@GuardedBy("lock")
	private void limit(String name, Group settings, SettingsDiff diff, List<Runnable> steps) {
		RegisteredGroup registered = this.registry.directory().get(name);
		steps.add(() -> registered.settings(settings));
		onChange(diff, name, "max-concurrency", settings.maxConcurrency(), registered.group()::maxConcurrency, steps);
		onChange(diff, name, QUEUE_CAPACITY, settings.queueCapacity(), registered.group()::queueCapacity, steps);
		onChange(diff, name, "weight", settings.weight(), registered.group()::weight, steps);
	}

	private static void onChange(SettingsDiff diff, String group, String key, @Nullable Integer value,
			Consumer<Integer> setter, List<Runnable> steps) {
		if (diff.isApplied(Keys.ofGroup(group, key))) {
			steps.add(() -> setter.accept((value != null) ? value : Integer.MAX_VALUE));
		}
	}

	private static void tell(Reconfiguration result) {
		for (Change each : result.applied()) {
			logger.info("Changed " + each);
		}
		for (Change each : result.afterRestart()) {
			logger.warn("Changed " + each + ", which takes a restart of the application to take effect");
		}
	}

}
