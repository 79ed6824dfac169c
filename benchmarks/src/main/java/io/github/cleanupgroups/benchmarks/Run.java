package io.github.cleanupgroups.benchmarks;

import java.util.Map;
import java.util.TreeMap;

/**
 * Something that is measured once a round, in a virtual machine of its own.
 *
 * @param type the benchmark, or the class whose {@code main} measures
 * @param method of the benchmark; empty where it is a {@code main}
 * @param parameters of the benchmark; {@code arguments} and {@code without} of a
 * {@code main}
 * @param size how many of what is asked about an operation does: its figures are divided
 * by that
 */
record Run(Class<?> type, String method, Map<String, String> parameters, int size) {

	/** How long an operation takes: nanoseconds. */
	static final String TIME = "time";

	/** As {@link #TIME}, where one {@code main} measures two things in turn. */
	static final String OTHER_TIME = "other-time";

	/** As {@link #TIME}, of the limit that the same {@code main} measures. */
	static final String LIMIT_TIME = "limit-time";

	/** Median of samples. */
	static final String P50 = "p50";

	/** 99th percentile of samples. */
	static final String P99 = "p99";

	/** Bytes allocated by an operation. */
	static final String BYTES = "bytes";

	/** How many. */
	static final String COUNT = "count";

	static Run benchmark(Class<?> type, String method, Object... parameters) {
		Map<String, String> map = new TreeMap<>();
		for (int i = 0; i < parameters.length; i += 2) {
			map.put(parameters[i].toString(), parameters[i + 1].toString());
		}
		return new Run(type, method, map, 1);
	}

	static Run process(Class<?> main, Object... arguments) {
		StringBuilder joined = new StringBuilder();
		for (Object argument : arguments) {
			joined.append(argument).append(' ');
		}
		return new Run(main, "", Map.of("arguments", joined.toString().trim(), "without", ""), 1);
	}

	/** As a process, without the jars that begin like this. */
	static Run processWithout(Class<?> main, String jars) {
		return new Run(main, "", Map.of("arguments", "", "without", jars), 1);
	}

	/** An operation does so many. */
	Run each(int count) {
		return new Run(this.type, this.method, this.parameters, count);
	}

	Figure figure(String metric) {
		return new Figure(this, metric);
	}

	/** The time of each of what an operation does. */
	Figure time() {
		return figure(TIME);
	}

	boolean isProcess() {
		return this.method.isEmpty();
	}

	@Override
	public String toString() {
		return this.type.getSimpleName() + (isProcess() ? "" : "." + this.method) + " " + this.parameters;
	}

}
