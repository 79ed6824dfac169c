package io.github.cleanupgroups.sample;

import java.util.HexFormat;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Finds the files that have the same content.
 *
 * <p>
 * Of each root the newest completed scan counts, and a path that is in two of them
 * (because one root is below another) once: a file is no duplicate of itself.
 */
@Repository
class Duplicates {

	private static final HexFormat HEX = HexFormat.of();

	/** What the driver fetches at a time, inside a transaction. */
	private static final int PAGE = 1_000;

	private static final String QUERY = """
			WITH known AS (
				SELECT DISTINCT sha256, bytes, path FROM file WHERE scan_id IN (
					SELECT MAX(id) FROM scan WHERE state = 'COMPLETED' GROUP BY root))
			SELECT sha256, bytes, path FROM known
			WHERE sha256 IN (SELECT sha256 FROM known GROUP BY sha256 HAVING COUNT(DISTINCT path) > 1)
			ORDER BY bytes DESC, sha256, path""";

	private final JdbcClient jdbc;

	Duplicates(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Those of one content one after another; the largest first. */
	@Transactional(readOnly = true)
	void forEach(Visitor visitor) {
		this.jdbc.sql(QUERY).withFetchSize(PAGE).query((row) -> {
			visitor.visit(HEX.formatHex(row.getBytes("sha256")), row.getLong("bytes"),
					RawPath.ofBytes(row.getBytes("path")));
		});
	}

	/**
	 * Who is shown the files.
	 */
	@FunctionalInterface
	interface Visitor {

		void visit(String sha256, long bytes, RawPath path);

	}

}
