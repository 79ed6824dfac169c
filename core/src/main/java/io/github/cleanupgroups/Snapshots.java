package io.github.cleanupgroups;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What is there now: counts and lists of members, taken under the pools' locks and handed
 * out as immutable values.
 */
final class Snapshots {

	private Snapshots() {
	}

	static MemberCounts counts(List<Generation> generations) {
		Counts counts = new Counts();
		for (Generation generation : generations) {
			for (Lane lane : generation.lanes) {
				// First, for they run next: none is missed that begins in between.
				counts.addStarted(lane);
				lane.dispatcher.inspect(lane, counts::add);
			}
		}
		return counts;
	}

	static List<MemberSnapshot> members(List<Generation> generations, int limit) {
		List<MemberSnapshot> members = new ArrayList<>();
		for (Generation generation : generations) {
			for (Lane lane : generation.lanes) {
				TimeSource time = lane.dispatcher.time;
				lane.dispatcher.inspect(lane, (inspected) -> {
					// The lock is held: nothing is walked through that is not asked for.
					inspected.objects.forEachOfFirst(limit - members.size(), (object) -> members.add(of(object, time)));
					inspected.forEachRunning((running) -> {
						if (running.entry() instanceof OneOff oneOff) {
							add(members, limit, () -> of(oneOff, 0, 1, time));
						}
					});
					if (members.size() < limit) {
						inspected.visitQueued((entry) -> {
							// One that was withdrawn may stand in the queue still.
							if (entry instanceof OneOff oneOff && oneOff.isQueued()) {
								members.add(of(oneOff, 1, 0, time));
							}
							return members.size() < limit;
						});
					}
				});
			}
		}
		return Collections.unmodifiableList(members);
	}

	/**
	 * The members that something is not through of, each once: those whose callbacks run,
	 * with the stack of the one that has been running longest, those with operations
	 * under way, and those whose own thread was started and has not begun.
	 */
	static List<MemberSnapshot> running(Generation generation) {
		List<MemberSnapshot> members = new ArrayList<>();
		for (Lane lane : generation.lanes) {
			TimeSource time = lane.dispatcher.time;
			IdentityHashMap<Entry, Stuck> stuck = new IdentityHashMap<>();
			lane.dispatcher.inspect(lane, (inspected) -> {
				inspected.forEachRunning((running) -> {
					Entry entry = running.entry();
					Snapshot now = (entry instanceof MemberObject object) ? of(object, time) : of(entry, 0, 1, time);
					// Those of a batch are not linked in the order of their starts.
					stuck.merge(entry, new Stuck(now, running.threadOrNull(), running.startedNanos()), Stuck::older);
				});
				for (ObjectList objects : List.of(inspected.objects, inspected.lingering)) {
					objects.forEach((object) -> {
						if (object.isUnderWay()) {
							stuck.putIfAbsent(object, new Stuck(of(object, time), null, 0));
						}
					});
				}
			});
			for (UnbegunThread thread : lane.dispatcher.memberThreads().unbegun(lane)) {
				OneOff oneOff = (thread.startedThread() != null) ? thread.oneOff() : null;
				if (oneOff != null) {
					members.add(of(oneOff, 1, 0, time));
				}
			}
			stuck.values().forEach((member) -> members.add(member.withStack()));
		}
		return members;
	}

	static Optional<Instant> oldestRunning(List<Generation> generations) {
		Instant[] oldest = new Instant[1];
		for (Generation generation : generations) {
			for (Lane lane : generation.lanes) {
				lane.dispatcher.inspect(lane, (inspected) -> inspected.forEachRunning((running) -> {
					Instant since = lane.dispatcher.time.instantOf(running.startedNanos());
					if (oldest[0] == null || since.isBefore(oldest[0])) {
						oldest[0] = since;
					}
				}));
			}
		}
		return Optional.ofNullable(oldest[0]);
	}

	static Optional<Instant> oldestPending(List<Generation> generations) {
		Instant[] oldest = new Instant[1];
		for (Generation generation : generations) {
			for (Lane lane : generation.lanes) {
				lane.dispatcher.inspect(lane, (inspected) -> inspected.forEachFront((entry) -> {
					Instant since = lane.dispatcher.time.instantOf(entry.queuedNanos());
					if (oldest[0] == null || since.isBefore(oldest[0])) {
						oldest[0] = since;
					}
				}));
			}
		}
		return Optional.ofNullable(oldest[0]);
	}

	static List<CallbackSnapshot> runningCallbacks(List<Generation> generations) {
		List<CallbackSnapshot> callbacks = new ArrayList<>();
		for (Generation generation : generations) {
			for (Lane lane : generation.lanes) {
				long now = lane.dispatcher.time.nanoTime();
				lane.dispatcher.inspect(lane, (inspected) -> inspected
					.forEachRunning((running) -> callbacks.add(new Running(running, now - running.startedNanos()))));
			}
		}
		return Collections.unmodifiableList(callbacks);
	}

