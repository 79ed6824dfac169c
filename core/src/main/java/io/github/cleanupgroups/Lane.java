package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The queue and the counters of one generation on one pool. Everything here is guarded by
 * the pool's lock, but for {@link #state}, {@link #inbox} and {@link #unbegun}, which
 * only that lock's holder writes and anybody reads.
 *
 * <p>
 * States and who makes the transition:
 *
 * <pre>
 * OPEN       -> DRAINING    the close that takes the generation
 * DRAINING   -> CANCELLING  a close that cancels, or whose grace or time-out has passed
 * DRAINING   -> CLOSED      whoever finds the generation drained
 * CANCELLING -> CLOSED      likewise
 * </pre>
 */
final class Lane {

	/** Everybody may enter. */
	static final int OPEN = 0;

	/** Only callbacks of the same generation may enter. */
	static final int DRAINING = 1;

	/** Nobody may enter. */
	static final int CANCELLING = 2;

	/** Nothing is left, for good. */
	static final int CLOSED = 3;

	private static final int FAILURES_KEPT = 1_000;

	/** So many that were withdrawn may stand in the queues, if no more than others do. */
	private static final int WITHDRAWN_KEPT = 100;

	final Dispatcher dispatcher;

	final Generation generation;

	volatile int state;

	/**
	 * Where one-offs enter without the lock while it is open; made when first needed.
	 * Written by the lock's holder, read by submitters.
	 */
	volatile @Nullable Inbox inbox;

	/**
	 * Threads of their own that were made for this lane and have not begun. Written by
	 * the lock's holder, read by closes.
	 */
	volatile int unbegun;

	/** One queue a priority, made when first needed. */
	private final @Nullable EntryQueue[] queues = new @Nullable EntryQueue[Priority.LEVELS];

	/**
	 * One bit a priority: whether this lane stands in that ready ring of the dispatcher.
	 */
	int readyRings;

	/** How many more turns in a row it has before the next lane's turn. */
	int turnsLeft;

	/** The ring from whose front it was chosen, until its entry is taken. */
	int nextLevel;

	/** The group's limit, once it has one: it is never taken away again. */
	@Nullable ConcurrencyLimit limit;

	/** Whether it left the ready rings because the group runs all it may. */
	boolean awaitsSlot;

	/** Whether anything entered whose queued callbacks even an awaiting close drops. */
	boolean hasUnretained;

	/** The highest level at which a close has begun to drop what is queued. */
	Retention droppedUpTo = Retention.NONE;

	/** Closes that are parting what they took off the queue. */
	int sweeps;

	/** Set once the lane is sealed. */
	@Nullable Closing closing;

	/** Open objects of this lane, in the order of their creation. */
	final ObjectList objects = new ObjectList();

	/**
	 * Objects that were closed by themselves while operations of theirs were under way.
	 */
	final ObjectList lingering = new ObjectList();

	/** Delayed tasks that are armed; linked to each other. */
	private @Nullable TaskAlarm firstArmed;

	/** How many of these there are. */
	int armed;

	/** Objects that are armed, or stale. */
	private int armedObjects;

	/** The callback that started last; they are linked to each other. */
	@Nullable RunningCallback lastStarted;

	long pending;

	int running;

	int queuedOneOffs;

	int runningOneOffs;

	/** How many were withdrawn since what was withdrawn last left the queues. */
	private int withdrawn;

	long completed;

	long cancelled;

	/** Members that ever joined. */
	long joined;

	/** What the counters were when the lane was sealed. */
	private long completedBefore;

	private long cancelledBefore;

	private long joinedBefore;

	private long membersBefore;

	/** What callbacks threw since then; the first thousand. */
	private @Nullable List<Throwable> failures;

	Lane(Dispatcher dispatcher, Generation generation) {
		this.dispatcher = dispatcher;
		this.generation = generation;
		this.turnsLeft = generation.weight();
		this.limit = generation.concurrencyLimit();
	}

	/**
	 * Whether a submission may enter, coming from a callback of this generation
	 * ({@code inside}) or not.
	 */
	boolean admits(boolean inside) {
		return switch (this.state) {
			case OPEN -> inside || !this.generation.isRefusing();
			case DRAINING -> inside;
			case CANCELLING, CLOSED -> false;
			default -> throw new IllegalStateException("lane state " + this.state);
		};
	}

