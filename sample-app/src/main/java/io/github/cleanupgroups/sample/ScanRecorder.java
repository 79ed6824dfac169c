package io.github.cleanupgroups.sample;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.cleanupgroups.spring.GroupedAsync;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * All that a scan in progress has to do with the database, each piece a transaction and a
 * member of the group {@code store}: once that is closed, nobody needs the database any
 * more.
 */
@Component
class ScanRecorder {

	private static final Logger logger = LoggerFactory.getLogger(ScanRecorder.class);

	private final FileStore files;

	private final ScanStore scans;

	ScanRecorder(FileStore files, ScanStore scans) {
		this.files = files;
		this.scans = scans;
	}

	/** Leaves out what an earlier process has stored of the same scan. */
	@GroupedAsync("store")
	CompletableFuture<List<Found>> withoutStored(long scan, List<Found> found) {
		return CompletableFuture.completedFuture(this.files.withoutStored(scan, found));
	}

	/** Stores a batch of findings. */
	@GroupedAsync("store")
	CompletableFuture<Void> store(long scan, List<Finding> findings) {
		try {
			this.files.add(scan, findings);
		}
		catch (DataAccessException ex) {
			logger.warn("Storing {} findings of scan {} one by one: together they failed", findings.size(), scan, ex);
			findings.forEach((finding) -> storeAlone(scan, finding));
		}
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Where even the error cannot be stored, the database is at fault and not the file.
	 */
	private void storeAlone(long scan, Finding finding) {
		try {
			this.files.add(scan, List.of(finding));
		}
		catch (DataAccessException ex) {
			String reason = "cannot be stored: " + ex.getMostSpecificCause().getMessage();
			this.files.add(scan, List.of(new FileError(finding.name(), reason)));
		}
	}

	/** Stores how a scan has ended. */
	@GroupedAsync("store")
	CompletableFuture<Scan> end(long scan, ScanState state, @Nullable String failure) {
		return CompletableFuture.completedFuture(this.scans.end(scan, state, failure));
	}

}
