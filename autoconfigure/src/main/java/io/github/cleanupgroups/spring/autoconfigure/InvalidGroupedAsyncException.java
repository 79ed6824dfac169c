package io.github.cleanupgroups.spring.autoconfigure;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * {@link io.github.cleanupgroups.spring.GroupedAsync @GroupedAsync} stands where it
 * cannot work.
 */
final class InvalidGroupedAsyncException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	InvalidGroupedAsyncException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	String description() {
		return this.description;
	}

	String action() {
		return this.action;
	}

}
