package io.github.cleanupgroups;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * What an execution goes on as after its callback has returned: it stays a running
 * member, and holds its group's slot, until a stage completes, without holding a thread.
 */
final class Continuation {

	private final CompletionStage<?> stage;

	/** Whose closes wait for it, null without a group. */
	private final @Nullable CleanupGroup group;

	/** Whether the callback has returned. Pool lock. */
	boolean returned;

	/** Whether the stage has completed. Pool lock. */
	boolean completed;

	/** Written by the completing thread before {@link #completed}. */
	private volatile @Nullable Throwable failure;

	Continuation(CompletionStage<?> stage, @Nullable CleanupGroup group) {
		this.stage = stage;
		this.group = group;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	void failedWith(@Nullable Throwable cause) {
		this.failure = cause;
	}

	/** Asks the stage to end. No lock is held: its dependents run. */
	void cancel() {
		try {
			tell(() -> this.stage.toCompletableFuture().cancel(true));
		}
		catch (Throwable ex) {
			// A stage without a future behind it cannot be asked; it ends when it ends.
		}
	}

	/**
	 * Completes something whose dependents run at once, while the execution goes on: none
	 * of them may wait for a close of the group.
	 */
	void tell(Runnable completion) {
		CallbackThread.tell(this.group, completion);
	}

}
