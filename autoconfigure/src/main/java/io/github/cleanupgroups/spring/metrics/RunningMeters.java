package io.github.cleanupgroups.spring.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;

import io.github.cleanupgroups.CallbackSnapshot;
import io.github.cleanupgroups.CleanupGroup;

/**
 * What hangs: how long callbacks have been running that run now, and how long the next
 * one has been queued. Asked for when a registry is read; a callback costs nothing more.
 */
final class RunningMeters {

	private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

	private RunningMeters() {
	}

	static List<Meter> register(MeterRegistry registry, CleanupGroup group, Tags tags) {
		return List.of(active(registry, group, tags), queuedAge(registry, group, tags));
	}

	/**
	 * With the measurements and the unit of a long task timer, which itself would have to
	 * be told of each start and end.
	 */
	private static Meter active(MeterRegistry registry, CleanupGroup group, Tags tags) {
		// The group is asked once for all three.
		Iterable<Measurement> measurements = () -> measurements(group.runningCallbacks()).iterator();
		return Meter.builder(GroupMeters.PREFIX + "callbacks.active", Meter.Type.LONG_TASK_TIMER, measurements)
			.description("Run time of callbacks that run now")
			.baseUnit("seconds")
			.tags(tags)
			.register(registry);
	}

	private static List<Measurement> measurements(List<CallbackSnapshot> running) {
		double sum = 0;
		double max = 0;
		for (CallbackSnapshot callback : running) {
			double seconds = seconds(callback);
			sum += seconds;
			max = Math.max(max, seconds);
		}
		return List.of(measurement(Statistic.ACTIVE_TASKS, (double) running.size()),
				measurement(Statistic.DURATION, sum), measurement(Statistic.MAX, max));
	}

	private static Measurement measurement(Statistic statistic, double value) {
		return new Measurement(() -> value, statistic);
	}

	private static double seconds(CallbackSnapshot callback) {
		return callback.runningFor().toNanos() / NANOS_PER_SECOND;
	}

	private static Meter queuedAge(MeterRegistry registry, CleanupGroup group, Tags tags) {
		return TimeGauge
			.builder(GroupMeters.PREFIX + "callbacks.queued.age", group, TimeUnit.NANOSECONDS, RunningMeters::age)
			.description("How long the callback has been queued that is next")
			.tags(tags)
			.strongReference(true)
			.register(registry);
	}

	private static double age(CleanupGroup group) {
		return group.oldestPending()
			.map((since) -> Math.max(0, Duration.between(since, Instant.now()).toNanos()))
			.orElse(0L)
			.doubleValue();
	}

}
