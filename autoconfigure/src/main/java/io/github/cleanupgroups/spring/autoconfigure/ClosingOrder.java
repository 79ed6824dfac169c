package io.github.cleanupgroups.spring.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Groups in the order in which the end of the application closes them: higher phases
 * first, and each after those that it closes after and those below it.
 */
final class ClosingOrder {

	private final Map<String, RegisteredGroup> byName = new LinkedHashMap<>();

	/** Groups directly below another one. */
	private final Map<RegisteredGroup, List<RegisteredGroup>> below = new HashMap<>();

	private final Set<RegisteredGroup> ordered = new LinkedHashSet<>();

	/** Groups that are being looked at, so that no order goes round in circles. */
	private final Set<RegisteredGroup> seen = new LinkedHashSet<>();

	private ClosingOrder(Collection<RegisteredGroup> groups, int phaseOfShutdown) {
		groups.stream()
			.sorted(Comparator.comparingInt((RegisteredGroup each) -> each.settings().phaseOr(phaseOfShutdown))
				.reversed())
			.forEach((each) -> {
				this.byName.put(each.name(), each);
				if (each.parent() != null) {
					this.below.computeIfAbsent(each.parent(), (parent) -> new ArrayList<>()).add(each);
				}
			});
	}

	static List<RegisteredGroup> of(Collection<RegisteredGroup> groups, int phaseOfShutdown) {
		ClosingOrder order = new ClosingOrder(groups, phaseOfShutdown);
		order.byName.values().forEach(order::add);
		return List.copyOf(order.ordered);
	}

	private void add(@Nullable RegisteredGroup group) {
		if (group != null && this.seen.add(group)) {
			group.settings().closesAfter().forEach((before) -> add(this.byName.get(before)));
			this.below.getOrDefault(group, List.of()).forEach(this::add);
			this.ordered.add(group);
		}
	}

}
