package io.github.cleanupgroups.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseEscalation;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberCounts;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.MemberSnapshot;
import io.github.cleanupgroups.spring.AdoptedExecutorSnapshot;
import io.github.cleanupgroups.spring.GroupState;

/**
 * A cleanup group as {@link CleanupGroupsEndpoint} shows it.
 *
 * @param name what it is called
 * @param state {@code open}, {@code draining} (refuses what is new from outside, or will
 * when groups that are closed before it have run dry), {@code paused} (starts nothing),
 * {@code closing} (members are being closed, or a close has timed out and left some
 * running) or {@code closed}
 * @param pool the name of the pool that runs its callbacks
 * @param members how many members there are of each kind, by the kind in lower case
 * @param queued callbacks that have not begun
 * @param running callbacks that have begun and not ended
 * @param oldestRunning when the callback started that has been running longest; null
 * where none runs
 * @param lastClose the latest close of the group or of its members; null before the first
 * @param memberList some of the members, at most
 * {@value CleanupGroupsEndpoint#MEMBER_LIMIT}; null where several groups are shown
 * @param limits its limits; null where several groups are shown
 * @param lastCloses the latest closes of the group or of its members, the latest first;
 * null where several groups are shown
 * @param adopted executors of the application's that are closed with the group; their
 * tasks are no members; null where there are none
 * @since 0.1.0
 */
public record GroupDescriptor(String name, String state, String pool, Map<String, Integer> members, long queued,
		int running, @Nullable Instant oldestRunning, @Nullable CloseDescriptor lastClose,
		@Nullable List<MemberDescriptor> memberList, @Nullable LimitsDescriptor limits,
		@Nullable List<CloseDescriptor> lastCloses,
		@Nullable List<AdoptedExecutorSnapshot> adopted) implements OperationResponseBody {

	/** As one of several. */
	static GroupDescriptor of(CleanupGroup group, String pool, boolean draining, List<CloseDescriptor> closes,
			List<AdoptedExecutorSnapshot> adopted) {
		MemberCounts counts = group.memberCounts();
		Map<String, Integer> ofKind = new LinkedHashMap<>();
		for (MemberKind kind : MemberKind.values()) {
			ofKind.put(kind.label(), counts.of(kind));
		}
		return new GroupDescriptor(group.name(), GroupState.of(group, draining).label(), pool, ofKind,
				counts.pendingCallbacks(), counts.runningCallbacks(), group.oldestRunning().orElse(null),
				closes.isEmpty() ? null : closes.get(0), null, null, null, adopted.isEmpty() ? null : adopted);
	}

	/** As the only one. */
	GroupDescriptor inDetail(CleanupGroup group, List<CloseDescriptor> closes) {
		return new GroupDescriptor(this.name, this.state, this.pool, this.members, this.queued, this.running,
				this.oldestRunning, this.lastClose,
				MemberDescriptor.of(group.members(CleanupGroupsEndpoint.MEMBER_LIMIT)), LimitsDescriptor.of(group),
				closes, this.adopted);
	}

	/** Whether neither it nor an executor that it closes has anything to do. */
	boolean hasNothingToDo() {
		List<AdoptedExecutorSnapshot> executors = (this.adopted != null) ? this.adopted : List.of();
		return this.queued == 0 && this.running == 0
				&& executors.stream().allMatch((each) -> each.queued() == 0 && each.running() == 0);
	}

	/**
	 * What a group may do at once.
	 *
	 * @param maxConcurrency callbacks that may run at once; null for unlimited
	 * @param queueCapacity submissions that may be queued; null for unlimited
	 * @param weight callbacks it may start in a row where other groups have some ready
	 */
	public record LimitsDescriptor(@Nullable Integer maxConcurrency, @Nullable Integer queueCapacity, int weight) {

		static LimitsDescriptor of(CleanupGroup group) {
			return new LimitsDescriptor(unlessUnlimited(group.maxConcurrency()), unlessUnlimited(group.queueCapacity()),
					group.weight());
		}

		private static @Nullable Integer unlessUnlimited(int limit) {
			return (limit < Integer.MAX_VALUE) ? limit : null;
		}

	}

	/**
	 * One member; never its arguments or its context.
	 *
	 * @param kind its kind in lower case
	 * @param name what it is called
	 * @param queued its queued callbacks
	 * @param running its running callbacks
	 * @param since when it joined the group
	 */
	public record MemberDescriptor(String kind, String name, long queued, int running, Instant since) {

		static List<MemberDescriptor> of(List<MemberSnapshot> members) {
			return members.stream()
				.limit(CleanupGroupsEndpoint.MEMBER_LIMIT)
				.map((member) -> new MemberDescriptor(member.kind().label(), member.name(), member.pendingCallbacks(),
						member.runningCallbacks(), member.since()))
				.toList();
		}

	}

	/**
	 * What a close did.
	 *
	 * @param mode {@code await}, {@code cancel} or {@code await-then-cancel}
	 * @param reason why, where the closer gave a reason; null otherwise
	 * @param finishedAt when it returned
	 * @param duration how long it took
	 * @param timedOut whether it returned because its time was over
	 * @param closedMembers members that were closed
	 * @param completedCallbacks callbacks that it waited for
	 * @param cancelledCallbacks callbacks that were dropped before they started
	 * @param failures how many of the callbacks that it waited for, or of its notices,
	 * threw
	 * @param steps what it has done against what did not end by itself
	 * @param stillRunning members that still ran when it timed out, at most
	 * {@value CleanupGroupsEndpoint#MEMBER_LIMIT}
	 */
	public record CloseDescriptor(String mode, @Nullable String reason, Instant finishedAt, Duration duration,
			boolean timedOut, int closedMembers, long completedCallbacks, long cancelledCallbacks, int failures,
			List<StepDescriptor> steps, List<MemberDescriptor> stillRunning) {

		static CloseDescriptor of(CloseOptions options, CloseReport report, Instant finishedAt) {
			return new CloseDescriptor(options.mode().label(), options.reason(), finishedAt, report.duration(),
					report.timedOut(), report.closedMembers(), report.completedCallbacks(), report.cancelledCallbacks(),
					report.failures().size(), StepDescriptor.of(report.escalations()),
					MemberDescriptor.of(report.stillRunning()));
		}

	}

	/**
	 * A step of a close; the stacks are in the log.
	 *
	 * @param group which group it concerned: the closed one, or one below it
	 * @param step {@code dump}, {@code cancel}, {@code interrupt} or {@code abandon}
	 * @param after how long after the beginning of the close
	 * @param callbacks how many callbacks it concerned
	 */
	public record StepDescriptor(String group, String step, Duration after, long callbacks) {

		static List<StepDescriptor> of(List<CloseEscalation> escalations) {
			return escalations.stream()
				.limit(CleanupGroupsEndpoint.MEMBER_LIMIT)
				.map((each) -> new StepDescriptor(each.group(), each.step().label(), each.after(), each.callbacks()))
				.toList();
		}

	}

}
