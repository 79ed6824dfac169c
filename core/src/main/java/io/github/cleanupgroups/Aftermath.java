package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What a booking leads to that must not happen under the pool's lock. It is filled under
 * that lock, and run by the same thread once it is released.
 */
final class Aftermath {

	@Nullable MemberObject noticeDue;

	@Nullable CompletableFuture<Void> released;

	@Nullable Closing quiet;

	final List<Lane> slotFreeFor = new ArrayList<>(0);

	static Aftermath of(@Nullable Aftermath existing) {
		return (existing != null) ? existing : new Aftermath();
	}

	void run() {
		this.slotFreeFor.forEach((lane) -> lane.dispatcher.slotFreeElsewhere(lane));
		if (this.released != null) {
			this.released.complete(null);
		}
		if (this.noticeDue != null) {
			Closing closing = this.noticeDue.lane().closing;
			if (closing != null) {
				closing.noticeDue(this.noticeDue);
			}
		}
		if (this.quiet != null) {
			this.quiet.laneQuiet();
		}
	}

	/**
	 * Does all of what was to be done once a lock is released, whatever some of it
	 * throws.
	 */
	static void runAll(List<Runnable> unlocked) {
		Throwable failure = null;
		for (Runnable action : unlocked) {
			try {
				action.run();
			}
			catch (RuntimeException | Error ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		if (failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (failure instanceof Error ex) {
			throw ex;
		}
	}

}
