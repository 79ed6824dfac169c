package io.github.cleanupgroups.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cleanupgroups.benchmarks.Table.Answer;

/**
 * Measures all questions, or those whose numbers are given, and prints one table.
 *
 * <p>
 * A round measures every run once, each in a virtual machine of its own, one after
 * another; rounds follow each other, so that what the machine does besides hits all
 * alike. The figures are medians over the rounds, and a ratio is the median of the
 * rounds' ratios.
 *
 * <pre>
 * java -jar benchmarks/target/benchmarks.jar            all, five rounds
 * java -jar benchmarks/target/benchmarks.jar 1 5        two questions
 * java -Dquick -jar benchmarks/target/benchmarks.jar    all within five minutes: one short round
 * java -Drounds=9 -jar benchmarks/target/benchmarks.jar more rounds
 * java -Dquick -Drounds=5 -jar benchmarks/target/benchmarks.jar 9    medians of short rounds
 * java -Dquick -Dgrowth -jar benchmarks/target/benchmarks.jar 9      with how the cost grows
 * java -Dsmoke -jar benchmarks/target/benchmarks.jar 3  only whether it works
 * </pre>
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	public static void main(String[] args) throws IOException {
		Effort effort = Effort.chosen();
		boolean growth = effort.isFull() || System.getProperty("growth") != null;
		Set<Integer> rows = new LinkedHashSet<>();
		Arrays.stream(args).map(Integer::valueOf).forEach(rows::add);
		List<Question> questions = Questions.all(effort, growth)
			.stream()
			.filter((question) -> rows.isEmpty() || rows.contains(question.row()))
			.sorted((one, other) -> Integer.compare(one.row(), other.row()))
			.toList();
		Set<Run> runs = new LinkedHashSet<>();
		questions.forEach((question) -> {
			runs.add(question.ours());
			runs.add(question.other());
		});
		Measuring measuring = new Measuring(effort);
		List<Map<Run, Map<String, Double>>> rounds = new ArrayList<>();
		for (int round = 1; round <= effort.rounds(); round++) {
			Map<Run, Map<String, Double>> results = new HashMap<>();
			// Ours and the rivals' take turns in being first.
			List<Run> inTurn = new ArrayList<>(runs);
			if (round % 2 == 0) {
				Collections.reverse(inTurn);
			}
			for (Run run : inTurn) {
				Map<String, Double> figures = measuring.measure(run);
				System.err.printf("round %d of %d: %s %s%n", round, effort.rounds(), run, figures);
				results.put(run, figures);
			}
			rounds.add(results);
		}
		List<Answer> answers = questions.stream().map((question) -> answer(question, rounds)).toList();
		System.out.printf("Java %s, %d processors, %d rounds%n%n", Runtime.version(),
				Runtime.getRuntime().availableProcessors(), effort.rounds());
		Table.print(answers);
		Path json = Measuring.target().resolve("benchmarks-java" + Runtime.version().feature() + ".json");
		Files.writeString(json, Table.json(answers));
		boolean failed = answers.stream().anyMatch((answer) -> Double.isNaN(answer.ratio()));
		System.exit(failed ? 1 : 0);
	}

	private static Answer answer(Question question, List<Map<Run, Map<String, Double>>> rounds) {
		double[] ours = figures(question.ours(), question, rounds);
		double[] theirs = figures(question.other(), question, rounds);
		double[] ratios = new double[ours.length];
		for (int i = 0; i < ratios.length; i++) {
			ratios[i] = question.ratio(ours[i], theirs[i]);
		}
		return new Answer(question, median(ours), median(theirs), median(ratios));
	}

	private static double[] figures(Run run, Question question, List<Map<Run, Map<String, Double>>> rounds) {
		return rounds.stream()
			.mapToDouble((round) -> round.getOrDefault(run, Map.of()).getOrDefault(question.metric(), Double.NaN))
			.toArray();
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

}
