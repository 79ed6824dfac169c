package io.github.cleanupgroups.spring.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/**
 * Finds what somebody may have meant.
 */
final class Spelling {

	private static final int FARTHEST = 3;

	private Spelling() {
	}

	/** "Did you mean ..?" where one of the known is near, else all of them. */
	static String suggest(String written, Collection<String> known) {
		String letters = letters(written);
		return known.stream()
			.filter((each) -> distance(letters, letters(each)) <= Math.min(FARTHEST, each.length() / 2))
			.min(Comparator.comparingInt((each) -> distance(letters, letters(each))))
			.map((nearest) -> "Did you mean '" + nearest + "'?")
			.orElseGet(() -> known.isEmpty() ? "There is none." : "There are: " + String.join(", ", known) + ".");
	}

	private static String letters(String text) {
		return text.toLowerCase(Locale.ROOT).replace("-", "");
	}

	/** After Levenshtein. */
	private static int distance(String first, String second) {
		int[] row = new int[second.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= first.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int substituted = diagonal + ((first.charAt(i - 1) == second.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[second.length()];
	}

}
