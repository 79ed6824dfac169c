package io.github.cleanupgroups.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.github.cleanupgroups.benchmarks.Table.Answer;

/**
 * Measures all questions, or those whose numbers are given, and prints one table.
 *
 * <p>
 * A round measures every run once, each in a virtual machine of its own, one after
 * another; rounds follow each other, so that what the machine does besides hits all
 * alike. After the first, only what a target is about is measured again. The figures are
 * medians over the rounds, and a ratio is the median of the rounds' ratios.
 *
 * <pre>
 * java -jar benchmarks/target/benchmarks.jar            all, five rounds
 * java -jar benchmarks/target/benchmarks.jar 1 5        two questions
 * java -Dquick -jar benchmarks/target/benchmarks.jar    all within five minutes: two short rounds
 * java -Drounds=9 -jar benchmarks/target/benchmarks.jar more rounds
 * java -Dquick -Dgrowth -jar benchmarks/target/benchmarks.jar 9      with how the cost grows
 * java -Dsmoke -jar benchmarks/target/benchmarks.jar 3  only whether it works
 * </pre>
 */
public final class Benchmarks {

	private final Effort effort;

	private final List<Question> questions;

	private final Measuring measuring;

	private boolean failed;

	private Benchmarks(Effort effort, Set<Integer> rows) {
		this.effort = effort;
		this.questions = Questions.all(effort, System.getProperty("growth") != null)
			.stream()
			.filter((question) -> rows.isEmpty() || rows.contains(question.row()))
			.sorted((one, other) -> Integer.compare(one.row(), other.row()))
			.toList();
		this.measuring = new Measuring(effort);
	}

	public static void main(String[] args) throws IOException {
		Set<Integer> rows = new LinkedHashSet<>();
		Arrays.stream(args).map(Integer::valueOf).forEach(rows::add);
		System.exit(new Benchmarks(Effort.chosen(), rows).run() ? 0 : 1);
	}

	private boolean run() throws IOException {
		long begin = System.nanoTime();
		List<Map<Run, Map<String, Double>>> rounds = new ArrayList<>();
		for (int round = 1; round <= this.effort.rounds(); round++) {
			rounds.add(round(round));
		}
		List<Answer> answers = this.questions.stream().map((question) -> Answer.of(question, rounds)).toList();
		String java = "java" + Runtime.version().feature();
		System.out.println(Table.write(Measuring.target(), this.effort.mode() + "-" + java, heading(), answers));
		System.out.printf("%d s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
		return !this.failed;
	}

	private String heading() {
		String heading = "Java %s, %d processors, %s mode, median of %d rounds.".formatted(Runtime.version(),
				Runtime.getRuntime().availableProcessors(), this.effort.mode(), this.effort.rounds());
		List<String> missing = Arrays.stream(Rival.values())
			.filter((rival) -> !rival.isAvailable())
			.map(Rival::name)
			.toList();
		return missing.isEmpty() ? heading : heading + " Not on this Java: " + String.join(", ", missing) + ".";
	}

	private Map<Run, Map<String, Double>> round(int round) {
		// Ours and the rivals' take turns in being first.
		List<Run> inTurn = new ArrayList<>(runs(round));
		if (round % 2 == 0) {
			inTurn = reversed(inTurn);
		}
		if (this.effort.startsTwice()) {
			// The other way round: each of the two is early once and late once.
			List<Run> starts = inTurn.stream().filter((run) -> run.type() == StartMeasurement.class).toList();
			inTurn.addAll(reversed(starts));
		}
		Map<Run, Map<String, Double>> results = new HashMap<>();
		for (Run run : inTurn) {
			long begin = System.nanoTime();
			Map<String, Double> figures = this.measuring.measure(run);
			System.err.printf("round %d of %d: %s %s, %d ms, processors %d ns apart%n", round, this.effort.rounds(),
					run, figures, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin),
					ProcessorDistance.nanosThereAndBack());
			this.failed |= figures.isEmpty();
			results.merge(run, figures, Benchmarks::mean);
		}
		return results;
	}

	private static List<Run> reversed(List<Run> runs) {
		List<Run> reversed = new ArrayList<>(runs);
		Collections.reverse(reversed);
		return reversed;
	}

	/** Of what both have. */
	private static Map<String, Double> mean(Map<String, Double> one, Map<String, Double> other) {
		Map<String, Double> mean = new HashMap<>();
		one.forEach((metric, value) -> {
			if (other.containsKey(metric)) {
				mean.put(metric, (value + other.get(metric)) / 2);
			}
		});
		return mean;
	}

	private Set<Run> runs(int round) {
		Set<Run> runs = new LinkedHashSet<>();
		for (Question question : this.questions) {
			if (round == 1 || (question.hasTarget() && !question.isExact())) {
				runs.add(question.ours().run());
				runs.add(question.other().run());
			}
		}
		return runs;
	}

}
