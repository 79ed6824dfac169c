package io.github.cleanupgroups.spring.autoconfigure;

import org.springframework.context.SmartLifecycle;

/**
 * A part of this library in the lifecycle of the context. Nothing may inject one: a
 * lifecycle on which others depend ends the wait for its phase too early.
 */
abstract sealed class InternalLifecycle implements SmartLifecycle permits GroupsLifecycle, SchedulerLifecycle {

	private final int phase;

	/** Written by the context's threads and the closing one, read by all. */
	private volatile boolean running;

	InternalLifecycle(int phase) {
		this.phase = phase;
	}

	@Override
	public final int getPhase() {
		return this.phase;
	}

	@Override
	public final boolean isRunning() {
		return this.running;
	}

	final void running(boolean value) {
		this.running = value;
	}

	/** A pause of the context is not the end of what runs in it. */
	@Override
	public final boolean isPauseable() {
		return false;
	}

}
