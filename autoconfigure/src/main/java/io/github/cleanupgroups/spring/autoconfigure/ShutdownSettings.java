package io.github.cleanupgroups.spring.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsProperties.Shutdown;

/**
 * The settings of the shutdown that are in force, and who wants to hear of others.
 */
final class ShutdownSettings {

	/** Written by who reconfigures, read by anybody. */
	private volatile Shutdown inForce;

	private final List<Consumer<Shutdown>> followers = new CopyOnWriteArrayList<>();

	ShutdownSettings(Shutdown started) {
		this.inForce = started;
	}

	Shutdown inForce() {
		return this.inForce;
	}

	/** Whoever follows hears of it, unless nothing has changed. */
	void change(Shutdown changed) {
		if (!changed.equals(this.inForce)) {
			this.inForce = changed;
			this.followers.forEach((each) -> each.accept(changed));
		}
	}

	/** Hears of changes from now on. */
	void follow(Consumer<Shutdown> follower) {
		this.followers.add(follower);
	}

}
