package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Objects;

/**
 * Checks of what users pass, with one wording.
 */
final class Arguments {

	private Arguments() {
	}

	static Duration requireNotNegative(Duration duration, String what) {
		Objects.requireNonNull(duration, what);
		if (duration.isNegative()) {
			throw new IllegalArgumentException(what + " must not be negative, but is " + duration);
		}
		return duration;
	}

	static int requirePositive(int value, String what) {
		if (value < 1) {
			throw new IllegalArgumentException(what + " must be at least 1, but is " + value);
		}
		return value;
	}

	static String requireText(String text, String what) {
		Objects.requireNonNull(text, what);
		if (text.isBlank()) {
			throw new IllegalArgumentException(what + " must not be blank");
		}
		return text;
	}

}
