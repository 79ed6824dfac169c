package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.system.JavaVersion;

import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Pool;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * Finds settings that cannot be, before anything is made of them.
 */
final class SettingsCheck {

	private static final Log logger = LogFactory.getLog(SettingsCheck.class);

	private final CleanupGroupsProperties properties;

	private final List<Problem> problems = new ArrayList<>();

	private SettingsCheck(CleanupGroupsProperties properties) {
		this.properties = properties;
	}

	static List<Problem> problems(CleanupGroupsProperties properties) {
		SettingsCheck check = new SettingsCheck(properties);
		check.check();
		return check.problems;
	}

	private void check() {
		names("pools", this.properties.pools().keySet());
		names("groups", this.properties.groups().keySet());
		Shutdown shutdown = this.properties.shutdown();
		notNegative(Keys.ofShutdown("deadline"), shutdown.deadline());
		if (shutdown.logInterval().isZero() || shutdown.logInterval().isNegative()) {
			problem(Keys.ofShutdown("log-interval"), Keys.show(shutdown.logInterval()), "Give a duration above zero.");
		}
		if (shutdown.terminationGracePeriod() != null && shutdown.terminationGracePeriod().isZero()) {
			problem(Keys.ofShutdown("termination-grace-period"), "0s",
					"Give a duration above zero, or remove the key.");
		}
		notNegative(Keys.ofShutdown("termination-grace-period"), shutdown.terminationGracePeriod());
		notNegative(Keys.ofShutdown("pre-stop-delay"), shutdown.preStopDelay());
		notNegative(Keys.of("stuck.after"), this.properties.stuck().after());
		positive(Keys.of("stuck.check-interval"), this.properties.stuck().checkInterval());
		if (Boolean.TRUE.equals(this.properties.propagateContext()) && !TaskDecorators.canPropagate()) {
			this.problems.add(new Problem(
					"The key '" + Keys.of("propagate-context")
							+ "' is true, but nothing knows what a context is made of.",
					"Add the dependency io.micrometer:context-propagation, or remove the key."));
		}
		this.properties.pools().forEach(this::pool);
		this.properties.groups().forEach(this::group);
		adopted();
		groupOf("application-executor", this.properties.applicationExecutor().group());
		groupOf("scheduler", this.properties.scheduler().group());
		List<Problem> orders = ClosingOrderCheck.problems(this.properties);
		this.problems.addAll(orders);
		if (orders.isEmpty()) {
			shares();
		}
	}

	/**
	 * They cannot be kept whatever happens, and somebody relies on each: no warning will
	 * do.
	 */
	private void shares() {
		Duration deadline = this.properties.shutdown().deadline();
		ShutdownBudget.Reserve longest = new ShutdownBudget(this.properties.groups(),
				this.properties.shutdown().phase())
			.longest();
		if (longest.total().compareTo(deadline) <= 0) {
			return;
		}
		String keys = longest.groups()
			.stream()
			.map((name) -> "'" + Keys.ofGroup(name, "min-share") + "' ("
					+ Keys.show(this.properties.groups().getOrDefault(name, Group.DEFAULT).minShareOrNone()) + ")")
			.collect(Collectors.joining(", "));
		this.problems.add(new Problem(
				"The time reserved by " + keys
						+ ((longest.groups().size() > 1)
								? ", which close one after another, is " + Keys.show(longest.total()) + "," : " is")
						+ " above '" + Keys.ofShutdown("deadline") + "' (" + Keys.show(deadline) + ").",
				"Raise '" + Keys.ofShutdown("deadline") + "' to " + Keys.show(longest.total())
						+ " or more, or lower 'min-share' of these groups."));
	}

	private void adopted() {
		Map<String, String> groups = new HashMap<>();
		this.properties.groups().forEach((name, group) -> group.adopt().forEach((bean) -> {
			String other = groups.putIfAbsent(bean, name);
			if (other != null) {
				this.problems.add(new Problem("The key '" + Keys.ofGroup(name, "adopt") + "' names '" + bean
						+ "', which group '" + other + "' adopts already.", "Remove one of the two names."));
			}
		}));
	}

	private void groupOf(String section, @Nullable String group) {
		if (group != null && !this.properties.groups().containsKey(group)) {
			String key = Keys.of(section + ".group");
			this.problems.add(new Problem("The key '" + key + "' names a group '" + group + "' that is not there.",
					Spelling.suggest(group, this.properties.groups().keySet()) + " Or configure the group under '"
							+ Keys.of("groups." + group) + "', or remove '" + key + "'."));
		}
	}

	private void names(String section, Collection<String> names) {
		Map<String, String> seen = new HashMap<>();
		for (String name : names) {
			String letters = GroupNames.camelCase(name).toLowerCase(Locale.ROOT);
			String other = seen.putIfAbsent(letters, name);
			String key = Keys.of(section + "." + name);
			if (letters.isEmpty()) {
				this.problems
					.add(new Problem("The key '" + key + "' names nothing.", "Give a name with a letter or a digit."));
			}
			else if (other != null) {
				this.problems.add(new Problem(
						"The keys '" + Keys.of(section + "." + other) + "' and '" + key
								+ "' differ in punctuation or case only, and would give beans of one name.",
						"Write '" + other + "' in both places, or rename one of them. (In environment variables, "
								+ "dashes cannot be written: use names without.)"));
			}
		}
	}

