package io.github.cleanupgroups.sample;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The scans in the database.
 */
@Repository
class ScanStore {

	private final JdbcClient jdbc;

	ScanStore(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Transactional
	Scan create(String root) {
		GeneratedKeyHolder key = new GeneratedKeyHolder();
		this.jdbc.sql("INSERT INTO scan (root, state, started_at) VALUES (:root, :state, :now)")
			.param("root", root)
			.param("state", ScanState.RUNNING.name())
			.param("now", now())
			.update(key, "id");
		return get(key.getKeyAs(Long.class));
	}

	Optional<Scan> find(long id) {
		return this.jdbc.sql("SELECT * FROM scan WHERE id = :id").param("id", id).query(ScanStore::scan).optional();
	}

	/** Newest first. */
	List<Scan> latest(int limit) {
		return this.jdbc.sql("SELECT * FROM scan ORDER BY id DESC LIMIT :limit")
			.param("limit", limit)
			.query(ScanStore::scan)
			.list();
	}

	/** Those that an earlier process did not finish, in whichever way it ended. */
	List<Scan> unfinished() {
		return this.jdbc.sql("SELECT * FROM scan WHERE state IN (:states) ORDER BY id")
			.param("states", List.of(ScanState.RUNNING.name(), ScanState.INTERRUPTED.name()))
			.query(ScanStore::scan)
			.list();
	}

	Optional<Scan> findInterrupted(String root) {
		return this.jdbc.sql("SELECT * FROM scan WHERE state = :state AND root = :root ORDER BY id DESC LIMIT 1")
			.param("state", ScanState.INTERRUPTED.name())
			.param("root", root)
			.query(ScanStore::scan)
			.optional();
	}

	/**
	 * Makes a scan ready to walk its tree again. Its files stay; its errors will be found
	 * again where they are still there.
	 */
	@Transactional
	Scan resume(long id) {
		this.jdbc.sql("DELETE FROM file_error WHERE scan_id = :id").param("id", id).update();
		this.jdbc.sql("UPDATE scan SET state = :state, errors = 0 WHERE id = :id")
			.param("state", ScanState.RUNNING.name())
			.param("id", id)
			.update();
		return get(id);
	}

	@Transactional
	Scan end(long id, ScanState state, @Nullable String failure) {
		// An interrupted scan has not finished.
		OffsetDateTime finishedAt = (state == ScanState.INTERRUPTED) ? null : now();
		this.jdbc.sql("UPDATE scan SET state = :state, failure = :failure, finished_at = :finishedAt WHERE id = :id")
			.param("state", state.name())
			.param("failure", failure)
			.param("finishedAt", finishedAt)
			.param("id", id)
			.update();
		return get(id);
	}

	private Scan get(@Nullable Long id) {
		return this.jdbc.sql("SELECT * FROM scan WHERE id = :id").param("id", id).query(ScanStore::scan).single();
	}

	private static OffsetDateTime now() {
		return Instant.now().atOffset(ZoneOffset.UTC);
	}

	private static Scan scan(ResultSet row, int number) throws SQLException {
		OffsetDateTime finishedAt = row.getObject("finished_at", OffsetDateTime.class);
		return new Scan(row.getLong("id"), row.getString("root"), ScanState.valueOf(row.getString("state")),
				row.getLong("files"), row.getLong("bytes"), row.getLong("errors"),
				row.getObject("started_at", OffsetDateTime.class).toInstant(),
				(finishedAt != null) ? finishedAt.toInstant() : null, row.getString("failure"));
	}

}
