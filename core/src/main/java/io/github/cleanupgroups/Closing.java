package io.github.cleanupgroups;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The close of one generation: what is known of it, whoever attends to it at the moment.
 * A {@link GroupCloser} is one call that attends; several may at once, and none after a
 * close has timed out.
 *
 * <p>
 * Steps and who takes them:
 *
 * <pre>
 * begun    -> sealed     the closer that began it: no lane admits anybody from outside
 * sealed   -> drained    whoever finds that nothing is queued or running any more
 * drained  -> detached   whoever finds that all owners have been told
 * detached -> finished   whoever finds that all that was attached is closed
 * </pre>
 *
 * Cancelling may come at any time between sealed and drained, and again with a higher
 * {@link Retention}. All fields are guarded by the group's lock.
 */
final class Closing {

	private final Generation generation;

	private final CleanupGroup group;

	private final ReentrantLock lock;

	/**
	 * Calls that attend to this close, by the time-out of each: while there are any, they
	 * tell the owners.
	 */
	private final List<Deadline> calls = new ArrayList<>(1);

	/**
	 * Those of them that wait. Replaced, not changed: who has to call them does so once
	 * it has released the lock, which they take first of all.
	 */
	private List<Attendant> attendants = List.of();

	/** Members whose owners are to be told, in order. */
	private Owners due = new Owners();

	private final List<Throwable> failures = new ArrayList<>();

	/** How many of these are in a report, and how many of each lane's, which follow. */
	private List<Integer> reportedFailures = List.of();

	/** Owners to be told once their member's last callback has ended. */
	private int deferredNotices;

	/** Steps under way outside the lock that may still add to what is due. */
	private int stepsUnderWay = 1;

	/** The attending thread that tells the owners. */
	private @Nullable Thread notifier;

	/**
	 * Whether a call has joined when none attended any more, or none within its time. It
	 * stays so.
	 */
	private boolean abandoned;

	/** What was over when a call joined that found none attending. */
	private Leftover leftover = Leftover.NONE;

	private boolean cancelling;

	private boolean drained;

	/** Whether that waits for nothing but threads that have been started. */
	private boolean awaitsThreads;

	private boolean finished;

	private @Nullable Object cleanupContext;

	private @Nullable String reason;

	/** Begun by a call, which attends. */
	Closing(Generation generation, CleanupGroup group, ReentrantLock groupLock, Deadline timeout) {
		this.generation = generation;
		this.group = group;
		this.lock = groupLock;
		this.calls.add(timeout);
	}

	/**
	 * Seals every lane, dropping in the same step what is queued and may be dropped at
	 * this level: in between nothing starts. Called once, by the closer that began this
	 * close.
	 */
	void begin(Retention level, CloseOptions options) {
		try {
			sweep(level, options);
		}
		finally {
			stepDone();
		}
	}

	/**
	 * Drops what is queued and may be dropped at this level.
	 * @return how many callbacks
	 */
	long cancelPending(Retention level, CloseOptions options) {
		this.lock.lock();
		try {
			if (this.drained) {
				return 0;
			}
			this.stepsUnderWay++;
		}
		finally {
			this.lock.unlock();
		}
		try {
			return sweep(level, options);
		}
		finally {
			stepDone();
		}
	}

	private long sweep(Retention level, CloseOptions options) {
		this.lock.lock();
		try {
			this.cancelling = this.cancelling || level != Retention.NONE;
			if (level != Retention.NONE || this.calls.size() == 1) {
				this.cleanupContext = (options.cleanupContext() != null) ? options.cleanupContext()
						: this.cleanupContext;
				this.reason = (options.reason() != null) ? options.reason() : this.reason;
			}
		}
		finally {
			this.lock.unlock();
		}
		Owners owners = new Owners();
		long callbacks = 0;
		try {
			for (Lane lane : this.generation.lanes) {
				@Nullable Retention upTo = level;
				while (upTo != null) {
					DroppedEntries dropped = new DroppedEntries(upTo, owners);
					try {
						lane.dispatcher.drop(lane, this, dropped);
					}
					finally {
						settle(dropped);
					}
					callbacks += dropped.callbacks();
					upTo = dropped.outrunBy();
				}
			}
		}
		finally {
			// Whatever became of a lane: who has been dropped is told.
			makeDue(owners);
		}
		return callbacks;
	}

	private void makeDue(Owners more) {
		try {
			more.sort();
		}
		finally {
			addDue(more);
		}
	}

