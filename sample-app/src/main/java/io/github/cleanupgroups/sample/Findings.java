package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Lists what a scan has found out, however much it is: page by page, each a short
 * statement of its own, so that neither the memory nor the database notices a slow
 * reader.
 */
@Repository
class Findings {

	private static final int PAGE = 1_000;

	private static final HexFormat HEX = HexFormat.of();

	private final JdbcClient jdbc;

	Findings(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** The files of a scan by path, in byte order. */
	void forEachFile(long scan, FileVisitor visitor) throws IOException {
		byte[] last = {};
		List<StoredFile> page;
		do {
			page = filesAfter(scan, last);
			for (StoredFile file : page) {
				visitor.visit(file.path(), file.sha256());
				last = file.path().bytes();
			}
		}
		while (page.size() == PAGE);
	}

	/** The errors of a scan, in the order in which they were found. */
	void forEachError(long scan, ErrorVisitor visitor) throws IOException {
		long last = 0;
		List<StoredError> page;
		do {
			page = errorsAfter(scan, last);
			for (StoredError error : page) {
				visitor.visit(error.path(), error.reason());
				last = error.id();
			}
		}
		while (page.size() == PAGE);
	}

	private List<StoredFile> filesAfter(long scan, byte[] path) {
		return this.jdbc
			.sql("SELECT path, sha256 FROM file WHERE scan_id = :scan AND path > :path ORDER BY path LIMIT :page")
			.param("scan", scan)
			.param("path", path)
			.param("page", PAGE)
			.query((row, number) -> new StoredFile(RawPath.ofBytes(row.getBytes("path")),
					HEX.formatHex(row.getBytes("sha256"))))
			.list();
	}

	private List<StoredError> errorsAfter(long scan, long id) {
		return this.jdbc
			.sql("SELECT id, path, reason FROM file_error WHERE scan_id = :scan AND id > :id ORDER BY id LIMIT :page")
			.param("scan", scan)
			.param("id", id)
			.param("page", PAGE)
			.query((row, number) -> new StoredError(row.getLong("id"), RawPath.ofBytes(row.getBytes("path")),
					row.getString("reason")))
			.list();
	}

	/**
	 * Who is shown the files.
	 */
	@FunctionalInterface
	interface FileVisitor {

		void visit(RawPath path, String sha256) throws IOException;

	}

	/**
	 * Who is shown the errors.
	 */
	@FunctionalInterface
	interface ErrorVisitor {

		void visit(RawPath path, String reason) throws IOException;

	}

	private record StoredFile(RawPath path, String sha256) {

	}

	private record StoredError(long id, RawPath path, String reason) {

	}

}
