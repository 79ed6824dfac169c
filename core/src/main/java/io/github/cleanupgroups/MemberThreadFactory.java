package io.github.cleanupgroups;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Makes threads whose code is a callback of an environment's group:
 * {@link CallbackEnvironment#asThreadFactory()}. Thread-safe if the factory behind it is.
 */
final class MemberThreadFactory implements ThreadFactory {

	private final CallbackEnvironment environment;

	private final ThreadFactory threads;

	MemberThreadFactory(CallbackEnvironment environment, ThreadFactory threads) {
		this.environment = environment;
		this.threads = threads;
	}

	/** Returns null where the factory behind it does. */
	@Override
	public @Nullable Thread newThread(Runnable task) {
		Objects.requireNonNull(task, "task");
		MemberThread member = new MemberThread(this.environment, task);
		// First: where it is refused, no thread is made in vain.
		UnbegunThread unbegun = Admission.admit(member);
		Thread thread = null;
		try {
			thread = this.threads.newThread(() -> Admission.run(member, unbegun));
			if (thread != null) {
				member.isRunBy(thread);
			}
			return thread;
		}
		finally {
			if (thread == null) {
				unbegun.lane.dispatcher.memberThreads().withdraw(unbegun);
			}
		}
	}

	@Override
	public String toString() {
		return "threads of " + this.environment;
	}

}
