package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Service;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Starts scans, one at a time for each directory, and records how they end. Thread-safe.
 */
@Service
final class ScanService {

	private static final Logger logger = LoggerFactory.getLogger(ScanService.class);

	private final ScanStore store;

	private final ScanRunner runner;

	private final ScanRecorder recorder;

	private final AfterScan afterScan;

	/** Those that a scan needs. */
	private final List<CleanupGroup> groups;

	/**
	 * By the identity of the root. Begun under the lock of this, ended without: who ends
	 * one is a member, for whose group a start that holds the lock may be waiting.
	 */
	private final Map<Path, Scan> running = new ConcurrentHashMap<>();

	ScanService(ScanStore store, ScanRunner runner, ScanRecorder recorder, AfterScan afterScan, CleanupGroups groups) {
		this.store = store;
		this.runner = runner;
		this.recorder = recorder;
		this.afterScan = afterScan;
		this.groups = Stream.of("read", "hash", "store").map(groups::get).toList();
	}

	/**
	 * Starts a scan, or goes on with the one of this root that was interrupted.
	 * @throws UnreadableRootException if the root is no directory that can be listed
	 * @throws ScanRunningException if it is being scanned
	 * @throws NotTakingScansException if a group that a scan needs takes nothing new
	 */
	Scan start(String rootName) {
		ScanRoot root = ScanRoot.of(rootName);
		return start(root, identityOf(root));
	}

	private synchronized Scan start(ScanRoot root, Path identity) {
		Scan running = this.running.get(identity);
		if (running != null) {
			throw new ScanRunningException(running);
		}
		requireThatAllTakeScans();
		Optional<Scan> interrupted = this.store.findInterrupted(root.name());
		Scan scan = interrupted.isPresent() ? resume(interrupted.get(), root, identity) : begin(root, identity);
		if (scan.state() == ScanState.INTERRUPTED) {
			throw new NotTakingScansException("read");
		}
		return scan;
	}

	/** Before anything is recorded of a scan that would only wait for the next start. */
	private void requireThatAllTakeScans() {
		this.groups.stream().filter((group) -> !group.isAccepting()).findFirst().ifPresent((group) -> {
			throw new NotTakingScansException(group.name());
		});
	}

	/** Goes on with all scans that an earlier process did not finish. */
	synchronized void resumeAll() {
		for (Scan scan : this.store.unfinished()) {
			try {
				resumeUnlessRunning(scan, ScanRoot.of(scan.root()));
			}
			catch (UnreadableRootException ex) {
				fail(scan, ex.getMessage());
			}
		}
	}

	private void resumeUnlessRunning(Scan scan, ScanRoot root) {
		Path identity = identityOf(root);
		Scan running = this.running.get(identity);
		if (running == null) {
			resume(scan, root, identity);
		}
		else if (running.id() != scan.id()) {
			fail(scan, "scan " + running.id() + " scans the same directory");
		}
	}

	Scan get(String id) {
		return parse(id).flatMap(this.store::find).orElseThrow(() -> new NoSuchScanException(id));
	}

	private static Optional<Long> parse(String id) {
		try {
			return Optional.of(Long.valueOf(id));
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/** Newest first. */
	List<Scan> latest(int limit) {
		return this.store.latest(limit);
	}

	private Scan begin(ScanRoot root, Path identity) {
		Scan scan = this.store.create(root.name());
		logger.info("Scan {} of '{}' begins", scan.id(), scan.root());
		return run(scan, root, identity, false);
	}

	private Scan resume(Scan scan, ScanRoot root, Path identity) {
		logger.info("Going on with scan {} of '{}': {} files are stored already", scan.id(), scan.root(), scan.files());
		return run(this.store.resume(scan.id()), root, identity, true);
	}

	private Scan run(Scan scan, ScanRoot root, Path identity, boolean resumed) {
		ScanRun run;
		try {
			run = new ScanRun(scan, root, resumed);
		}
		catch (IOException ex) {
			return fail(scan, FailureReason.of(ex));
		}
		this.running.put(identity, scan);
		this.runner.start(run, (over) -> end(over, identity));
		Throwable stopped = run.stopped();
		return (stopped != null && FutureFailure.cause(stopped) instanceof RejectedExecutionException)
				? interrupted(scan) : scan;
	}

	/**
	 * It was refused before it could begin. Written here: the group that writes refuses,
	 * too, or will soon.
	 */
	private Scan interrupted(Scan scan) {
		logger.info("Scan {} cannot begin at present: the next start goes on with it", scan.id());
		return this.store.end(scan.id(), ScanState.INTERRUPTED, null);
	}

	private Scan fail(Scan scan, String failure) {
		logger.error("Scan {} of '{}' has failed: {}", scan.id(), scan.root(), failure);
		return this.store.end(scan.id(), ScanState.FAILED, failure);
	}

	private static Path identityOf(ScanRoot root) {
		try {
			return root.identity();
		}
		catch (IOException ex) {
			throw new UnreadableRootException(
					"The root '" + root + "' is no readable directory: " + FailureReason.of(ex) + ".");
		}
	}

	/**
	 * The root is free before the new state can be seen: whoever sees it can start the
	 * next scan.
	 */
	private void end(ScanRun run, Path identity) {
		this.running.remove(identity);
		Throwable why = run.stopped();
		Throwable stopped = (why != null) ? FutureFailure.cause(why) : null;
		String failure = isFailure(stopped) ? String.valueOf(stopped) : null;
		CompletableFuture<Scan> unused = Refusals
			.toFailure(() -> this.recorder.end(run.scan().id(), stateAfter(stopped), failure))
			.whenComplete((ended, notStored) -> {
				if (notStored == null) {
					log(ended, stopped);
					if (ended.state() == ScanState.COMPLETED) {
						this.afterScan.run(ended);
					}
				}
				else {
					logNotStored(run, FutureFailure.cause(notStored));
				}
			});
	}

	private static ScanState stateAfter(@Nullable Throwable stopped) {
		if (stopped == null) {
			return ScanState.COMPLETED;
		}
		return isFailure(stopped) ? ScanState.FAILED : ScanState.INTERRUPTED;
	}

	/** That a group was closed is none: the scan can go on another time. */
	private static boolean isFailure(@Nullable Throwable stopped) {
		return stopped != null && !(stopped instanceof RejectedExecutionException)
				&& !(stopped instanceof CancellationException);
	}

	/** It is RUNNING in the database, as after a crash. */
	private static void logNotStored(ScanRun run, Throwable why) {
		if (isFailure(why)) {
			logger.error("How {} ended cannot be stored: the next start goes on with it", run, why);
		}
		else {
			logger.info("The end of {} came after that of its groups: the next start goes on with it", run);
		}
	}

	private static void log(Scan ended, @Nullable Throwable stopped) {
		if (ended.state() == ScanState.FAILED) {
			logger.error("Scan {} of '{}' has failed", ended.id(), ended.root(), stopped);
		}
		else {
			logger.info("Scan {} of '{}' is {}: {} files, {} bytes, {} errors{}", ended.id(), ended.root(),
					ended.state(), ended.files(), ended.bytes(), ended.errors(),
					(ended.state() == ScanState.INTERRUPTED) ? ". The next start goes on with it" : "");
		}
	}

}
