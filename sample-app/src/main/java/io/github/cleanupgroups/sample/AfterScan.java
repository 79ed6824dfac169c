package io.github.cleanupgroups.sample;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.MemberClosedException;
import io.github.cleanupgroups.Signal;
import io.github.cleanupgroups.Wait;
import io.github.cleanupgroups.WaitResult;
import io.github.cleanupgroups.spring.CleanupGroups;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Runs {@code inventory.after-scan-command} after a completed scan, and tells how it
 * ended: the end of the process is a wait member of the group {@code read}.
 *
 * <p>
 * What the command prints is thrown away, and there is nothing for it to read. It is
 * ended if it takes longer than it may; where the inventory ends first, it is left alone,
 * and goes on without it.
 */
@Component
final class AfterScan {

	private static final Logger logger = LoggerFactory.getLogger(AfterScan.class);

	private static final File NOTHING = new File("/dev/null");

	private final InventoryProperties properties;

	/** Starts processes. It is awaited: a scan that has completed has its command run. */
	private final CallbackEnvironment starts;

	private final CallbackEnvironment waits;

	AfterScan(InventoryProperties properties, CleanupGroups groups) {
		this.properties = properties;
		this.starts = groups.environmentBuilder("store").memberName("AfterScan.start").build();
		this.waits = groups.environmentBuilder("read")
			.memberName("AfterScan.wait")
			.onCancel((cancellation) -> cancelled(cancellation.context()))
			.build();
	}

	private static void cancelled(@Nullable Object command) {
		((Command) Objects.requireNonNull(command, "command")).leftAlone();
	}

	/** Has the command run, if there is one. */
	void run(Scan scan) {
		List<String> command = command();
		if (!command.isEmpty() && !this.starts.trySubmit((instance) -> start(command, scan))) {
			logger.warn("The command after scan {} is not run: the inventory is ending", scan.id());
		}
	}

	/** A single text is a line for the shell. */
	private List<String> command() {
		List<String> words = this.properties.afterScanCommand();
		if (words.size() != 1) {
			return words;
		}
		return words.get(0).isBlank() ? List.of() : List.of("/bin/sh", "-c", words.get(0));
	}

	private void start(List<String> command, Scan scan) {
		ProcessBuilder builder = new ProcessBuilder(command).redirectInput(NOTHING)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("INVENTORY_SCAN_ID", String.valueOf(scan.id()));
		builder.environment().put("INVENTORY_SCAN_ROOT", scan.root());
		try {
			await(new Command(scan.id(), builder.start()));
		}
		catch (IOException ex) {
			logger.error("The command after scan {} cannot be run", scan.id(), ex);
		}
	}

	private void await(Command command) {
		try {
			Wait wait = this.waits.newWait(command, (instance, result) -> {
				Objects.requireNonNull(instance.member(), "member").close();
				command.ended(result);
			});
			wait.set(Signal.of(command.process.toHandle()), this.properties.afterScanTimeout());
		}
		catch (MemberClosedException ex) {
			logger.trace("{} was left alone at once", command, ex);
		}
		catch (RejectedExecutionException ex) {
			command.leftAlone();
		}
	}

	/**
	 * A command under way.
	 *
	 * @param scan the id of the scan that it comes after
	 * @param process what runs it
	 */
	private record Command(long scan, Process process) {

		private void ended(WaitResult result) throws InterruptedException {
			if (result == WaitResult.TIMED_OUT) {
				logger.warn("{} takes too long and is ended", this);
				this.process.descendants().forEach(ProcessHandle::destroy);
				this.process.destroy();
				return;
			}
			// The exit code is there a moment after the end.
			int exitCode = this.process.waitFor();
			if (exitCode == 0) {
				logger.info("{} has ended", this);
			}
			else {
				logger.warn("{} has failed with exit code {}", this, exitCode);
			}
		}

		private void leftAlone() {
			logger.info("{} is left alone: the inventory does not wait for it any more", this);
		}

		@Override
		public String toString() {
			return "The command after scan " + this.scan + " (process " + this.process.pid() + ")";
		}

	}

}
