package io.github.cleanupgroups.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sees to the scans of a process that begins: goes on with those that an earlier one left
 * unfinished, and starts that of {@code inventory.root}.
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

	private final InventoryProperties properties;

	private volatile boolean running;

	ScanStarter(ScanService scans, InventoryProperties properties) {
		this.scans = scans;
		this.properties = properties;
	}

	@Override
	public void start() {
		String root = this.properties.root();
		if (root == null || root.isBlank()) {
			this.running = true;
			this.scans.resumeAll();
		}
		else {
			check(root);
			this.running = true;
			this.scans.resumeAll();
			startUnlessRunning(root);
		}
	}

	/** Before anything goes on: a process with a wrong setting does nothing. */
	private static void check(String root) {
		try {
			ScanRoot.of(root);
		}
		catch (UnreadableRootException ex) {
			throw new InvalidConfigurationPropertyValueException("inventory.root", root,
					ex.getMessage() + " Name another one, or none to scan nothing at start.");
		}
	}

	private void startUnlessRunning(String root) {
		try {
			this.scans.start(root);
		}
		catch (ScanRunningException ex) {
			logger.info("inventory.root={} is being scanned already", root);
		}
	}

	/** The scans end with the groups. */
	@Override
	public void stop() {
		this.running = false;
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
