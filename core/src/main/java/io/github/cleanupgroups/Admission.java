package io.github.cleanupgroups;

import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * How something new gets into a group, or is refused: finding the generation to enter,
 * making room in a bounded queue, and the wording of refusals.
 *
 * <p>
 * Entering is one step under the pool's lock ({@link Dispatcher#enter}). Everything here
 * is retried around it: where a close has sealed the lane in between, the next attempt
 * finds the generation that came after, or is refused.
 */
final class Admission {

	private Admission() {
	}

	/** Enters a one-off, or throws. */
	static void submit(OneOff oneOff) {
		CallbackEnvironment environment = oneOff.environment;
		Lane lane = environment.knownLane();
		boolean inside = false;
		for (;;) {
			if (lane == null) {
				lane = entrance(environment, MemberKind.CALLBACK);
				inside = CallbackThread.isInside(lane.generation);
			}
			switch (tryEnter(oneOff, lane, inside)) {
				case ENTERED -> {
					return;
				}
				case POOL_CLOSED -> throw told(lane, oneOff, poolClosed(lane, oneOff));
				case SEALED -> {
					throwIfDroppedAnyway(oneOff, lane, inside);
					lane = null;
				}
				case BUSY, MEMBER_CLOSED -> throw new IllegalStateException("a one-off cannot be closed or busy");
			}
		}
	}

	/** Queues one more callback of a work object, or throws. */
	static void submit(Work work) {
		Lane lane = work.lane();
		boolean inside = false;
		for (;;) {
			switch (tryEnter(work, lane, inside)) {
				case ENTERED -> {
					return;
				}
				case POOL_CLOSED -> throw told(lane, work, poolClosed(lane, work));
				case MEMBER_CLOSED -> throw told(lane, work, memberClosed(work, "submitted", "it was closed"));
				case SEALED -> {
					if (inside || !CallbackThread.isInside(lane.generation)) {
						throw told(lane, work, sealed(work, lane, "submitted"));
					}
					inside = true;
				}
				case BUSY -> throw new IllegalStateException("a submission cannot be busy");
			}
		}
	}

	/**
	 * Enters what has expired where it was armed. Returns false where a close has come in
	 * between, or no thread is to be had.
	 */
	static boolean expire(OneOff oneOff, Lane lane) {
		QueueBound bound = lane.generation.queueBound();
		if (bound != null) {
			bound.acquire();
		}
		boolean entered = false;
		try {
			entered = lane.dispatcher.enterExpired(oneOff, lane) == Admitted.ENTERED;
			return entered;
		}
		catch (RejectedExecutionException ex) {
			// There is no thread to run it.
			return false;
		}
		finally {
			if (bound != null && !entered) {
				bound.release(1);
			}
		}
	}

	/** Arms what will become a one-off, or throws. */
	static void arm(CallbackEnvironment environment, TaskAlarm alarm, long dueNanos) {
		for (;;) {
			Lane lane = entrance(environment, MemberKind.CALLBACK);
			switch (lane.dispatcher.armed().arm(alarm, lane, CallbackThread.isInside(lane.generation), dueNanos)) {
				case ENTERED -> {
					return;
				}
				case POOL_CLOSED ->
					throw new PoolClosedException("pool '" + lane.dispatcher.name + "' is closed: delayed task '"
							+ environment.memberName(MemberKind.CALLBACK) + "' of " + lane.generation + " is refused");
				case SEALED -> {
					if (CallbackThread.isInside(lane.generation)) {
						throw new GroupClosedException(lane.generation + " is being closed: delayed task '"
								+ environment.memberName(MemberKind.CALLBACK) + "' is refused");
					}
				}
				case BUSY, MEMBER_CLOSED -> throw new IllegalStateException("a task cannot be closed or busy");
			}
		}
	}

	/** Lets a thread be made that will run what a member runs, or throws. */
	static UnbegunThread admit(MemberThread thread) {
		CallbackEnvironment environment = thread.environment();
		Lane lane = environment.knownLane();
		for (;;) {
			if (lane == null) {
				lane = entrance(environment, MemberKind.CALLBACK);
			}
			UnbegunThread unbegun = new UnbegunThread(thread, lane);
			switch (lane.dispatcher.memberThreads().list(unbegun, CallbackThread.isInside(lane.generation))) {
				case ENTERED -> {
					return unbegun;
				}
				case POOL_CLOSED -> {
					OneOff refused = thread.oneOff();
					throw told(lane, refused, poolClosed(lane, refused));
				}
				case SEALED -> lane = null;
				case BUSY, MEMBER_CLOSED -> throw new IllegalStateException("a thread cannot be closed or busy");
			}
		}
	}

