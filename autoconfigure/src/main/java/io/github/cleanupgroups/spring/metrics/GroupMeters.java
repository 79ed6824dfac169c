package io.github.cleanupgroups.spring.metrics;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

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
 * The meters of one group in one registry. All are registered at once, also those that
 * have nothing to show yet: rates begin at zero, and recording finds its meter by
 * enumeration constants instead of putting tags together.
 */
final class GroupMeters implements CleanupGroupListener {

	static final String PREFIX = "cleanup.group.";

	private final MeterRegistry registry;

	private final CleanupGroup group;

	private final List<Meter> meters = new ArrayList<>();

	private final Map<MemberKind, TimerPair> callbacks;

	private final Map<CloseMode, TimerPair> closes;

	private final Timer wait;

	private final Counter cancelled;

	private final Counter rejected;

	GroupMeters(MeterRegistry registry, CleanupGroup group) {
		this.registry = registry;
		this.group = group;
		Tags tags = Tags.of("group", group.name());
		for (MemberKind kind : MemberKind.values()) {
			for (MemberState state : MemberState.values()) {
				gauge(tags.and("kind", kind.label(), "state", state.label()), kind, state);
			}
		}
		this.callbacks = pairs(MemberKind.class, (kind) -> pair("callbacks", "Run time of callbacks",
				tags.and("kind", kind.label()), "success", "error"));
		this.closes = pairs(CloseMode.class, (mode) -> pair("close", "Time that closing took",
				tags.and("mode", mode.label()), "completed", "timed-out"));
		this.wait = timer("callbacks.wait", "Time that callbacks were queued before they started", tags);
		this.cancelled = counter("callbacks.cancelled", "Callbacks that were dropped before they started", tags);
		this.rejected = counter("rejected", "Members and submissions that were refused", tags);
		this.meters.addAll(RunningMeters.register(registry, group, tags));
	}

	private void gauge(Tags tags, MemberKind kind, MemberState state) {
		this.meters
			.add(Gauge.builder(PREFIX + "members", this.group, (counted) -> counted.memberCounts().of(kind, state))
				.description("Members that the group has now")
				.tags(tags)
				.strongReference(true)
				.register(this.registry));
	}

	private Timer timer(String name, String description, Tags tags) {
		Timer timer = Timer.builder(PREFIX + name).description(description).tags(tags).register(this.registry);
		this.meters.add(timer);
		return timer;
	}

	private Counter counter(String name, String description, Tags tags) {
		Counter counter = Counter.builder(PREFIX + name).description(description).tags(tags).register(this.registry);
		this.meters.add(counter);
		return counter;
	}

	private TimerPair pair(String name, String description, Tags tags, String good, String bad) {
		return new TimerPair(timer(name, description, tags.and("outcome", good)),
				timer(name, description, tags.and("outcome", bad)));
	}

	private static <K extends Enum<K>> Map<K, TimerPair> pairs(Class<K> keys, Function<K, TimerPair> pair) {
		Map<K, TimerPair> pairs = new EnumMap<>(keys);
		for (K key : keys.getEnumConstants()) {
			pairs.put(key, pair.apply(key));
		}
		return pairs;
	}

	CleanupGroup group() {
		return this.group;
	}

	/** Takes every meter out of the registry; what is recorded later goes nowhere. */
	void remove() {
		this.meters.forEach(this.registry::remove);
	}

	/** What was recorded stays, but not what looks at the group. */
	void removeGauges() {
		this.meters.stream().filter(GroupMeters::looksAtTheGroup).forEach(this.registry::remove);
	}

	private static boolean looksAtTheGroup(Meter meter) {
		return meter instanceof Gauge || meter.getId().getType() == Meter.Type.LONG_TASK_TIMER;
	}

	@Override
	public void callbackRan(MemberKind kind, String name, long queuedNanos, long runNanos,
			@Nullable Throwable failure) {
		this.wait.record(queuedNanos, TimeUnit.NANOSECONDS);
		Objects.requireNonNull(this.callbacks.get(kind)).record(failure == null, runNanos);
	}

	@Override
	public void callbacksCancelled(long count) {
		this.cancelled.increment((double) count);
	}

	@Override
	public void rejected(MemberKind kind, String name) {
		this.rejected.increment();
	}

	@Override
	public void closed(CleanupGroup group, CloseOptions options, CloseReport report) {
		Objects.requireNonNull(this.closes.get(options.mode())).record(!report.timedOut(), report.duration().toNanos());
	}

	/** The two outcomes of one thing. */
	private record TimerPair(Timer good, Timer bad) {

		void record(boolean wasGood, long nanos) {
			(wasGood ? this.good : this.bad).record(nanos, TimeUnit.NANOSECONDS);
		}

	}

}
