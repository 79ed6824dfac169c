package io.github.cleanupgroups.sample;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.Signal;
import io.github.cleanupgroups.Timer;
import io.github.cleanupgroups.Wait;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acts when a tree has changed. A timer asks the system for changes, as it cannot tell by
 * itself without a thread that waits for it, and signals an event once they pause; a wait
 * for that event acts. Both are members of a group and end with it.
 */
final class TreeWatch implements Closeable {

	private static final Duration ROUND = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(TreeWatch.class);

	private final WatchedTree tree;

	private final BooleanSupplier action;

	private final Signal changed = Signal.event();

	/** Used by the timer's callbacks, which do not overlap. */
	private final Debounce debounce = new Debounce();

	/**
	 * Whether the action has to be tried again. Set by the wait, cleared by the timer.
	 */
	private final AtomicBoolean postponed = new AtomicBoolean();

	private final Timer timer;

	private final Wait wait;

	/**
	 * Begins to watch. Closes the tree in the end.
	 * @param members makes the timer and the wait
	 * @param action returns false where it cannot be now, to be called again later; does
	 * not overlap itself
	 */
	TreeWatch(WatchedTree tree, CallbackEnvironment members, BooleanSupplier action) {
		this.tree = tree;
		this.action = action;
		this.timer = members.newTimer((instance) -> ask());
		this.wait = members.newWait((instance, result) -> act());
	}

	void start() {
		this.wait.set(this.changed);
		this.timer.set(ROUND, ROUND);
	}

	private void ask() {
		boolean again = this.postponed.getAndSet(false);
		if (this.debounce.isDue(this.tree.hasChanged() || again)) {
			this.changed.signal();
		}
	}

	private void act() {
		try {
			if (!this.action.getAsBoolean()) {
				this.postponed.set(true);
			}
		}
		finally {
			waitAgain();
		}
	}

	private void waitAgain() {
		try {
			this.wait.set(this.changed);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("No more waiting for changes: {}", ex.getMessage());
		}
	}

	@Override
	public void close() throws IOException {
		this.timer.close();
		this.wait.close();
		this.tree.close();
	}

}