	/**
	 * Runs what a thread was made for, on it. Whoever has started it waits for what it
	 * runs: so that runs in any case, as no callback at all where it fails to begin as
	 * one.
	 */
	static void run(MemberThread thread, UnbegunThread unbegun) {
		RunningCallback execution;
		try {
			execution = begun(thread, unbegun);
		}
		catch (Throwable ex) {
			try {
				CallbackThread.current().leaveIfUnused();
				thread.report(ex);
			}
			finally {
				thread.runTask();
			}
			return;
		}
		execution.lane().dispatcher.run(CallbackThread.current(), execution, null);
	}

	/**
	 * Where a close has come in between, it is a member of what is there after; where
	 * nobody takes it, one of no group, and interrupted.
	 */
	private static RunningCallback begun(MemberThread thread, UnbegunThread unbegun) {
		RunningCallback execution = thread.execution();
		if (unbegun.lane.dispatcher.memberThreads().beginListed(execution, unbegun)) {
			return execution;
		}
		CallbackEnvironment environment = thread.environment();
		for (;;) {
			Lane lane = entranceOrNull(environment);
			if (lane == null) {
				break;
			}
			Admitted outcome = lane.dispatcher.memberThreads()
				.beginUnlisted(execution, lane, CallbackThread.isInside(lane.generation));
			if (outcome == Admitted.ENTERED) {
				return execution;
			}
			if (outcome == Admitted.POOL_CLOSED) {
				lane.generation.tellRejected(MemberKind.CALLBACK, environment.memberName(MemberKind.CALLBACK));
				break;
			}
		}
		try {
			Thread.currentThread().interrupt();
		}
		catch (Throwable ex) {
			// The thread's doing, which is to run its code all the same.
			thread.report(ex);
		}
		environment.dispatcher().memberThreads().beginUngrouped(execution);
		return execution;
	}

	private static @Nullable Lane entranceOrNull(CallbackEnvironment environment) {
		try {
			return entrance(environment, MemberKind.CALLBACK);
		}
		catch (RejectedExecutionException ex) {
			return null;
		}
	}

	/** A constructor of member objects; {@code C} is the callback. */
	interface ObjectFactory<C, M extends MemberObject> {

		M make(CallbackEnvironment environment, @Nullable Object context, C callback, Lane lane, long joinedNanos);

	}

	/** Makes a new object a member, or throws. */
	static <C, M extends MemberObject> M join(CallbackEnvironment environment, MemberKind kind,
			@Nullable Object context, C callback, ObjectFactory<C, M> factory) {
		CallbackDecorator.Decoration decoration = environment.decoration(kind);
		Lane lane = environment.knownLane();
		boolean inside = false;
		for (;;) {
			if (lane == null) {
				lane = entrance(environment, kind);
				inside = CallbackThread.isInside(lane.generation);
			}
			M object = factory.make(environment, context, callback, lane, lane.dispatcher.stamp(lane.generation.group));
			object.decoratedWith(decoration);
			switch (lane.dispatcher.join(object, inside)) {
				case ENTERED -> {
					lane.generation.tellJoined(kind, object.memberName());
					return object;
				}
				case POOL_CLOSED -> throw told(lane, object, poolClosed(lane, object));
				case SEALED -> {
					// A close came in between: the next round finds what is after it.
					throwIfDroppedAnyway(object, lane, inside);
					lane = null;
				}
				case BUSY, MEMBER_CLOSED -> throw new IllegalStateException("a new member cannot be closed or busy");
			}
		}
	}

	/** One attempt to do something with an object. */
	interface Attempt {

		Admitted from(boolean inside);

	}

	/** Sets a timer or wait, or starts an operation, or throws. */
	static void require(MemberObject object, String verb, Attempt attempt) {
		Lane lane = object.lane();
		Admitted outcome = attempt.from(false);
		if (outcome == Admitted.SEALED && CallbackThread.isInside(lane.generation)) {
			outcome = attempt.from(true);
		}
		switch (outcome) {
			case ENTERED -> {
			}
			case POOL_CLOSED -> throw told(lane, object, poolClosed(lane, object));
			case MEMBER_CLOSED -> throw told(lane, object, memberClosed(object, verb, "it was closed"));
			case SEALED -> throw told(lane, object, sealed(object, lane, verb));
			case BUSY -> throw new IllegalStateException("an object cannot be busy");
		}
	}

	/**
	 * Trying again is no use for what comes from inside an awaiting close that drops it
	 * all the same ({@link CallbackEnvironment.Builder#onGroupClose}).
	 */
	private static void throwIfDroppedAnyway(Entry entry, Lane lane, boolean inside) {
		CleanupGroup group = lane.generation.group;
		if (inside && lane.state == Lane.DRAINING && group != null) {
			throw told(lane, entry,
					group.refused("is being closed and drops such members", entry.memberKind(), entry.memberName()));
		}
	}