	private void pool(String name, Pool pool) {
		if (pool.minThreads() < 0) {
			problem(Keys.ofPool(name, "min-threads"), pool.minThreads(), "Give zero or more.");
		}
		positive(Keys.ofPool(name, "max-threads"), pool.maxThreads());
		if (pool.minThreads() > pool.maxThreadsOrDefault() && pool.maxThreadsOrDefault() > 0) {
			this.problems.add(new Problem(
					"The key '" + Keys.ofPool(name, "min-threads") + "' is " + pool.minThreads() + ", and '"
							+ Keys.ofPool(name, "max-threads") + "' is " + pool.maxThreadsOrDefault()
							+ ((pool.maxThreads() == null) ? " by default." : "."),
					"Lower min-threads or raise max-threads of pool '" + name + "'."));
		}
		notNegative(Keys.ofPool(name, "keep-alive"), pool.keepAlive());
		if (Boolean.TRUE.equals(pool.virtual()) && JavaVersion.getJavaVersion().isOlderThan(JavaVersion.TWENTY_ONE)) {
			this.problems.add(new Problem(
					"The key '" + Keys.ofPool(name, "virtual") + "' is true, but Java " + JavaVersion.getJavaVersion()
							+ " has no virtual threads.",
					"Run on Java 21 or later, or remove '" + Keys.ofPool(name, "virtual") + "'."));
		}
	}

	private void group(String name, Group group) {
		if (!group.pool().equals(CleanupGroupsProperties.DEFAULT_POOL)
				&& !this.properties.pools().containsKey(group.pool())) {
			TreeSet<String> known = new TreeSet<>(this.properties.pools().keySet());
			known.add(CleanupGroupsProperties.DEFAULT_POOL);
			this.problems.add(new Problem(
					"The key '" + Keys.ofGroup(name, "pool") + "' names a pool '" + group.pool()
							+ "' that is not there.",
					Spelling.suggest(group.pool(), known) + " Or configure the pool under '"
							+ Keys.of("pools." + group.pool()) + "'."));
		}
		notNegative(Keys.ofGroup(name, "timeout"), group.timeout());
		notNegative(Keys.ofGroup(name, "interrupt-after"), group.interruptAfter());
		notNegative(Keys.ofGroup(name, "dump-after"), group.dumpAfter());
		notNegative(Keys.ofGroup(name, "min-share"), group.minShare());
		notNegative(Keys.ofGroup(name, "stuck-after"), group.stuckAfter());
		positive(Keys.ofGroup(name, "max-concurrency"), group.maxConcurrency());
		positive(Keys.ofGroup(name, "queue-capacity"), group.queueCapacity());
		positive(Keys.ofGroup(name, "weight"), group.weight());
		Duration deadline = this.properties.shutdown().deadline();
		if (group.timeout() != null && group.timeout().compareTo(deadline) > 0) {
			logger.warn("The key '" + Keys.ofGroup(name, "timeout") + "' is " + Keys.show(group.timeout()) + ", above '"
					+ Keys.ofShutdown("deadline") + "' (" + Keys.show(deadline)
					+ "), which wins. Raise the deadline or lower the time-out.");
		}
		if (group.onClose() != CloseMode.AWAIT_THEN_CANCEL) {
			withinTimeout(name, group);
		}
	}

	/** In these modes the close ends with the time-out, whatever time is left. */
	private static void withinTimeout(String name, Group group) {
		Duration timeout = group.timeoutOrDefault();
		String ends = "' is not below '" + Keys.ofGroup(name, "timeout") + "' (" + Keys.show(timeout)
				+ "), with which the close ends: ";
		if (group.interruptAfter() != null && group.interruptAfter().compareTo(timeout) >= 0) {
			logger.warn("The key '" + Keys.ofGroup(name, "interrupt-after") + ends
					+ "nothing would be interrupted. Lower it or raise the time-out.");
		}
		if (group.minShareOrNone().compareTo(timeout) > 0) {
			logger.warn("The key '" + Keys.ofGroup(name, "min-share") + "' is " + Keys.show(group.minShareOrNone())
					+ ", above '" + Keys.ofGroup(name, "timeout") + "' (" + Keys.show(timeout)
					+ "), with which the close ends: the rest is reserved in vain. Lower it or raise the time-out.");
		}
	}

	private void positive(String key, @Nullable Integer value) {
		if (value != null && value < 1) {
			problem(key, value, "Give 1 or more, or remove the key.");
		}
	}

	private void positive(String key, @Nullable Duration value) {
		if (value != null && (value.isZero() || value.isNegative())) {
			problem(key, Keys.show(value), "Give a duration above zero, or remove the key.");
		}
	}

	private void notNegative(String key, @Nullable Duration value) {
		if (value != null && value.isNegative()) {
			problem(key, Keys.show(value), "Give a duration that is not negative.");
		}
	}

	private void problem(String key, Object value, String action) {
		this.problems.add(new Problem("The key '" + key + "' must not be " + value + ".", action));
	}

}
