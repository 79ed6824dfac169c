package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CleanupGroup;

/**
 * Lets groups run dry while the application serves: each refuses what is new from outside
 * when those that are closed before it refuse and are idle. One thread sees to it, and
 * only while some group's turn has not come.
 *
 * <p>
 * A group that is resumed meanwhile is not part of the drain any more, and the others do
 * not wait for it.
 */
final class Draining {

	/** How often to look whose turn it is: nothing tells that an open group is idle. */
	private static final Duration LOOK = Duration.ofMillis(50);

	/** The groups in closing order. */
	private final Supplier<List<RegisteredGroup>> groups;

	private final int phaseOfShutdown;

	private final Object lock = new Object();

	@GuardedBy("lock")
	private boolean on;

	/** Whoever looks whose turn it is; null where nobody has to. */
	@GuardedBy("lock")
	private @Nullable Thread thread;

	Draining(Supplier<List<RegisteredGroup>> groups, int phaseOfShutdown) {
		this.groups = groups;
		this.phaseOfShutdown = phaseOfShutdown;
	}

	void begin() {
		synchronized (this.lock) {
			this.on = true;
			this.groups.get().stream().filter((each) -> !each.isStopped()).forEach((each) -> each.draining(true));
			if (refuseThoseWhoseTurnItIs() && this.thread == null) {
				Thread looking = new Thread(this::look, "cleanup-groups-drain");
				looking.setDaemon(true);
				looking.start();
				this.thread = looking;
			}
		}
	}

	/** A group was opened; its members come from outside unless a member opened it. */
	void opened(RegisteredGroup opened) {
		synchronized (this.lock) {
			if (this.on && this.groups.get().stream().noneMatch((each) -> each.group().isInside())) {
				opened.draining(true);
				opened.group().refuse();
			}
		}
	}

	/** All groups accept and run. */
	void resumeAll() {
		synchronized (this.lock) {
			List<RegisteredGroup> all = this.groups.get();
			all.forEach(Draining::requireNotStopped);
			this.on = false;
			all.forEach(this::resumed);
		}
	}

	/** One group accepts and runs. */
	void resume(RegisteredGroup group) {
		synchronized (this.lock) {
			requireNotStopped(group);
			resumed(group);
		}
	}

	@GuardedBy("lock")
	private void resumed(RegisteredGroup group) {
		group.draining(false);
		group.group().accept();
		group.group().resume();
	}

	/** The lifecycle closes or opens groups from here on. */
	void end() {
		synchronized (this.lock) {
			this.on = false;
			if (this.thread != null) {
				this.thread.interrupt();
				// Who drains next starts another.
				this.thread = null;
			}
		}
	}

	private static void requireNotStopped(RegisteredGroup group) {
		if (group.isStopped()) {
			throw new IllegalStateException(
					"Cleanup group '" + group.name() + "' cannot be resumed: the application is being stopped");
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void look() {
		try {
			while (goOn()) {
				Thread.sleep(LOOK.toMillis());
			}
		}
		catch (InterruptedException ex) {
			// The application ends, or has been started again.
		}
		finally {
			synchronized (this.lock) {
				if (this.thread == Thread.currentThread()) {
					this.thread = null;
				}
			}
		}
	}

	/** Leaving is one step with finding nothing to do: who drains next starts another. */
	@SuppressWarnings("ReferenceEquality")
	private boolean goOn() {
		synchronized (this.lock) {
			boolean waiting = this.on && refuseThoseWhoseTurnItIs();
			if (!waiting && this.thread == Thread.currentThread()) {
				this.thread = null;
			}
			return waiting;
		}
	}

	/**
	 * Whether some group's turn has not come. One look at each group: in closing order,
	 * those that come before it have been looked at, and have refused if it was their
	 * turn.
	 */
	@GuardedBy("lock")
	private boolean refuseThoseWhoseTurnItIs() {
		Busy busy = new Busy();
		boolean waiting = false;
		for (RegisteredGroup each : this.groups.get()) {
			if (!each.isDraining()) {
				continue;
			}
			int phase = each.settings().phaseOr(this.phaseOfShutdown);
			if (each.group().isAccepting()) {
				if (busy.isBefore(each, phase)) {
					waiting = true;
				}
				else {
					each.group().refuse();
				}
			}
			if (each.group().isAccepting() || !each.isIdle()) {
				busy.add(each, phase);
			}
		}
		return waiting;
	}

	/** Groups that others wait for. */
	private static final class Busy {

		private final Set<String> names = new HashSet<>();

		private final Set<CleanupGroup> parents = new HashSet<>();

		private int highestPhase = Integer.MIN_VALUE;

		void add(RegisteredGroup group, int phase) {
			this.names.add(group.name());
			this.highestPhase = Math.max(this.highestPhase, phase);
			RegisteredGroup parent = group.parent();
			while (parent != null && this.parents.add(parent.group())) {
				parent = parent.parent();
			}
		}

		boolean isBefore(RegisteredGroup group, int phase) {
			return phase < this.highestPhase || this.parents.contains(group.group())
					|| group.settings().closesAfter().stream().anyMatch(this.names::contains);
		}

	}

}