	/**
	 * Whether everybody may enter, and nothing is to be counted but what is queued.
	 */
	boolean isFreeToEnter() {
		return this.state == OPEN && this.limit == null && !this.generation.isRefusing();
	}

	/** Whether it stands in the ready ring of this level. */
	boolean isStanding(int level) {
		return (this.readyRings & (1 << level)) != 0;
	}

	/** Whether callbacks may start: a close overrides a pause. */
	boolean mayStart() {
		return this.state != OPEN || !this.generation.isPaused();
	}

	/** Whether nobody is inside. */
	boolean isQuiet() {
		return this.pending == 0 && this.running == 0;
	}

	/** Whether nobody is inside, nor will be who was let in before. */
	boolean isIdle() {
		return isQuiet() && this.unbegun == 0;
	}

	/**
	 * Members that have something queued or running, and those of the open ones that have
	 * not.
	 */
	long members() {
		return (long) this.objects.size() + this.queuedOneOffs + this.runningOneOffs + this.armed;
	}

	/** More threads, or fewer, are to begin. */
	@SuppressWarnings("NonAtomicVolatileUpdate") // only the lock's holder writes it
	void countUnbegun(int change) {
		this.unbegun += change;
	}

	void enqueue(Entry entry) {
		queue(entry.environment.priority().level()).add(entry);
		noteRetention(entry);
	}

	/** Remembers that an awaiting close has something to drop here. */
	void noteRetention(Entry entry) {
		if (entry.retention() == Retention.NONE) {
			this.hasUnretained = true;
		}
	}

	@Nullable TaskAlarm firstArmed() {
		return this.firstArmed;
	}

	void linkArmed(TaskAlarm alarm) {
		alarm.previousArmed = null;
		alarm.nextArmed = this.firstArmed;
		if (this.firstArmed != null) {
			this.firstArmed.previousArmed = alarm;
		}
		this.firstArmed = alarm;
		this.armed++;
		noteArmed(+1);
	}

	void unlinkArmed(TaskAlarm alarm) {
		if (alarm.previousArmed != null) {
			alarm.previousArmed.nextArmed = alarm.nextArmed;
		}
		else {
			this.firstArmed = alarm.nextArmed;
		}
		if (alarm.nextArmed != null) {
			alarm.nextArmed.previousArmed = alarm.previousArmed;
		}
		alarm.previousArmed = null;
		alarm.nextArmed = null;
		this.armed--;
		noteArmed(-1);
	}

	void countArmedObject(int change) {
		this.armedObjects += change;
		noteArmed(change);
	}

	/** The dispatcher knows the lanes in which anything is armed. */
	private void noteArmed(int change) {
		if (this.armed + this.armedObjects == Math.max(0, change)) {
			this.dispatcher.armed().noteArmed(this);
		}
	}

	int armedObjects() {
		return this.armedObjects;
	}

	/** Whether there is anything that a close has to disarm. */
	boolean hasArmed() {
		return this.armed > 0 || this.armedObjects > 0;
	}

	void sealBy(Closing by, List<Runnable> unlocked) {
		this.closing = by;
		this.completedBefore = this.completed;
		this.cancelledBefore = this.cancelled;
		this.joinedBefore = this.joined;
		this.membersBefore = members();
		try {
			this.dispatcher.armed().disarmAll(this, unlocked);
		}
		finally {
			// Last: who sees that it is sealed finds no timer that is free.
			this.state = DRAINING;
		}
	}

	/** What has happened since it was sealed. */
	CloseTally tally() {
		return new CloseTally(this.membersBefore + this.joined - this.joinedBefore,
				this.completed - this.completedBefore, this.cancelled - this.cancelledBefore);
	}

	void addFailures(List<Throwable> thrown) {
		if (this.failures == null) {
			this.failures = new ArrayList<>(1);
		}
		if (this.failures.size() < FAILURES_KEPT) {
			this.failures.addAll(thrown);
		}
	}

	List<Throwable> failures() {
		return (this.failures != null) ? List.copyOf(this.failures) : List.of();
	}

	/**
	 * The entry whose turn it is, once those are gone from the queue that have nothing to
	 * run any more.
	 */
	@Nullable Entry peek(int priority) {
		EntryQueue queue = this.queues[priority];
		if (queue == null) {
			return null;
		}
		Entry entry = queue.peek();
		while (entry != null && !entry.isReady()) {
			queue.poll();
			entry.leaveQueue();
			entry = queue.peek();
		}
		return entry;
	}

