package io.github.cleanupgroups.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Measures a {@link Run} in a virtual machine of its own.
 */
final class Measuring {

	private final Effort effort;

	Measuring(Effort effort) {
		this.effort = effort;
	}

	/** The figures by their names; empty, after a message, where it failed. */
	Map<String, Double> measure(Run run) {
		try {
			return run.isProcess() ? process(run) : benchmark(run);
		}
		catch (RunnerException | IOException ex) {
			System.err.println(run + " failed: " + ex);
			return Map.of();
		}
	}

	private Map<String, Double> benchmark(Run run) throws RunnerException {
		Shots shots = shots(run);
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include("\\." + run.type().getSimpleName() + "\\." + run.method() + "$")
			.forks(1)
			.threads(1)
			.verbosity(VerboseMode.SILENT)
			.shouldFailOnError(true)
			.addProfiler(GCProfiler.class)
			.warmupIterations((shots != null) ? shots.warmup() : 1)
			.warmupTime(TimeValue.milliseconds(warmupMillis(run)))
			.measurementIterations((shots != null) ? shots.measured() : this.effort.iterations())
			.measurementTime(TimeValue.milliseconds(this.effort.millis()))
			.jvmArgs(jvmArguments().toArray(String[]::new));
		run.parameters().forEach((name, value) -> options.param(name, value));
		RunResult result = new Runner(options.build()).runSingle();
		Map<String, Double> figures = new HashMap<>();
		figures.put(Run.TIME, typical(run, result.getPrimaryResult().getStatistics()));
		result.getSecondaryResults().forEach((name, secondary) -> {
			if (name.endsWith("gc.alloc.rate.norm")) {
				// Less than a byte is what the harness itself allocates now and then.
				figures.put(Run.BYTES, (double) Math.round(secondary.getScore()));
			}
		});
		return figures;
	}

	/**
	 * One iteration that a collector or compiler interrupted must not decide. But a
	 * million timers that all live fill the young generation once a shot or not at all,
	 * and the collection is part of their price, ours and the rivals': which of the two
	 * the median of a few shots shows is chance.
	 */
	private static double typical(Run run, Statistics iterations) {
		boolean collects = run.type() == TimerBenchmark.class && run.size() >= 1_000_000;
		return collects ? iterations.getMean() : iterations.getPercentile(50);
	}

	/** Null where it runs for a time instead. */
	private @Nullable Shots shots(Run run) {
		if (run.type() == CancelBenchmark.class) {
			return cancelShots(run.size());
		}
		if (run.type() == TimerBenchmark.class) {
			if (run.size() >= 1_000_000) {
				return new Shots(6, 6);
			}
			// Before these Netty's wheel has to sort in, which takes it some ticks.
			boolean sorted = run.method().equals("rearm") || run.method().equals("disarm");
			return sorted ? new Shots(8, 4) : new Shots(15, 5);
		}
		if (run.type() == SmallCloseBenchmark.class) {
			return run.parameters().containsValue("1000000") ? new Shots(3, 3) : new Shots(8, 8);
		}
		return null;
	}

	/**
	 * A shot is one close, and the compiler replaces the loop over its members several
	 * times: the third to the seventh shot of a million, the twentieth of 100,000 and the
	 * 1,500th of 1,000 are the first that take as long as those that follow, on Java 17
	 * and 25. Of small ones many count, for those of the executor take 12 to 150 ns a
	 * member in no order: the median of eight is chance.
	 */
	private Shots cancelShots(int members) {
		int warmup = Math.min(Math.max(3_200_000 / members, 8), this.effort.shots());
		int measured = Math.min(Math.max(1_600_000 / members, 8), this.effort.shots() / 4);
		return new Shots(warmup, measured);
	}

	/**
	 * Where threads keep all processors busy the compiler gets little of them. The start
	 * of an application leaves so much to compile that it slows down what comes next, by
	 * a half on two processors, for a second or two.
	 */
	private int warmupMillis(Run run) {
		if (run.type() == OneOffBenchmark.class || run.type() == FutureBenchmark.class
				|| run.type() == WorkBenchmark.class || run.type() == ShortLivedBenchmark.class) {
			return this.effort.tasksWarmupMillis();
		}
		boolean application = run.type() == MetersBenchmark.class || run.type() == GroupedAsyncBenchmark.class;
		return this.effort.warmupMillis() * (application ? 4 : 1);
	}

	/**
	 * The heap's pages are there from the start: else a short run measures above all how
	 * the operating system makes them, for ours and rivals alike.
	 */
	private List<String> jvmArguments() {
		String heap = this.effort.heap();
		List<String> arguments = new ArrayList<>(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"));
		if (Runtime.version().feature() >= 25) {
			// JMH and Netty still use what it warns of.
			arguments.addAll(List.of("--enable-preview", "--sun-misc-unsafe-memory-access=allow"));
		}
		return arguments;
	}

	private Map<String, Double> process(Run run) throws IOException {
		String without = run.parameters().getOrDefault("without", "");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		if (run.type() == BytesMeasurement.class) {
			// With room for a walk between two collections: JOL knows objects by address.
			command.addAll(List.of("-XX:+UseSerialGC", "-Xmx4g", "-Xmn3g", "-Djol.magicFieldOffset=true",
					"-Djdk.attach.allowAttachSelf=true", "-XX:+EnableDynamicAgentLoading"));
		}
		else if (run.type() != StartMeasurement.class) {
			command.addAll(jvmArguments());
		}
		command.addAll(List.of("-cp", classPath(without), run.type().getName()));
		command.addAll(Stream.of(run.parameters().getOrDefault("arguments", "").split(" "))
			.filter((argument) -> !argument.isEmpty())
			.toList());
		Path errors = Files.createTempFile("benchmark", ".err");
		try {
			Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
			Map<String, Double> figures = new HashMap<>();
			try (BufferedReader lines = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
				for (String line = lines.readLine(); line != null; line = lines.readLine()) {
					int equals = line.indexOf('=');
					if (line.matches("[a-z0-9-]+=[0-9.E-]+")) {
						figures.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
					}
				}
			}
			if (figures.isEmpty()) {
				throw new IOException("no figures: " + Files.readString(errors));
			}
			return figures;
		}
		finally {
			Files.delete(errors);
		}
	}

	/**
	 * The classes and jars, one by one: a manifest's class path could not be left out.
	 */
	private static String classPath(String without) throws IOException {
		try (Stream<Path> jars = Files.list(target().resolve("lib"))) {
			return Stream.concat(Stream.of(target().resolve("classes")), jars)
				.filter((path) -> without.isEmpty() || !path.getFileName().toString().startsWith(without))
				.map(Path::toString)
				.collect(Collectors.joining(System.getProperty("path.separator")));
		}
	}

	/** The directory that this class's jar is in. */
	static Path target() {
		try {
			Path jar = Path.of(Measuring.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			return Objects.requireNonNull(jar.getParent());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * How often what is an iteration by itself is done.
	 *
	 * @param warmup before it counts
	 * @param measured those that count
	 */
	private record Shots(int warmup, int measured) {
	}

}
