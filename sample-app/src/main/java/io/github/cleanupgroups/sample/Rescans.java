package io.github.cleanupgroups.sample;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Timer;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * Scans a root again: from time to time, or when somebody asks. The timer is a member of
 * the group {@code read} and ends with it.
 */
@Component
final class Rescans {

	private static final Logger logger = LoggerFactory.getLogger(Rescans.class);

	private final ScanService scans;

	private final CallbackEnvironment members;

	Rescans(ScanService scans, CleanupGroups groups) {
		this.scans = scans;
		this.members = groups.environmentBuilder("read").memberName("Rescans.timer").build();
	}

	/** From now on, again and again. Where a scan is running then, that one will do. */
	void every(Duration interval, String root) {
		Timer timer = this.members.newTimer((instance) -> start(root));
		timer.set(interval, interval);
	}

	/**
	 * Starts a scan now, unless one is running or a group takes nothing new.
	 * @return false if there is none that begins now: another one may not see what has
	 * changed
	 */
	boolean start(String root) {
		try {
			this.scans.start(root);
		}
		catch (ScanRunningException ex) {
			logger.debug("No other scan of '{}' while it is being scanned", root);
			return false;
		}
		catch (NotTakingScansException ex) {
			logger.debug("No scan of '{}' at present", root, ex);
			return false;
		}
		catch (UnreadableRootException ex) {
			logger.warn("There is nothing to scan at present: {}", ex.getMessage());
		}
		return true;
	}

}
