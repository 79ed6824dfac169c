package io.github.cleanupgroups.sample;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the scans have found out, in the database. Each change of a scan's findings
 * changes its counters in the same transaction, so that they are right after any crash.
 */
@Repository
class FileStore {

	private static final HexFormat HEX = HexFormat.of();

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	FileStore(JdbcClient jdbc, JdbcTemplate template) {
		this.jdbc = jdbc;
		this.template = template;
	}

	/**
	 * All of them, or none where it throws. A file that the scan has already is left as
	 * it is.
	 */
	@Transactional
	void add(long scan, List<? extends Finding> findings) {
		List<HashedFile> files = new ArrayList<>();
		List<FileError> errors = new ArrayList<>();
		for (Finding finding : findings) {
			if (finding instanceof HashedFile file) {
				files.add(file);
			}
			else if (finding instanceof FileError error) {
				errors.add(error);
			}
		}
		addFiles(scan, files);
		addErrors(scan, errors);
	}

	private void addFiles(long scan, List<HashedFile> files) {
		if (files.isEmpty()) {
			return;
		}
		int[] added = this.template.batchUpdate(
				"INSERT INTO file (scan_id, path, bytes, sha256, modified_micros) VALUES (?, ?, ?, ?, ?)"
						+ " ON CONFLICT DO NOTHING",
				files, files.size(), (statement, file) -> setFile(statement, scan, file))[0];
		long count = 0;
		long bytes = 0;
		for (int i = 0; i < added.length; i++) {
			count += added[i];
			bytes += added[i] * files.get(i).stamp().bytes();
		}
		count(scan, count, bytes, 0);
	}

	private static void setFile(PreparedStatement statement, long scan, HashedFile file) throws SQLException {
		statement.setLong(1, scan);
		statement.setBytes(2, file.name().bytes());
		statement.setLong(3, file.stamp().bytes());
		statement.setBytes(4, HEX.parseHex(file.sha256()));
		statement.setLong(5, file.stamp().modifiedMicros());
	}

	private void addErrors(long scan, List<FileError> errors) {
		if (errors.isEmpty()) {
			return;
		}
		this.template.batchUpdate("INSERT INTO file_error (scan_id, path, reason) VALUES (?, ?, ?)", errors,
				errors.size(), (statement, error) -> {
					statement.setLong(1, scan);
					statement.setBytes(2, error.name().bytes());
					statement.setString(3, error.reason());
				});
		count(scan, 0, 0, errors.size());
	}

	private void count(long scan, long files, long bytes, long errors) {
		this.template.update("UPDATE scan SET files = files + ?, bytes = bytes + ?, errors = errors + ? WHERE id = ?",
				files, bytes, errors, scan);
	}

	/**
	 * Leaves out the files that a scan has already. Those that have changed since it
	 * stored them it forgets: they are to be read again.
	 */
	@Transactional
	List<Found> withoutStored(long scan, List<Found> found) {
		if (found.isEmpty()) {
			return found;
		}
		Map<RawPath, FileStamp> stored = stored(scan, found);
		List<Found> left = new ArrayList<>();
		List<RawPath> changed = new ArrayList<>();
		long changedBytes = 0;
		for (Found each : found) {
			FileStamp before = stored.get(each.name());
			if (before != null && each instanceof FoundFile file && before.equals(file.stamp())) {
				continue;
			}
			left.add(each);
			if (before != null) {
				changed.add(each.name());
				changedBytes += before.bytes();
			}
		}
		if (!changed.isEmpty()) {
			this.jdbc.sql("DELETE FROM file WHERE scan_id = :scan AND path IN (:paths)")
				.param("scan", scan)
				.param("paths", changed.stream().map(RawPath::bytes).toList())
				.update();
			count(scan, -changed.size(), -changedBytes, 0);
		}
		return left;
	}

	private Map<RawPath, FileStamp> stored(long scan, List<Found> found) {
		Map<RawPath, FileStamp> stored = new HashMap<>();
		this.jdbc.sql("SELECT path, bytes, modified_micros FROM file WHERE scan_id = :scan AND path IN (:paths)")
			.param("scan", scan)
			.param("paths", found.stream().map((each) -> each.name().bytes()).toList())
			.query((row) -> {
				stored.put(path(row), new FileStamp(row.getLong("bytes"), row.getLong("modified_micros")));
			});
		return stored;
	}

	private static RawPath path(ResultSet row) throws SQLException {
		return RawPath.ofBytes(row.getBytes("path"));
	}

}