	private static Lane entrance(CallbackEnvironment environment, MemberKind kind) {
		try {
			return environment.entrance(kind);
		}
		catch (RejectedExecutionException ex) {
			CleanupGroup group = environment.group();
			if (group != null) {
				group.tellRejected(kind, environment.memberName(kind));
			}
			throw ex;
		}
	}

	private static Admitted tryEnter(Entry entry, Lane lane, boolean inside) {
		QueueBound bound = lane.generation.queueBound();
		if (bound != null && !bound.tryAcquire()) {
			Admitted outcome = awaitRoom(bound, entry, lane, inside);
			if (outcome != null) {
				return outcome;
			}
		}
		boolean entered = false;
		try {
			Admitted outcome = (entry instanceof OneOff oneOff) ? lane.dispatcher.enter(oneOff, lane, inside)
					: lane.dispatcher.enter((Work) entry, inside);
			entered = outcome == Admitted.ENTERED;
			return outcome;
		}
		finally {
			if (bound != null && !entered) {
				bound.release(1);
			}
		}
	}

	/**
	 * Does what the group's {@link Overflow} says.
	 * @return null where there is room now, and it is taken; else the outcome without
	 * having been queued
	 */
	private static @Nullable Admitted awaitRoom(QueueBound bound, Entry entry, Lane lane, boolean inside) {
		boolean fromInside = CallbackThread.isInside(lane.generation);
		if (bound.overflow() == Overflow.REJECT || (bound.overflow() == Overflow.BLOCK && fromInside)) {
			// Whom it would refuse anyway it refuses for that reason.
			Admitted refusal = lane.dispatcher.refusalBesidesRoom(entry, lane, inside || fromInside);
			if (refusal != null) {
				return refusal;
			}
			throw told(lane, entry, queueFull(bound, entry, lane, fromInside && bound.overflow() == Overflow.BLOCK
					? "; a callback of the group cannot wait for it" : ""));
		}
		Submitters ofPool = lane.dispatcher.submitters();
		Deadline never = Deadline.in(lane.dispatcher.time, null);
		bound.submitters().enlist();
		ofPool.enlist();
		try {
			for (;;) {
				if (bound.overflow() == Overflow.CALLER_RUNS) {
					Admitted outcome = lane.dispatcher.runInSubmitter(entry, lane, inside || fromInside);
					if (outcome != Admitted.BUSY) {
						return outcome;
					}
					if (fromInside) {
						throw told(lane, entry, queueFull(bound, entry, lane, " and the group is paused"));
					}
				}
				else {
					Admitted refusal = lane.dispatcher.refusalBesidesRoom(entry, lane, inside);
					if (refusal != null) {
						return refusal;
					}
				}
				if (bound.tryAcquire()) {
					return null;
				}
				lane.dispatcher.time.parkNanos(bound, never.parkNanos());
				if (Thread.interrupted()) {
					Thread.currentThread().interrupt();
					throw told(lane, entry, queueFull(bound, entry, lane, "; interrupted while waiting for room"));
				}
			}
		}
		finally {
			ofPool.delist();
			bound.submitters().delist();
		}
	}

	private static RejectedExecutionException sealed(MemberObject object, Lane lane, String verb) {
		CleanupGroup group = lane.generation.group;
		if (lane.state == Lane.OPEN && group != null && !group.isClosed()) {
			return group.refused("accepts nothing new from outside", object.memberKind(), object.memberName());
		}
		return memberClosed(object, verb, "its group's members were closed");
	}

	private static MemberClosedException memberClosed(MemberObject object, String verb, String why) {
		return new MemberClosedException(object.memberKind().label() + " '" + object.memberName() + "' of "
				+ object.lane().generation + " cannot be " + verb + ": " + why);
	}

	private static PoolClosedException poolClosed(Lane lane, Entry entry) {
		return new PoolClosedException("pool '" + lane.dispatcher.name + "' is closed: " + entry.memberKind().label()
				+ " '" + entry.memberName() + "' of " + lane.generation + " is refused");
	}

	private static QueueFullException queueFull(QueueBound bound, Entry entry, Lane lane, String detail) {
		return new QueueFullException("the queue of " + lane.generation + " is full (capacity " + bound.capacity()
				+ "): " + entry.memberKind().label() + " '" + entry.memberName() + "' is refused" + detail);
	}

	private static RejectedExecutionException told(Lane lane, Entry entry, RejectedExecutionException refusal) {
		lane.generation.tellRejected(entry.memberKind(), entry.memberName());
		return refusal;
	}

}
