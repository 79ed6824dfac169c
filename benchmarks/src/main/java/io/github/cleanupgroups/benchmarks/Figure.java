package io.github.cleanupgroups.benchmarks;

import java.util.Locale;
import java.util.Map;

/**
 * One of the figures of a run.
 *
 * @param run whose
 * @param metric which
 */
record Figure(Run run, String metric) {

	private static final double THOUSAND = 1_000;

	/** Its value for each of what the run did, not a number where there is none. */
	double of(Map<Run, Map<String, Double>> round) {
		return round.getOrDefault(this.run, Map.of()).getOrDefault(this.metric, Double.NaN) / this.run.size();
	}

	/** With its unit, for people. */
	String show(double value) {
		if (Double.isNaN(value)) {
			return "-";
		}
		if (this.metric.equals(Run.COUNT)) {
			return Table.number(value);
		}
		if (!isTime()) {
			return Table.number(value) + " B";
		}
		String[] units = { "ns", "us", "ms", "s" };
		int unit = 0;
		double shown = value;
		while (shown >= THOUSAND && unit < units.length - 1) {
			shown /= THOUSAND;
			unit++;
		}
		return String.format(Locale.ROOT, (shown < 10) ? "%.2f %s" : (shown < 100) ? "%.1f %s" : "%.0f %s", shown,
				units[unit]);
	}

	boolean isTime() {
		return switch (this.metric) {
			case Run.TIME, Run.OTHER_TIME, Run.LIMIT_TIME, Run.P50, Run.P99 -> true;
			default -> false;
		};
	}

}
