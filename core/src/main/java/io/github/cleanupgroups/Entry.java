package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What can stand in a queue: a one-off, or a member object that has callbacks pending.
 * The entry is its own queue node.
 *
 * <p>
 * Fields without a note are written before the entry is first published under the pool's
 * lock and never again.
 */
abstract sealed class Entry extends Alarm permits OneOff, MemberObject {

	final CallbackEnvironment environment;

	final long joinedNanos;

	/**
	 * The queue link. Pool lock; after the queue was taken by a close, that close alone.
	 */
	@Nullable Entry next;

	Entry(CallbackEnvironment environment, long joinedNanos) {
		this.environment = environment;
		this.joinedNanos = joinedNanos;
	}

	abstract MemberKind memberKind();

	/** The lane it entered. */
	abstract Lane lane();

	/** The object that a callback of this entry belongs to, null for a one-off. */
	abstract @Nullable Member object();

	/** What it was made with for its callbacks. */
	abstract @Nullable Object context();

	/** Since when the callback that is next has been queued. Pool lock. */
	abstract long queuedNanos();

	/** How many of its callbacks are queued. Pool lock. */
	abstract long pending();

	/** Whether there is something to start in its turn. Pool lock. */
	boolean isReady() {
		return pending() > 0;
	}

	/** Whether its callbacks count for the bound of its group's queue. */
	boolean isBounded() {
		return true;
	}

	/** It stands in the queue no longer, or is not to run from there. Pool lock. */
	abstract void leaveQueue();

	/** Runs the user's callback. No lock. */
	abstract void invoke(RunningCallback running, CallbackInstance instance) throws Exception;

	/** What to run instead, where somebody holds a future of it. */
	@Nullable OwnedCallback owned() {
		return null;
	}

	/** What its environment's decorator has put around it. */
	CallbackDecorator.@Nullable Decoration decoration() {
		return null;
	}

	/** What a close does with its queued callbacks. */
	Retention retention() {
		return this.environment.retention();
	}

	String memberName() {
		return this.environment.memberName(memberKind());
	}

}
