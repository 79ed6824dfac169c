package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The database that comes with the service: one file in the directory
 * {@code inventory.database}.
 */
@Component
@Profile("!postgres")
final class H2Database implements JdbcConnectionDetails {

	private static final String NAME = "inventory";

	private final Path directory;

	H2Database(InventoryProperties properties) {
		// H2 refuses relative paths that do not begin with "./".
		this.directory = properties.database().toAbsolutePath();
	}

	/** Whether a file belongs to this database, so that it changes while it is read. */
	boolean owns(Path file) {
		String name = String.valueOf(file.getFileName());
		return name.startsWith(NAME + '.') && name.endsWith(".db") && isHere(file.resolveSibling(""));
	}

	private boolean isHere(Path other) {
		try {
			return Files.isSameFile(other, this.directory);
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Without {@code DB_CLOSE_ON_EXIT=FALSE} a shutdown hook of H2's own closes the
	 * database at once on a SIGTERM, under the members that are still storing. The mode
	 * makes it understand the statements that are written for PostgreSQL.
	 */
	@Override
	public String getJdbcUrl() {
		return "jdbc:h2:file:" + this.directory.resolve(NAME)
				+ ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE";
	}

	@Override
	public String getUsername() {
		return "sa";
	}

	@Override
	public String getPassword() {
		return "";
	}

}
