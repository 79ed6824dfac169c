package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Group;

/**
 * Finds orders of closing that cannot be kept: unknown names, cycles, and phases that
 * come in the other order.
 */
final class ClosingOrderCheck {

	private static final String KEY = "closes-after";

	private final CleanupGroupsProperties properties;

	private final List<Problem> problems = new ArrayList<>();

	/** Groups from which no cycle is to be found any more. */
	private final Set<String> through = new HashSet<>();

	private ClosingOrderCheck(CleanupGroupsProperties properties) {
		this.properties = properties;
	}

	static List<Problem> problems(CleanupGroupsProperties properties) {
		ClosingOrderCheck check = new ClosingOrderCheck(properties);
		properties.groups().forEach(check::group);
		properties.groups().keySet().forEach((name) -> check.follow(name, new ArrayList<>()));
		return check.problems;
	}

	private void group(String name, Group group) {
		for (String before : group.closesAfter()) {
			Group other = this.properties.groups().get(before);
			if (other == null) {
				this.problems.add(new Problem(
						"The key '" + Keys.ofGroup(name, KEY) + "' names a group '" + before + "' that is not there.",
						Spelling.suggest(before, this.properties.groups().keySet()) + " Or configure the group under '"
								+ Keys.of("groups." + before) + "'."));
			}
			else if (phase(group) > phase(other)) {
				this.problems.add(new Problem(
						"The key '" + Keys.ofGroup(name, KEY) + "' puts the group after '" + before
								+ "', but it is closed before: higher phases are closed first, and its phase is "
								+ phase(group) + ", that of '" + before + "' " + phase(other) + ".",
						"Lower '" + Keys.ofGroup(name, "phase") + "', raise '" + Keys.ofGroup(before, "phase")
								+ "', or remove '" + before + "' from '" + Keys.ofGroup(name, KEY) + "'."));
			}
		}
	}

	private int phase(Group group) {
		return group.phaseOr(this.properties.shutdown().phase());
	}

	private void follow(String name, List<String> path) {
		int begin = path.indexOf(name);
		if (begin >= 0) {
			List<String> cycle = new ArrayList<>(path.subList(begin, path.size()));
			cycle.add(name);
			this.problems.add(new Problem(
					"The key '" + Keys.ofGroup(name, KEY) + "' leads back to its own group: "
							+ String.join(" closes after ", cycle) + ".",
					"Remove one of these names from '" + KEY + "'."));
			this.through.addAll(cycle);
		}
		Group group = this.properties.groups().get(name);
		if (group == null || this.through.contains(name)) {
			return;
		}
		path.add(name);
		for (String before : group.closesAfter()) {
			follow(before, path);
		}
		path.remove(path.size() - 1);
		this.through.add(name);
	}

}
