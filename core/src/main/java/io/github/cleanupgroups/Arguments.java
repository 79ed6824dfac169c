package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Objects;

/**
 * Checks of what users pass, with one wording.
 */
final class Arguments {

	/** Sums of two of these still compare by their difference. */
	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 8);

	private Arguments() {
	}

	static Duration requireNotNegative(Duration duration, String what) {
		Objects.requireNonNull(duration, what);
		if (duration.isNegative()) {
			throw new IllegalArgumentException(what + " must not be negative, but is " + duration);
		}
		return duration;
	}

	static Duration requirePositive(Duration duration, String what) {
		if (requireNotNegative(duration, what).isZero()) {
			throw new IllegalArgumentException(what + " must be positive, but is zero");
		}
		return duration;
	}

	/** As above, where the text is made only if it is needed. */
	static Duration requireNotNegative(Duration duration, String what, Object owner) {
		Objects.requireNonNull(duration, what);
		return duration.isNegative() ? requireNotNegative(duration, what + " of " + owner) : duration;
	}

	/** As above, where the text is made only if it is needed. */
	static Duration requirePositive(Duration duration, String what, Object owner) {
		Objects.requireNonNull(duration, what);
		return (duration.isNegative() || duration.isZero()) ? requirePositive(duration, what + " of " + owner)
				: duration;
	}

	/** In nanoseconds; a length that no clock here will ever see is cut. */
	static long nanos(Duration duration) {
		return (duration.compareTo(LONGEST) < 0) ? duration.toNanos() : LONGEST.toNanos();
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
