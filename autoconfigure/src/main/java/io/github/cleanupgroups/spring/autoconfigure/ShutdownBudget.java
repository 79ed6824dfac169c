package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * How the one deadline is shared: what a group must leave to those that are closed after
 * it. That is the longest sum of their {@code min-share}s along the order of
 * {@code closes-after} and of the phases. Groups side by side share the same time.
 */
final class ShutdownBudget {

	private static final Reserve NONE = new Reserve(Duration.ZERO, List.of());

	private final Map<String, Group> groups;

	private final int phaseOfShutdown;

	/** Direct successors in the same phase, by name. */
	private final Map<String, List<String>> successors = new HashMap<>();

	private final Map<String, Reserve> after = new HashMap<>();

	/** What lower phases need, by phase. */
	private final TreeMap<Integer, Reserve> below = new TreeMap<>();

	private Reserve longest = NONE;

	/**
	 * A budget.
	 * @param groups settings by name, without cycles and against no phase
	 * @param phaseOfShutdown that of groups without one of their own
	 */
	ShutdownBudget(Map<String, Group> groups, int phaseOfShutdown) {
		this.groups = groups;
		this.phaseOfShutdown = phaseOfShutdown;
		TreeMap<Integer, List<String>> byPhase = new TreeMap<>();
		groups.forEach((name, group) -> {
			byPhase.computeIfAbsent(phase(group), (phase) -> new ArrayList<>()).add(name);
			group.closesAfter()
				.forEach((before) -> this.successors.computeIfAbsent(before, (key) -> new ArrayList<>()).add(name));
		});
		byPhase.forEach((phase, names) -> {
			this.below.put(phase, this.longest);
			for (String name : names) {
				this.longest = this.longest.orLonger(with(name));
			}
		});
	}

	private int phase(Group group) {
		return group.phaseOr(this.phaseOfShutdown);
	}

	/** What a group and those after it need. */
	private Reserve with(String name) {
		return after(name).plus(name, share(name));
	}

	private Duration share(String name) {
		Group group = this.groups.get(name);
		return (group != null) ? group.minShareOrNone() : Duration.ZERO;
	}

	private Reserve after(String name) {
		Reserve known = this.after.get(name);
		if (known != null) {
			return known;
		}
		Group group = this.groups.get(name);
		Reserve reserve = (group != null) ? reservedAfterPhase(phase(group)) : NONE;
		for (String next : this.successors.getOrDefault(name, List.of())) {
			reserve = reserve.orLonger(with(next));
		}
		this.after.put(name, reserve);
		return reserve;
	}

	/** What a group must leave to others. */
	Duration reservedAfter(String name) {
		return after(name).total();
	}

	/** What the groups of a phase must leave to those of lower ones. */
	Reserve reservedAfterPhase(int phase) {
		Map.Entry<Integer, Reserve> entry = this.below.ceilingEntry(phase);
		return (entry != null) ? entry.getValue() : this.longest;
	}

	/** The longest sum of shares that there is. */
	Reserve longest() {
		return this.longest;
	}

	/**
	 * A sum of shares.
	 *
	 * @param total so much
	 * @param groups whose, in the order in which they are closed
	 */
	record Reserve(Duration total, List<String> groups) {

		Reserve plus(String group, Duration share) {
			if (share.isZero()) {
				return this;
			}
			List<String> all = new ArrayList<>();
			all.add(group);
			all.addAll(this.groups);
			return new Reserve(this.total.plus(share), all);
		}

		Reserve orLonger(Reserve other) {
			return (other.total.compareTo(this.total) > 0) ? other : this;
		}

	}

}
