package io.github.cleanupgroups.spring.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CleanupGroupListener;
import io.github.cleanupgroups.CloseMode;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.MemberKind;
import io.github.cleanupgroups.MemberState;

/**
 * The meters of one group in one registry. Each is registered when it is first asked for;
 * who makes them asks for those that are to be there from the start. Recording finds its
 * meter by enumeration constants instead of putting tags together.
 */
final class GroupMeters implements CleanupGroupListener {

	static final String PREFIX = "cleanup.group.";

	private final MeterRegistry registry;

	private final CleanupGroup group;

	private final Tags tags;

	private final Timer wait;

	private final Map<Count, Counter> counters = new ConcurrentHashMap<>();

	private final Map<MemberKind, Timer> succeeded = new ConcurrentHashMap<>();

	private final Map<MemberKind, Timer> failed = new ConcurrentHashMap<>();

	private final Map<CloseMode, Timer> completed = new ConcurrentHashMap<>();

	private final Map<CloseMode, Timer> timedOut = new ConcurrentHashMap<>();

	/** Kinds that have their gauges. */
	private final Set<MemberKind> counted = ConcurrentHashMap.newKeySet();

	private final Object lock = new Object();

	@GuardedBy("lock")
	private final List<Meter> meters = new ArrayList<>();

	/** Whether nothing is registered any more. */
	@GuardedBy("lock")
	private boolean gone;

	private GroupMeters(MeterRegistry registry, CleanupGroup group) {
		this.registry = registry;
		this.group = group;
		this.tags = Tags.of("group", group.name());
		synchronized (this.lock) {
			this.wait = timer("callbacks.wait", "Time that callbacks were queued before they started", this.tags);
			this.meters.addAll(RunningMeters.register(registry, group, this.tags));
		}
	}

	/** With all that there can be: rates begin at zero. */
	static GroupMeters complete(MeterRegistry registry, CleanupGroup group) {
		GroupMeters meters = new GroupMeters(registry, group);
		for (Count count : Count.values()) {
			meters.counter(count);
		}
		for (MemberKind kind : MemberKind.values()) {
			meters.count(kind, List.of(MemberState.values()));
			meters.callbacks(kind, true);
			meters.callbacks(kind, false);
		}
		for (CloseMode mode : CloseMode.values()) {
			meters.closes(mode, true);
			meters.closes(mode, false);
		}
		return meters;
	}

	/**
	 * With those of one-offs that end well, which are never idle. There may be thousands
	 * of such groups, and a scrape pays for every meter.
	 */
	static GroupMeters onDemand(MeterRegistry registry, CleanupGroup group) {
		GroupMeters meters = new GroupMeters(registry, group);
		meters.count(MemberKind.CALLBACK, List.of(MemberState.QUEUED, MemberState.RUNNING));
		meters.callbacks(MemberKind.CALLBACK, true);
		return meters;
	}

	CleanupGroup group() {
		return this.group;
	}

	/** Takes every meter out of the registry; what is recorded later goes nowhere. */
	void remove() {
		synchronized (this.lock) {
			this.gone = true;
			this.meters.forEach(this.registry::remove);
		}
	}

	/** They are another context's: nothing more is registered. */
	void leave() {
		synchronized (this.lock) {
			this.gone = true;
		}
	}

	/** What was recorded stays, but not what looks at the group. */
	void removeGauges() {
		synchronized (this.lock) {
			this.gone = true;
			this.meters.stream().filter(GroupMeters::looksAtTheGroup).forEach(this.registry::remove);
		}
	}

	private static boolean looksAtTheGroup(Meter meter) {
		return meter instanceof Gauge || meter.getId().getType() == Meter.Type.LONG_TASK_TIMER;
	}

	@Override
	public void memberJoined(MemberKind kind, String name) {
		count(kind, List.of(MemberState.values()));
	}

	@Override
	public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
			@Nullable Throwable failure) {
		this.wait.record(queuedNanos, TimeUnit.NANOSECONDS);
		record(callbacks(kind, failure == null), runNanos);
	}

	@Override
	public void callbacksCancelled(long count) {
		add(Count.CANCELLED, count);
	}

	@Override
	public void rejected(MemberKind kind, String name) {
		add(Count.REJECTED, 1);
	}

	private void add(Count what, long count) {
		Counter counter = counter(what);
		if (counter != null) {
			counter.increment((double) count);
		}
	}

	@Override
	public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
		record(closes(options.mode(), !report.timedOut()), report.duration().toNanos());
	}

	private static void record(@Nullable Timer timer, long nanos) {
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	private @Nullable Timer callbacks(MemberKind kind, boolean good) {
		Map<MemberKind, Timer> timers = good ? this.succeeded : this.failed;
		Timer known = timers.get(kind);
		return (known != null) ? known : registered(timers, kind, "callbacks", "Run time of callbacks",
				this.tags.and("kind", kind.label(), "outcome", good ? "success" : "error"));
	}

	private @Nullable Timer closes(CloseMode mode, boolean good) {
		Map<CloseMode, Timer> timers = good ? this.completed : this.timedOut;
		Timer known = timers.get(mode);
		return (known != null) ? known : registered(timers, mode, "close", "Time that closing took",
				this.tags.and("mode", mode.label(), "outcome", good ? "completed" : "timed-out"));
	}

	private <K> @Nullable Timer registered(Map<K, Timer> timers, K key, String name, String description, Tags all) {
		synchronized (this.lock) {
			Timer known = timers.get(key);
			if (known == null && !this.gone) {
				known = timer(name, description, all);
				timers.put(key, known);
			}
			return known;
		}
	}

	private void count(MemberKind kind, List<MemberState> states) {
		if (this.counted.contains(kind)) {
			return;
		}
		synchronized (this.lock) {
			if (!this.gone && this.counted.add(kind)) {
				states.forEach((state) -> gauge(kind, state));
			}
		}
	}

	@GuardedBy("lock")
	private void gauge(MemberKind kind, MemberState state) {
		this.meters.add(Gauge.builder(PREFIX + "members", this.group, (of) -> of.memberCounts().of(kind, state))
			.description("Members that the group has now")
			.tags(this.tags.and("kind", kind.label(), "state", state.label()))
			.strongReference(true)
			.register(this.registry));
	}

	@GuardedBy("lock")
	private Timer timer(String name, String description, Tags all) {
		Timer timer = Timer.builder(PREFIX + name).description(description).tags(all).register(this.registry);
		this.meters.add(timer);
		return timer;
	}

	private @Nullable Counter counter(Count what) {
		Counter known = this.counters.get(what);
		if (known != null) {
			return known;
		}
		synchronized (this.lock) {
			Counter counter = this.counters.get(what);
			if (counter == null && !this.gone) {
				counter = Counter.builder(PREFIX + what.name)
					.description(what.description)
					.tags(this.tags)
					.register(this.registry);
				this.counters.put(what, counter);
				this.meters.add(counter);
			}
			return counter;
		}
	}

	/** What is counted up. */
	private enum Count {

		CANCELLED("callbacks.cancelled", "Callbacks that were dropped before they started"),

		REJECTED("rejected", "Members and submissions that were refused");

		private final String name;

		private final String description;

		Count(String name, String description) {
			this.name = name;
			this.description = description;
		}

	}

}
