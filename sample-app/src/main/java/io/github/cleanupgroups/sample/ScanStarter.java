package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.nio.file.Path;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.spring.CleanupGroups;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sees to the scans of a process that begins: goes on with those that an earlier one left
 * unfinished, starts that of {@code inventory.root}, and has it started again later.
 */
@Component
final class ScanStarter implements SmartLifecycle {

	/**
	 * After the groups have opened and before the web server takes requests: nobody sees
	 * a scan as interrupted that is about to go on, or starts another one in its place.
	 */
	private static final int PHASE = Integer.MAX_VALUE - 3072;

	private static final Logger logger = LoggerFactory.getLogger(ScanStarter.class);

	private final ScanService scans;

	private final Rescans rescans;

	private final InventoryProperties properties;

	private final CallbackEnvironment members;

	private final @Nullable H2Database database;

	/** Written and read by whoever starts and stops the application context. */
	private volatile @Nullable TreeWatch watch;

	private volatile boolean running;

	ScanStarter(ScanService scans, Rescans rescans, InventoryProperties properties, CleanupGroups groups,
			ObjectProvider<H2Database> database) {
		this.scans = scans;
		this.rescans = rescans;
		this.properties = properties;
		this.members = groups.environmentBuilder("read").memberName("TreeWatch").build();
		this.database = database.getIfAvailable();
	}

	@Override
	public void start() {
		SettingsCheck.run(this.properties);
		String root = this.properties.givenRoot();
		// Before the scan: of what changes under it nothing is overlooked.
		TreeWatch watch = (root != null && this.properties.watch()) ? watch(root) : null;
		this.watch = watch;
		this.running = true;
		this.scans.resumeAll();
		if (root != null) {
			scan(root, watch);
		}
	}

	private void scan(String root, @Nullable TreeWatch watch) {
		if (!this.rescans.start(root)) {
			logger.info("inventory.root={} is being scanned already", root);
		}
		if (this.properties.rescanInterval() != null) {
			this.rescans.every(this.properties.rescanInterval(), root);
		}
		if (watch != null) {
			watch.start();
		}
	}

	private TreeWatch watch(String root) {
		try {
			WatchedTree tree = WatchedTree.open(ScanRoot.of(root).directory(), this::isOwn, WatchedTree.LIMIT);
			return new TreeWatch(tree, this.members, () -> this.rescans.start(root));
		}
		catch (IOException ex) {
			throw SettingsCheck.refusal("watch", true, "The root '" + root + "' cannot be watched: "
					+ FailureReason.of(ex) + ". Leave this out, and use inventory.rescan-interval.");
		}
	}

	private boolean isOwn(Path file) {
		return this.database != null && this.database.owns(file);
	}

	/** The scans and timers end with the groups. */
	@Override
	public void stop() {
		this.running = false;
		TreeWatch watch = this.watch;
		if (watch != null) {
			this.watch = null;
			close(watch);
		}
	}

	private static void close(TreeWatch watch) {
		try {
			watch.close();
		}
		catch (IOException ex) {
			logger.warn("The watch for changes cannot be closed", ex);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
