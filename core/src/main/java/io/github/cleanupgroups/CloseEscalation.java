package io.github.cleanupgroups;

import java.time.Duration;
import java.util.List;

/**
 * One step that a close has taken against what did not end by itself. Immutable.
 *
 * @param group the name of the group that it concerned: the closed one, or one below it
 * @param step what was done
 * @param after how long after the beginning of the call
 * @param callbacks how many callbacks it concerned: those that ran, were dropped, were
 * interrupted, or run still
 * @param members what ran, with stacks; empty but for {@link CloseStep#DUMP} and
 * {@link CloseStep#ABANDON}
 * @since 0.1.0
 */
public record CloseEscalation(String group, CloseStep step, Duration after, long callbacks,
		List<MemberSnapshot> members) {

	/**
	 * A step.
	 * @param group the name of the group that it concerned
	 * @param step what was done
	 * @param after how long after the beginning of the call
	 * @param callbacks how many callbacks it concerned
	 * @param members what ran; copied
	 */
	public CloseEscalation {
		members = List.copyOf(members);
	}

}
