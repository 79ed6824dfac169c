package io.github.cleanupgroups.spring.autoconfigure;

import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration of pools and groups cannot be: the application must not start with
 * it, or go on with it.
 */
final class CleanupGroupsConfigurationException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	CleanupGroupsConfigurationException(List<Problem> problems) {
		super(problems.stream()
			.map((problem) -> problem.description() + " " + problem.action())
			.collect(Collectors.joining(" ")));
		List<String> descriptions = new ArrayList<>();
		List<String> actions = new ArrayList<>();
		problems.forEach((problem) -> {
			descriptions.add(problem.description());
			if (!actions.contains(problem.action())) {
				actions.add(problem.action());
			}
		});
		this.description = String.join(System.lineSeparator(), descriptions);
		this.action = String.join(System.lineSeparator(), actions);
	}

	String description() {
		return this.description;
	}

	String action() {
		return this.action;
	}

}
