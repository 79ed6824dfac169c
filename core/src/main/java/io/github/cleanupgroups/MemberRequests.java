package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of single member objects, of whatever kind: to wait for their callbacks,
 * to cancel what is pending, to be closed, to tell when they are released.
 *
 * <p>
 * A part of its {@link Dispatcher}: it takes the pool's lock, which guards the objects,
 * and has no state of its own. Of the dispatcher it needs {@link Dispatcher#unqueue},
 * {@link Dispatcher#ended} and {@link Dispatcher#releaseBound} for what it cancels.
 */
final class MemberRequests {

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	MemberRequests(Dispatcher dispatcher, PoolLock lock) {
		this.dispatcher = dispatcher;
		this.lock = lock;
	}

	/**
	 * Waits until nothing of a member is queued or running; without a time-out returns
	 * true.
	 */
	boolean awaitCallbacks(MemberObject object, Pending pending, @Nullable Duration timeout)
			throws InterruptedException {
		if (CallbackThread.isInside(object)) {
			throw new IllegalStateException("'" + object.memberName() + "' of " + object.lane().generation
					+ " waits for itself: the call comes from its own callback");
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Deadline deadline = Deadline.in(this.dispatcher.time, timeout);
		if (pending == Pending.CANCEL) {
			cancelPending(object);
		}
		this.lock.lock();
		try {
			return object.isQuiet() || object.waiters().await(object::isQuiet, this.lock, deadline, object);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void cancelPending(MemberObject object) {
		Lane lane = object.lane();
		List<Runnable> unlocked = new ArrayList<>(0);
		Aftermath aftermath = null;
		long dropped;
		this.lock.lock();
		try {
			object.disarm(unlocked);
			dropped = object.dropPending(unlocked);
			if (dropped > 0) {
				lane.cancelled += dropped;
				aftermath = this.dispatcher.unqueue(lane, dropped, this.dispatcher.ended(object, null));
			}
		}
		finally {
			this.lock.unlock();
		}
		Aftermath.runAll(unlocked);
		if (dropped > 0) {
			if (object.isBounded()) {
				this.dispatcher.releaseBound(lane, dropped);
			}
			lane.generation.tellCancelled(dropped);
		}
		if (aftermath != null) {
			aftermath.run();
		}
	}

	/** Closes one object by itself; what is pending of it still runs. */
	void close(MemberObject object) {
		List<Runnable> unlocked = new ArrayList<>(0);
		CompletableFuture<Void> released = null;
		this.lock.lock();
		try {
			object.disarm(unlocked);
			if (object.closeByItself() && object.isReleased()) {
				released = object.releasedOrNull();
			}
		}
		finally {
			this.lock.unlock();
		}
		Aftermath.runAll(unlocked);
		QueueBound bound = object.lane().generation.queueBound();
		if (bound != null && object.isBounded()) {
			bound.wakeSubmitters();
		}
		if (released != null) {
			released.complete(null);
		}
	}

	/** The future of an object's release, complete where that has come. */
	CompletableFuture<Void> released(MemberObject object) {
		this.lock.lock();
		try {
			return object.isReleased() ? CompletableFuture.completedFuture(null) : object.releasedFuture();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The owner of a cancelled member has been told.
	 * @return the future of its release, if anybody has asked for one and nothing of it
	 * is left
	 */
	@Nullable CompletableFuture<Void> told(MemberObject object) {
		this.lock.lock();
		try {
			object.told();
			return object.isReleased() ? object.releasedOrNull() : null;
		}
		finally {
			this.lock.unlock();
		}
	}

}
