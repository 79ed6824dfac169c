package io.github.cleanupgroups;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Puts something around what members run: what a thread carries with it from the
 * submitter (a logging context, a trace, a user), or an observation.
 *
 * <p>
 * An environment that has one ({@link CallbackEnvironment.Builder#decorator}) calls it
 * once for each one-off, on the thread that submits it, and once for each object, on the
 * thread that makes it. Delayed and periodic tasks of an
 * {@linkplain CallbackEnvironment#asExecutorService() executor view} are one-offs of the
 * thread that schedules them. No lock is held.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CallbackDecorator {

	/**
	 * Called before something becomes a member; it may be refused after that. What this
	 * throws goes to the caller, and nothing becomes a member.
	 * @param kind what it will be
	 * @param name what it will be called
	 * @return what to put around its callbacks, or null for nothing, which costs nothing
	 */
	@Nullable Decoration decorate(MemberKind kind, String name);

	/**
	 * What is put around the callbacks of one member. That of a one-off is used once: for
	 * its callback, or for the notice that it was cancelled. That of an object is used
	 * for each callback and may be used by several threads at once.
	 */
	interface Decoration {

		/**
		 * Runs a callback, on its thread. Where this does not
		 * {@linkplain Execution#proceed() proceed}, the callback does not run: the
		 * one-off's future completes with what this throws. (The task of a
		 * {@code CompletableFuture.supplyAsync} runs all the same, without a decoration:
		 * nobody else could complete its future.)
		 * @param execution what to run
		 */
		void run(Execution execution);

		/**
		 * Tells the owner that the member was cancelled: completes its future, which runs
		 * the future's dependents, and calls its {@link CancelCallback}. On the closing
		 * thread, or wherever the last callback of an object has ended. Where this does
		 * not run the notice, the owner is told without it.
		 * @param notice to be run once; throws nothing
		 */
		void tellOwner(Runnable notice);

	}

	/** One execution of a callback. Valid on its thread, during {@code run}. */
	interface Execution {

		/**
		 * Runs the callback, its finalization callback and its completion actions, and
		 * tells the group's {@link CleanupGroupListener} unless it goes on as a stage.
		 * Throws nothing that these throw: that goes where it goes without a decoration.
		 * @throws IllegalStateException if called again, after {@code run} has returned,
		 * or on another thread
		 */
		void proceed();

		/**
		 * Registers what happens when the execution has ended for good: after
		 * {@link Decoration#run} has returned or, where it goes on as a stage
		 * ({@link CallbackEnvironment#submitAsync}), when that completes, on the thread
		 * that completes it. Several happen in their order.
		 * @param action told what the callback has thrown or its future has failed with,
		 * null where it ended well
		 * @throws IllegalStateException if called after {@code run} has returned, or on
		 * another thread
		 */
		void whenEnded(Consumer<@Nullable Throwable> action);

	}

}
