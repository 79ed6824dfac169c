package io.github.cleanupgroups.sample;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Says which setting leads to a database that cannot be opened: another process uses it,
 * or it is not where it should be.
 */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<CannotGetJdbcConnectionException> {

	private final Environment environment;

	DatabaseFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, CannotGetJdbcConnectionException cause) {
		String action = this.environment.matchesProfiles("postgres")
				? "Start the database, or correct 'spring.datasource.url' and the user."
				: "Stop the other process that uses it, or name another directory with 'inventory.database'.";
		return new FailureAnalysis("The database of the inventory cannot be opened: " + reason(cause), action, cause);
	}

	private static String reason(CannotGetJdbcConnectionException failure) {
		return String.valueOf(((failure.getCause() != null) ? failure.getCause() : failure).getMessage());
	}

}
