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
 */
record Run(Class<?> type, String method, Map<String, String> parameters) {

	/** How long an operation takes: nanoseconds, or whatever a {@code main} prints. */
	static final String TIME = "time";

	/** Median of samples. */
	static final String P50 = "p50";

	/** 99th percentile of samples. */
	static final String P99 = "p99";

	/** Bytes allocated by an operation. */
	static final String BYTES = "bytes";

	static Run benchmark(Class<?> type, String method, Object... parameters) {
		Map<String, String> map = new TreeMap<>();
		for (int i = 0; i < parameters.length; i += 2) {
			map.put(parameters[i].toString(), parameters[i + 1].toString());
		}
		return new Run(type, method, map);
	}

	static Run process(Class<?> main, String... arguments) {
		return new Run(main, "", Map.of("arguments", String.join(" ", arguments), "without", ""));
	}

	/** As a process, without the jars that begin like this. */
	static Run processWithout(Class<?> main, String jars) {
		return new Run(main, "", Map.of("arguments", "", "without", jars));
	}

	boolean isProcess() {
		return this.method.isEmpty();
	}

	@Override
	public String toString() {
		return this.type.getSimpleName() + (isProcess() ? "" : "." + this.method) + " " + this.parameters;
	}

}
