package io.github.cleanupgroups.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The tables, as Markdown, and the same as JSON. A file that is there keeps the lines of
 * rows that were not measured this time: so one may be made bit by bit.
 */
final class Table {

	private static final String LINE = "| %s | %s | %s | %s | %s | %s | %s | %s |";

	private static final String GROWTH_LINE = "| %s | %s | %s | %s | %s | %s | %s |";

	private static final List<String> HEAD = List.of(
			LINE.formatted("#", "question", "rival", "ours", "rival's", "ratio", "target", "reached"),
			LINE.formatted("--:", ":--", ":--", "--:", "--:", "--:", "--:", ":--"));

	private static final List<String> GROWTH_HEAD = List.of(
			GROWTH_LINE.formatted("#", "how it grows", "size", "rival", "ours", "rival's", "ratio"),
			GROWTH_LINE.formatted("--:", ":--", "--:", ":--", "--:", "--:", "--:"));

	private Table() {
	}

	/** Writes both files, and gives the Markdown. */
	static String write(Path directory, String name, String heading, List<Answer> answers) throws IOException {
		Path markdown = directory.resolve(name + ".md");
		Path json = directory.resolve(name + ".json");
		List<String> lines = new ArrayList<>(List.of(heading, ""));
		lines.addAll(HEAD);
		lines.addAll(merged(markdown, 8, answers, false));
		List<String> growth = merged(markdown, 7, answers, true);
		if (!growth.isEmpty()) {
			lines.add("");
			lines.addAll(GROWTH_HEAD);
			lines.addAll(growth);
		}
		String text = String.join("\n", lines) + "\n";
		Files.writeString(markdown, text);
		Files.writeString(json, mergedJson(json, answers));
		return text;
	}

	/** The lines of a table with so many columns, by row. */
	private static List<String> merged(Path file, int columns, List<Answer> answers, boolean growth)
			throws IOException {
		Map<Integer, List<String>> byRow = new LinkedHashMap<>();
		for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
			if (line.matches("\\| \\d+ .*") && line.chars().filter((c) -> c == '|').count() == columns + 1) {
				byRow.computeIfAbsent(Integer.valueOf(line.split(" ", 3)[1]), (row) -> new ArrayList<>()).add(line);
			}
		}
		answers.forEach((answer) -> byRow.remove(answer.question().row()));
		answers.stream()
			.filter((answer) -> answer.question().isAboutGrowth() == growth)
			.forEach((answer) -> byRow.computeIfAbsent(answer.question().row(), (row) -> new ArrayList<>())
				.add(growth ? growthLine(answer) : line(answer)));
		return byRow.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByKey())
			.flatMap((entry) -> entry.getValue().stream())
			.toList();
	}

	private static String line(Answer answer) {
		Question question = answer.question();
		boolean alone = question.kind() == Question.Kind.ALONE;
		return LINE.formatted(question.row(), question.name(), question.rival(), question.ours().show(answer.ours()),
				alone ? "-" : question.other().show(answer.theirs()), alone ? "-" : ratio(answer), question.goal(),
				question.reached(answer.ratio()));
	}

	private static String growthLine(Answer answer) {
		Question question = answer.question();
		boolean alone = question.kind() == Question.Kind.ALONE;
		return GROWTH_LINE.formatted(question.row(), question.name(), question.size(), question.rival(),
				question.ours().show(answer.ours()), alone ? "-" : question.other().show(answer.theirs()),
				alone ? "-" : ratio(answer));
	}

	/** With the least and the greatest of the rounds where they differ. */
	private static String ratio(Answer answer) {
		String least = number(answer.least());
		String greatest = number(answer.greatest());
		return number(answer.ratio()) + (least.equals(greatest) ? "" : " (%s-%s)".formatted(least, greatest));
	}

	static String number(double value) {
		if (Double.isNaN(value)) {
			return "-";
		}
		return String.format(Locale.ROOT, (value == Math.rint(value) || value >= 100) ? "%,.0f" : "%.2f", value);
	}

	private static String mergedJson(Path file, List<Answer> answers) throws IOException {
		List<String> objects = new ArrayList<>();
		for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
			boolean again = answers.stream().anyMatch((answer) -> line.startsWith(rowOf(answer.question())));
			if (line.startsWith("{") && !again) {
				objects.add(line.endsWith(",") ? line.substring(0, line.length() - 1) : line);
			}
		}
		answers.forEach((answer) -> objects.add(json(answer)));
		return "[\n" + String.join(",\n", objects) + "\n]\n";
	}

	private static String rowOf(Question question) {
		return "{\"row\": " + question.row() + ",";
	}

	private static String json(Answer answer) {
		Question question = answer.question();
		return rowOf(question) + String.format(Locale.ROOT,
				" \"question\": \"%s\", \"size\": \"%s\", \"rival\": \"%s\", \"metric\": \"%s\", \"ours\": %s, "
						+ "\"rivals\": %s, \"ratio\": %s, \"least\": %s, \"greatest\": %s, \"target\": \"%s\", "
						+ "\"reached\": \"%s\"}",
				question.name(), question.size(), question.rival(), question.ours().metric(), raw(answer.ours()),
				raw(answer.theirs()), raw(answer.ratio()), raw(answer.least()), raw(answer.greatest()), question.goal(),
				question.reached(answer.ratio()));
	}

	private static String raw(double value) {
		return (Double.isNaN(value) || Double.isInfinite(value)) ? "null" : Double.toString(value);
	}

	/**
	 * What a question's runs gave.
	 *
	 * @param question what was asked
	 * @param ours median of the rounds
	 * @param theirs median of the rounds
	 * @param ratio median of the rounds' ratios
	 * @param least of the rounds' ratios
	 * @param greatest of the rounds' ratios
	 */
	record Answer(Question question, double ours, double theirs, double ratio, double least, double greatest) {

		/** Rounds in which something of it was not measured do not count. */
		static Answer of(Question question, List<Map<Run, Map<String, Double>>> rounds) {
			double[] ours = rounds.stream().mapToDouble(question.ours()::of).toArray();
			double[] theirs = rounds.stream().mapToDouble(question.other()::of).toArray();
			double[] ratios = new double[ours.length];
			for (int i = 0; i < ratios.length; i++) {
				ratios[i] = question.ratio(ours[i], theirs[i]);
			}
			double[] counted = sorted(ratios);
			return new Answer(question, median(sorted(ours)), median(sorted(theirs)), median(counted),
					(counted.length == 0) ? Double.NaN : counted[0],
					(counted.length == 0) ? Double.NaN : counted[counted.length - 1]);
		}

		private static double[] sorted(double[] values) {
			return Arrays.stream(values).filter((value) -> !Double.isNaN(value)).sorted().toArray();
		}

		private static double median(double[] sorted) {
			return (sorted.length == 0) ? Double.NaN : sorted[sorted.length / 2];
		}

	}

}