	private static void add(List<MemberSnapshot> members, int limit, Supplier<MemberSnapshot> member) {
		if (members.size() < limit) {
			members.add(member.get());
		}
	}

	private static Snapshot of(MemberObject object, TimeSource time) {
		return of(object, object.pending(), object.running(), time);
	}

	private static Snapshot of(Entry entry, long pending, int running, TimeSource time) {
		return new Snapshot(entry.memberKind(), entry.memberName(), pending, running, time.instantOf(entry.joinedNanos),
				List.of());
	}

	private record Snapshot(MemberKind kind, String name, long pendingCallbacks, int runningCallbacks, Instant since,
			List<StackTraceElement> stack) implements MemberSnapshot {
	}

	/**
	 * A running member and the thread to ask for its stack, once the lock is released.
	 */
	private record Stuck(Snapshot member, @Nullable Thread thread, long startedNanos) {

		Stuck older(Stuck other) {
			return (other.startedNanos - this.startedNanos <= 0) ? other : this;
		}

		MemberSnapshot withStack() {
			if (this.thread == null) {
				return this.member;
			}
			return new Snapshot(this.member.kind(), this.member.name(), this.member.pendingCallbacks(),
					this.member.runningCallbacks(), this.member.since(), List.of(this.thread.getStackTrace()));
		}

	}

	private static final class Running implements CallbackSnapshot {

		private final RunningCallback execution;

		private final Duration runningFor;

		Running(RunningCallback execution, long nanos) {
			this.execution = execution;
			this.runningFor = Duration.ofNanos(Math.max(0, nanos));
		}

		@Override
		public MemberKind kind() {
			return this.execution.entry().memberKind();
		}

		@Override
		public String name() {
			return this.execution.entry().memberName();
		}

		@Override
		public Duration runningFor() {
			return this.runningFor;
		}

		@Override
		public @Nullable String thread() {
			Thread thread = threadNow();
			return (thread != null) ? thread.getName() : null;
		}

		@Override
		@SuppressWarnings("ReferenceEquality")
		public List<StackTraceElement> stack() {
			Thread thread = threadNow();
			if (thread == null) {
				return List.of();
			}
			List<StackTraceElement> stack = List.of(thread.getStackTrace());
			// It may have returned meanwhile: then this is the stack of something else.
			return (threadNow() == thread) ? stack : List.of();
		}

		private @Nullable Thread threadNow() {
			return this.execution.lane().dispatcher.executions().threadOf(this.execution);
		}

		@Override
		@SuppressWarnings("ReferenceEquality")
		public boolean equals(@Nullable Object other) {
			return other instanceof Running running && running.execution == this.execution;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this.execution);
		}

		@Override
		public String toString() {
			return "'" + name() + "' running for " + this.runningFor;
		}

	}

	/** Meters read it often: one array, and no object for each figure. */
	private static final class Counts implements MemberCounts {

		private final MemberTally members = new MemberTally();

		private long pending;

		private int running;

		void add(Lane lane) {
			this.members.add(lane.objects.tally());
			this.members.add(MemberKind.CALLBACK, MemberState.IDLE, lane.armed);
			this.members.add(MemberKind.CALLBACK, MemberState.QUEUED, lane.queuedOneOffs);
			this.members.add(MemberKind.CALLBACK, MemberState.RUNNING, lane.runningOneOffs);
			this.pending += lane.pending;
			this.running += lane.running;
		}

		/** Threads of members' own that were started and have not begun. */
		void addStarted(Lane lane) {
			int started = 0;
			for (UnbegunThread thread : lane.dispatcher.memberThreads().unbegun(lane)) {
				started += (thread.startedThread() != null) ? 1 : 0;
			}
			this.members.add(MemberKind.CALLBACK, MemberState.QUEUED, started);
			this.pending += started;
		}

		@Override
		public int total() {
			return this.members.total();
		}

		@Override
		public int of(MemberKind kind) {
			int total = 0;
			for (MemberState state : MemberState.values()) {
				total += of(kind, state);
			}
			return total;
		}

		@Override
		public int of(MemberKind kind, MemberState state) {
			return this.members.count(kind, state);
		}

		@Override
		public long pendingCallbacks() {
			return this.pending;
		}

		@Override
		public int runningCallbacks() {
			return this.running;
		}

		@Override
		public String toString() {
			StringJoiner kinds = new StringJoiner(", ", ": ", "").setEmptyValue("");
			for (MemberKind kind : MemberKind.values()) {
				if (of(kind) > 0) {
					kinds.add(of(kind) + " " + kind.label());
				}
			}
			return total() + " members" + kinds + "; " + this.pending + " callbacks pending, " + this.running
					+ " running";
		}

	}

}
