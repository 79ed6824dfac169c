package io.github.cleanupgroups.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * The table of ratios, and the same as JSON.
 */
final class Table {

	private static final String LINE = "| %3s | %-36s | %-22s | %14s | %14s | %9s | %10s | %-7s |%n";

	private Table() {
	}

	static void print(List<Answer> answers) {
		System.out.printf(Locale.ROOT, LINE, "#", "question", "rival", "ours", "rival's", "ratio", "target", "reached");
		System.out.printf(Locale.ROOT, LINE, "--:", ":--", ":--", "--:", "--:", "--:", "--:", ":--");
		for (Answer answer : answers) {
			Question question = answer.question();
			boolean alone = question.kind() == Question.Kind.LIMIT;
			System.out.printf(Locale.ROOT, LINE, question.row(), question.name(), question.rival(),
					number(answer.ours()), alone ? "-" : number(answer.theirs()), number(answer.ratio()),
					question.goal(), question.reached(answer.ratio()));
		}
	}

	static String number(double value) {
		if (Double.isNaN(value)) {
			return "-";
		}
		return (Math.abs(value) < 100) ? String.format(Locale.ROOT, "%.2f", value)
				: String.format(Locale.ROOT, "%,.0f", value);
	}

	static String json(List<Answer> answers) {
		StringBuilder json = new StringBuilder("[\n");
		String separator = "";
		for (Answer answer : answers) {
			Question question = answer.question();
			json.append(separator)
				.append(String.format(Locale.ROOT,
						"{\"row\": %d, \"question\": \"%s\", \"rival\": \"%s\", \"metric\": \"%s\", \"ours\": %s, "
								+ "\"rivals\": %s, \"ratio\": %s, \"target\": \"%s\", \"reached\": \"%s\"}",
						question.row(), question.name(), question.rival(), question.metric(), raw(answer.ours()),
						raw(answer.theirs()), raw(answer.ratio()), question.goal(), question.reached(answer.ratio())));
			separator = ",\n";
		}
		return json.append("\n]\n").toString();
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
	 */
	record Answer(Question question, double ours, double theirs, double ratio) {

	}

}
