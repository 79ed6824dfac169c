package io.github.cleanupgroups.spring.health;

import java.util.List;
import java.util.Map;

import org.springframework.boot.health.contributor.Health;

import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.MemberCounts;
import io.github.cleanupgroups.spring.GroupState;

/**
 * How a group is.
 */
final class GroupHealth {

	/** Of stuck members; the count says how many there are. */
	private static final int SHOWN = 10;

	private GroupHealth() {
	}

	/** What is stuck is worse than what takes nothing new. */
	static Health of(CleanupGroup group, boolean draining, List<CallbackSnapshot> stuck) {
		GroupState state = GroupState.of(group, draining);
		Health.Builder health = builder(state, stuck.isEmpty(), group.isAccepting());
		MemberCounts counts = group.memberCounts();
		health.withDetail("queued", counts.pendingCallbacks()).withDetail("running", counts.runningCallbacks());
		if (!stuck.isEmpty()) {
			health.withDetail("stuckCallbacks", stuck.size())
				.withDetail("stuck",
						stuck.stream()
							.limit(SHOWN)
							.map((each) -> Map.of("member", each.name(), "runningFor", each.runningFor().toString()))
							.toList());
		}
		return health.build();
	}

	static Health ofState(GroupState state) {
		return builder(state, true, state == GroupState.OPEN).build();
	}

	/** While members are being closed, a group that goes on takes others. */
	private static Health.Builder builder(GroupState state, boolean noneStuck, boolean accepting) {
		boolean serves = state == GroupState.OPEN || (state == GroupState.CLOSING && accepting);
		Health.Builder health = !noneStuck ? Health.down() : (serves ? Health.up() : Health.outOfService());
		return health.withDetail("state", state.label());
	}

}
