package io.github.cleanupgroups.spring.actuate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;

/**
 * What an operation was given besides its path. Texts are converted as in settings, so
 * that {@code 20s} is a duration here too, and a wrong one is an answer with a sentence.
 */
final class OperationArguments {

	private final Map<String, Object> given = new LinkedHashMap<>();

	OperationArguments with(String name, @Nullable Object value) {
		if (value != null) {
			this.given.put(name, value);
		}
		return this;
	}

	/** As given, for the audit. */
	Map<String, Object> asMap() {
		return this.given;
	}

	<T> @Nullable T get(String name, Class<T> type) {
		Object value = this.given.get(name);
		if (value == null) {
			return null;
		}
		try {
			return ApplicationConversionService.getSharedInstance().convert(value, type);
		}
		catch (ConversionException ex) {
			throw new OperationRefusedException(OperationRefusedException.BAD_REQUEST,
					"'" + name + "' must not be '" + value + "': it is no " + nameOf(type) + ".");
		}
	}

	private static String nameOf(Class<?> type) {
		return type.isEnum() ? "one of " + String.join(", ", labels(type))
				: type.getSimpleName().toLowerCase(Locale.ROOT);
	}

	private static List<String> labels(Class<?> type) {
		return List.of(type.getEnumConstants())
			.stream()
			.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

	/** What an operation does not know it must not pass over in silence. */
	void requireOnly(String operation, Collection<String> known) {
		this.given.keySet().stream().filter((name) -> !known.contains(name)).findFirst().ifPresent((name) -> {
			throw new OperationRefusedException(OperationRefusedException.BAD_REQUEST, "'" + operation + "' takes "
					+ (known.isEmpty() ? "nothing" : String.join(", ", known)) + ", not '" + name + "'.");
		});
	}

	/** At least one of them is there. */
	void requireAny(String operation, Collection<String> names) {
		if (names.stream().noneMatch(this.given::containsKey)) {
			throw new OperationRefusedException(OperationRefusedException.BAD_REQUEST,
					"'" + operation + "' needs " + String.join(", ", names) + ", or some of them, as JSON.");
		}
	}

}