	private void addDue(Owners more) {
		this.lock.lock();
		try {
			if (this.due.isEmpty()) {
				this.due = more;
			}
			else {
				this.due.addAll(more);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Does what the sweep of one lane leads to, but for telling the owners. */
	private void settle(DroppedEntries dropped) {
		this.lock.lock();
		try {
			this.deferredNotices += dropped.deferredNotices();
		}
		finally {
			this.lock.unlock();
		}
		CallbackThread.tell(this.group, () -> {
			guarded(() -> this.generation.tellCancelled(dropped.callbacks()));
			guarded(() -> Aftermath.runAll(dropped.unlocked()));
			dropped.released().forEach((future) -> guarded(() -> future.complete(null)));
		});
	}

	boolean isCancelling() {
		this.lock.lock();
		try {
			return this.cancelling;
		}
		finally {
			this.lock.unlock();
		}
	}

	CleanupGroup group() {
		return this.group;
	}

	Generation generation() {
		return this.generation;
	}

	/**
	 * One more call attends. Group lock.
	 * @param timeout of that call, no other's
	 */
	void join(Deadline timeout) {
		if (this.calls.isEmpty()) {
			this.leftover = new Leftover(tally(), unfinishedMembers(), this.reportedFailures);
		}
		this.abandoned = this.abandoned || this.calls.stream().allMatch(Deadline::hasPassed);
		this.calls.add(timeout);
	}

	/** What the calls that attend have found to be over. Group lock. */
	Leftover leftover() {
		return this.leftover;
	}

	/** Whether it was, when the last call joined. Group lock. */
	boolean isAbandoned() {
		return this.abandoned;
	}

	/**
	 * Announces the thread of a call that has joined: it is called when there is
	 * something to do.
	 */
	void attend(Attendant attendant) {
		this.lock.lock();
		try {
			List<Attendant> more = new ArrayList<>(this.attendants);
			more.add(attendant);
			this.attendants = List.copyOf(more);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A call that attends goes; what is due by now it still tells. The same thread may
	 * attend for a call around this one: only the attendant of this call goes.
	 * @param timeout what it has joined with
	 * @param attendant what it has announced, null where it has not waited
	 */
	void leave(Thread closer, Deadline timeout, @Nullable Attendant attendant) {
		for (;;) {
			giveNotices(closer);
			this.lock.lock();
			try {
				if (this.calls.size() > 1 || this.due.isEmpty()) {
					this.calls.remove(timeout);
					this.attendants = this.attendants.stream().filter((each) -> each != attendant).toList();
					return;
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/** Tells those who are due, unless another thread is at it. */
	void giveNotices(Thread closer) {
		boolean told = false;
		this.lock.lock();
		try {
			if (this.notifier != null) {
				return;
			}
			this.notifier = closer;
			try {
				while (!this.due.isEmpty()) {
					Owners now = this.due;
					this.due = new Owners();
					tellUnlocked(now);
					told = true;
				}
			}
			finally {
				this.notifier = null;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (told) {
			tryFinish();
		}
	}

	/**
	 * The last callback of a member has ended whose owner is still to be told. No lock is
	 * held.
	 */
	void noticeDue(MemberObject object) {
		List<Attendant> called = List.of();
		boolean tells = false;
		this.lock.lock();
		try {
			this.deferredNotices--;
			if (!this.calls.isEmpty()) {
				this.due.add(object);
				called = this.attendants;
				return;
			}
			Owners owner = new Owners();
			owner.add(object);
			this.stepsUnderWay++;
			tells = true;
			tellUnlocked(owner);
		}
		finally {
			this.lock.unlock();
			called.forEach(Attendant::call);
			if (tells) {
				// Whatever fails: the close waits for this step.
				stepDone();
			}
		}
	}

	/** A lane has nothing queued or running any more. No lock is held. */
	void laneQuiet() {
		tryFinish();
	}

	/**
	 * Whether all has ended but threads that were started and have not begun. Nobody
	 * hears of one that fails to begin: so who waits for the close asks from time to
	 * time, and that looks.
	 */
	boolean awaitsThreads() {
		this.lock.lock();
		try {
			if (!this.awaitsThreads) {
				return false;
			}
			if (this.stepsUnderWay > 0) {
				// Looks when it is done.
				return true;
			}
		}
		finally {
			this.lock.unlock();
		}
		tryFinish();
		return true;
	}

	boolean isFinished() {
		this.lock.lock();
		try {
			return this.finished;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How long the calls that attend still wait: as long as the one that goes first. Zero
	 * where none attends, null where none has a time-out.
	 */
	@Nullable Duration timeLeft() {
		this.lock.lock();
		try {
			Duration shortest = this.calls.isEmpty() ? Duration.ZERO : null;
			for (Deadline each : this.calls) {
				Duration left = each.left();
				if (left != null && (shortest == null || left.compareTo(shortest) < 0)) {
					shortest = left;
				}
			}
			return shortest;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Interrupts what runs, and returns how many callbacks that is. */
	int interruptRunning() {
		int interrupted = 0;
		for (Lane lane : this.generation.lanes) {
			// First, for they run next: what begins in between is not missed.
			Set<Thread> unbegun = lane.dispatcher.memberThreads().interruptUnbegun(lane);
			interrupted += unbegun.size();
			List<RunningCallback> running = new ArrayList<>();
			lane.dispatcher.inspect(lane, (inspected) -> inspected.forEachRunning(running::add));
			for (RunningCallback each : running) {
				// One that has begun meanwhile was counted above.
				interrupted += each.isOnOneOf(unbegun) ? 0 : 1;
				lane.dispatcher.executions().interrupt(each);
			}
		}
		return interrupted;
	}

	/** What has happened since the close began. */
	CloseTally tally() {
		CloseTally[] sum = { CloseTally.NOTHING };
		for (Lane lane : this.generation.lanes) {
			lane.dispatcher.inspect(lane, (inspected) -> sum[0] = sum[0].plus(inspected.tally()));
		}
		return sum[0];
	}

	/** Members that something is queued or running of. */
	private long unfinishedMembers() {
		long[] sum = { 0 };
		for (Lane lane : this.generation.lanes) {
			lane.dispatcher.inspect(lane, (inspected) -> sum[0] += (long) inspected.queuedOneOffs
					+ inspected.runningOneOffs + inspected.objects.busy());
		}
		return sum[0];
	}

	/** Those that were not reported when a call joined; they are from now on. */
	List<Throwable> reportFailures(Leftover found) {
		List<Throwable> all = new ArrayList<>();
		List<Integer> counts = new ArrayList<>();
		this.lock.lock();
		try {
			for (List<Throwable> each : failuresBySource()) {
				int before = (counts.size() < found.failures().size()) ? found.failures().get(counts.size()) : 0;
				all.addAll(each.subList(before, each.size()));
				counts.add(each.size());
			}
			this.reportedFailures = counts;
		}
		finally {
			this.lock.unlock();
		}
		return all;
	}

	/** The close's own, then each lane's: all of these lists only grow. Group lock. */
	private List<List<Throwable>> failuresBySource() {
		List<List<Throwable>> sources = new ArrayList<>();
		sources.add(this.failures);
		for (Lane lane : this.generation.lanes) {
			lane.dispatcher.inspect(lane, (inspected) -> sources.add(inspected.failures()));
		}
		return sources;
	}

	List<MemberSnapshot> stillRunning() {
		return Snapshots.running(this.generation);
	}

	private void stepDone() {
		this.lock.lock();
		try {
			this.stepsUnderWay--;
		}
		finally {
			this.lock.unlock();
		}
		tryFinish();
	}

	private void tryFinish() {
		List<AutoCloseable> attachments = List.of();
		List<Attendant> called = List.of();
		boolean ends = false;
		boolean over = false;
		this.lock.lock();
		try {
			if (this.finished || this.stepsUnderWay > 0) {
				called = this.attendants;
				return;
			}
			if (!this.drained) {
				boolean awaited = this.awaitsThreads;
				this.awaitsThreads = awaitsStarted();
				if (!isAllAtRest(Lane::isIdle)) {
					if (this.awaitsThreads && !awaited) {
						// From now on they look from time to time.
						called = this.attendants;
					}
					return;
				}
				this.awaitsThreads = false;
				this.drained = true;
				this.stepsUnderWay++;
				ends = true;
			}
			else if (this.deferredNotices == 0 && this.due.isEmpty() && this.notifier == null) {
				attachments = this.generation.detachAll();
				if (attachments.isEmpty()) {
					finish();
					called = this.attendants;
				}
				else {
					this.stepsUnderWay++;
				}
			}
			else {
				called = this.attendants;
				return;
			}
			over = this.finished;
		}
		finally {
			this.lock.unlock();
			try {
				if (over) {
					this.group.leaveParentIfOver();
				}
			}
			finally {
				// Last: they may take this thread's processor as they wake.
				called.forEach(Attendant::call);
			}
		}
		if (over) {
			return;
		}
		List<AutoCloseable> detached = attachments;
		try {
			List<Runnable> unlocked = ends ? endLanes() : List.of();
			CallbackThread.tell(this.group, () -> {
				unlocked.forEach((each) -> guarded(each::run));
				detached.forEach((attachment) -> guarded(attachment::close));
			});
		}
		finally {
			stepDone();
		}
	}

	/** Whatever one step throws is collected, and the others are taken. */
	private void guarded(Step step) {
		try {
			step.run();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	private void failed(Throwable failure) {
		boolean attended;
		this.lock.lock();
		try {
			this.failures.add(failure);
			attended = !this.calls.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		if (!attended) {
			// There may never be a report again.
			FailureLog.lateCloseMet(this.group.name(), failure);
		}
	}

	/**
	 * Whether all lanes are at rest at one moment. With several lanes one look is not
	 * enough: a callback of a lane not looked at yet may submit to one that was. Two
	 * looks between which nothing has run show a moment at which all were; where they are
	 * idle, nobody is inside from then on who could submit.
	 */
	private boolean isAllAtRest(Predicate<Lane> atRest) {
		Lane[] lanes = this.generation.lanes;
		long before = turnover(lanes, atRest);
		return before >= 0 && (lanes.length == 1 || before == turnover(lanes, atRest));
	}

	/**
	 * How many callbacks have left the lanes, or -1 where it is not true of all that they
	 * are at rest.
	 */
	private static long turnover(Lane[] lanes, Predicate<Lane> atRest) {
		long[] sum = { 0 };
		boolean[] all = { true };
		for (Lane lane : lanes) {
			lane.dispatcher.inspect(lane, (inspected) -> {
				all[0] &= atRest.test(inspected);
				sum[0] += inspected.completed + inspected.cancelled;
			});
		}
		return all[0] ? sum[0] : -1;
	}

	/**
	 * Whether nothing is left but threads that have been started and have not begun. What
	 * was not started is withdrawn: it is found before the lanes are found quiet, so that
	 * whoever has made it, from inside, has ended and starts it no more.
	 */
	private boolean awaitsStarted() {
		for (;;) {
			UnbegunThread found = firstUnbegun();
			if (found == null || !isAllAtRest(Lane::isQuiet)) {
				return false;
			}
			if (found.startedThread() != null) {
				return true;
			}
			found.lane.dispatcher.memberThreads().withdrawForClose(found);
		}
	}

	private @Nullable UnbegunThread firstUnbegun() {
		for (Lane lane : this.generation.lanes) {
			UnbegunThread first = lane.dispatcher.memberThreads().firstUnbegun(lane);
			if (first != null) {
				return first;
			}
		}
		return null;
	}

	/** What one lane fails with keeps no other from ending. */
	private List<Runnable> endLanes() {
		List<Runnable> unlocked = new ArrayList<>();
		for (Lane lane : this.generation.lanes) {
			guarded(() -> lane.dispatcher.end(lane, unlocked));
		}
		return unlocked;
	}

	private void finish() {
		this.finished = true;
		// Members that are kept keep this; nobody is told any more.
		this.cleanupContext = null;
		this.group.finished(this);
	}

	/**
	 * Tells owners, one after another. Holds the lock on entry and on return, not while
	 * the owners' code runs.
	 */
	private void tellUnlocked(Owners owners) {
		Object context = this.cleanupContext;
		String why = this.reason;
		this.lock.unlock();
		try {
			CallbackThread.tell(this.group, () -> {
				for (Entry entry = owners.poll(); entry != null; entry = owners.poll()) {
					tell(entry, context, why);
				}
			});
		}
		finally {
			this.lock.lock();
			if (!owners.isEmpty()) {
				// Something has failed that tells nobody: the next round goes on.
				owners.addAll(this.due);
				this.due = owners;
			}
		}
	}

	/** Whatever becomes of one owner, the others are told. */
	private void tell(Entry entry, @Nullable Object context, @Nullable String why) {
		try {
			Throwable failure = new MemberCancellation(entry, this, context, why).tell();
			if (failure != null) {
				failed(failure);
			}
		}
		catch (Throwable ex) {
			// Not the owner's doing: there may not be the memory to tell or to collect.
			entry.lane().dispatcher.uncaught(entry.memberName(), ex);
		}
	}

	/**
	 * What was over of a close when the calls that attend to it joined.
	 *
	 * @param before what had happened
	 * @param members those that something was queued or running of
	 * @param failures how many were reported, by where they come from
	 */
	record Leftover(CloseTally before, long members, List<Integer> failures) {

		static final Leftover NONE = new Leftover(CloseTally.NOTHING, 0, List.of());

	}

	/** Something of the user's, or that leads to it. */
	private interface Step {

		void run() throws Exception;

	}

}