	Entry poll(int priority) {
		Entry entry = queue(priority).poll();
		if (entry == null) {
			throw new IllegalStateException("empty queue of " + this.generation);
		}
		return entry;
	}

	boolean hasQueued(int priority) {
		EntryQueue queue = this.queues[priority];
		return queue != null && !queue.isEmpty();
	}

	/** Empties the queues of an idle lane: what stands there has nothing to run. */
	void leaveQueues() {
		for (int priority = 0; priority < this.queues.length; priority++) {
			Entry ignored = peek(priority);
		}
	}

	/**
	 * Takes all that is queued, highest priority first; the caller owns the links from
	 * here on.
	 */
	List<Entry> takeQueued() {
		List<Entry> firsts = new ArrayList<>(this.queues.length);
		for (EntryQueue queue : this.queues) {
			Entry first = (queue != null) ? queue.takeAll() : null;
			if (first != null) {
				firsts.add(first);
			}
		}
		return firsts;
	}

	/** Puts back, before all others, what was taken and is not dropped. */
	void putBack(int priority, EntryQueue entries) {
		queue(priority).prepend(entries);
	}

	void forEachQueued(Consumer<Entry> consumer) {
		for (EntryQueue queue : this.queues) {
			for (Entry entry = (queue != null) ? queue.peek() : null; entry != null; entry = entry.next) {
				consumer.accept(entry);
			}
		}
	}

	/**
	 * One was withdrawn, and still stands in its queue. They leave it when their turn
	 * comes; many leave it before, for the queue may stand. No sweep is under way.
	 */
	void withdrawn() {
		this.withdrawn++;
		if (this.withdrawn <= Math.max(WITHDRAWN_KEPT, this.queuedOneOffs)) {
			return;
		}
		this.withdrawn = 0;
		for (EntryQueue queue : this.queues) {
			if (queue != null) {
				queue.removeIf((entry) -> entry instanceof OneOff oneOff && !oneOff.isQueued());
			}
		}
	}

	/** What is first in each queue and has something to run. */
	void forEachFront(Consumer<Entry> consumer) {
		for (int priority = 0; priority < this.queues.length; priority++) {
			Entry front = peek(priority);
			if (front != null) {
				consumer.accept(front);
			}
		}
	}

	/** Stops where the visitor has seen enough. */
	void visitQueued(Predicate<Entry> visitor) {
		for (EntryQueue queue : this.queues) {
			for (Entry entry = (queue != null) ? queue.peek() : null; entry != null; entry = entry.next) {
				if (!visitor.test(entry)) {
					return;
				}
			}
		}
	}

	void forEachRunning(Consumer<RunningCallback> consumer) {
		for (RunningCallback running = this.lastStarted; running != null; running = running.startedBefore) {
			consumer.accept(running);
		}
	}

	/** Its execution while that has not ended, else null. */
	@SuppressWarnings("ReferenceEquality")
	@Nullable RunningCallback runningOf(OneOff oneOff) {
		for (RunningCallback running = this.lastStarted; running != null; running = running.startedBefore) {
			if (running.entry() == oneOff) {
				return running;
			}
		}
		return null;
	}

	/**
	 * A one-off begins on its submitter's or its own thread, without having been queued.
	 */
	void startUnqueued(OneOff oneOff) {
		oneOff.enter(this);
		oneOff.leaveQueue();
		this.runningOneOffs++;
		this.joined++;
	}

	/** Puts an execution among those that run; it is counted apart from this. */
	void link(RunningCallback execution) {
		execution.startedBefore = this.lastStarted;
		if (this.lastStarted != null) {
			this.lastStarted.startedAfter = execution;
		}
		this.lastStarted = execution;
		execution.setLinked(true);
	}

	void unlink(RunningCallback execution) {
		RunningCallback before = execution.startedBefore;
		RunningCallback after = execution.startedAfter;
		if (before != null) {
			before.startedAfter = after;
		}
		if (after != null) {
			after.startedBefore = before;
		}
		else {
			this.lastStarted = before;
		}
		execution.startedBefore = null;
		execution.startedAfter = null;
		execution.setLinked(false);
	}

	EntryQueue queue(int priority) {
		EntryQueue queue = this.queues[priority];
		if (queue == null) {
			queue = new EntryQueue();
			this.queues[priority] = queue;
		}
		return queue;
	}

}
