package io.github.cleanupgroups;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * What is closed together: work, timers, waits, asynchronous input and output, and
 * one-off callbacks are members of a group from their creation on, and one call ends them
 * all (PTP_CLEANUP_GROUP).
 *
 * <p>
 * Get one from {@link #create(String)} or {@link #builder(String)}, and name it in a
 * {@link CallbackEnvironment}. A group may have members on any number of pools.
 *
 * <table>
 * <caption>The verbs, set against each other</caption>
 * <tr>
 * <th>verb</th>
 * <th>new members</th>
 * <th>queued callbacks</th>
 * <th>running callbacks</th>
 * </tr>
 * <tr>
 * <td>{@link #refuse()}</td>
 * <td>refused from outside</td>
 * <td>run</td>
 * <td>go on</td>
 * </tr>
 * <tr>
 * <td>{@link #pause()}</td>
 * <td>accepted</td>
 * <td>held back</td>
 * <td>go on</td>
 * </tr>
 * <tr>
 * <td>{@link #closeMembers closeMembers}</td>
 * <td>join the next generation</td>
 * <td>run or are dropped</td>
 * <td>are waited for</td>
 * </tr>
 * <tr>
 * <td>{@link #close(CloseOptions) close}</td>
 * <td>refused for good</td>
 * <td>run or are dropped</td>
 * <td>are waited for</td>
 * </tr>
 * </table>
 *
 * <p>
 * After a close that did not time out no callback of a closed member runs or will ever
 * run. While members are closing, their own running callbacks may still submit if the
 * close awaits, and are refused if it cancels. Closing a group from a callback of one of
 * its members is an {@link IllegalStateException}; {@link #closeMembersAsync} is the way
 * out there.
 *
 * <p>
 * Thread-safe. What a callback did happens-before the return of the close that waited for
 * it.
 *
 * @since 0.1.0
 */
public final class CleanupGroup implements AutoCloseable {

	private final String name;

	/** Written by anybody, read by the dispatchers under their locks. */
	private volatile int weight;

	/** Null until there is a first limit. Written under the lock, read by anybody. */
	private volatile @Nullable ConcurrencyLimit concurrencyLimit;

	private final @Nullable QueueBound queueBound;

	private final @Nullable CleanupGroup parent;

	private final @Nullable CleanupGroupListener listener;

	private final TimeSource time;

	/** The same each time, unless somebody else is being told around it. */
	private final CallbackThread.Telling telling = new CallbackThread.Telling(this, null);

	private final ReentrantLock lock = new ReentrantLock();

	/** The members that can be joined. Written under the lock, read by anybody. */
	private volatile Generation current = new Generation(this);

	/** Written under the lock, read by anybody. */
	private volatile boolean closed;

	/** Whether {@link #unfinished} has any. Written under the lock, read by anybody. */
	private volatile boolean closing;

	/** Written by anybody, read by the dispatchers under their locks. */
	private volatile boolean refusing;

	/** Written by anybody, read by the dispatchers under their locks. */
	private volatile boolean paused;

	/**
	 * Closes that are in progress, or have timed out and left something. Guarded by the
	 * lock.
	 */
	private final List<Closing> unfinished = new ArrayList<>(1);

	/**
	 * Whether the last generation is being closed: no other will have members. Guarded by
	 * the lock.
	 */
	private boolean endBegun;

	/** Guarded by the lock. */
	private final Set<CleanupGroup> children = new LinkedHashSet<>(0);

	private CleanupGroup(Builder builder) {
		this.name = builder.name;
		this.weight = builder.weight;
		this.concurrencyLimit = (builder.maxConcurrency > 0) ? new ConcurrencyLimit(builder.maxConcurrency) : null;
		this.queueBound = (builder.queueCapacity > 0) ? new QueueBound(builder.queueCapacity, builder.overflow) : null;
		this.parent = builder.parent;
		this.listener = builder.listener;
		this.time = builder.time;
	}

	/**
	 * A group without limits and without a parent.
	 * @param name what messages, reports and meters call it; not blank
	 * @return a new group
	 */
	public static CleanupGroup create(String name) {
		return builder(name).build();
	}

	/**
	 * A group to be described.
	 * @param name what messages, reports and meters call it; not blank
	 * @return a builder
	 */
	public static Builder builder(String name) {
		return new Builder(Arguments.requireText(name, "name"));
	}

	/**
	 * The group whose callback runs on the current thread.
	 * @return that of the innermost callback which belongs to one; empty outside of all
	 */
	public static Optional<CleanupGroup> current() {
		return Optional.ofNullable(CallbackThread.groupAround());
	}

	/**
	 * What it is called.
	 * @return the name it was created with
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Whether {@link #close(CloseOptions)} or {@link #close()} has begun.
	 * @return true for good from then on
	 */
	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * Whether members are being closed, or a close has timed out and left some running.
	 * @return true until the last of them has ended
	 */
	public boolean isClosing() {
		return this.closing;
	}

	/**
	 * How many members there are now, those included that are being closed and have not
	 * ended. Once nothing is queued or running of any of these, they are members no
	 * longer, though an owner may still be told.
	 * @return a snapshot
	 */
	public MemberCounts memberCounts() {
		return Snapshots.counts(generations());
	}

	/**
	 * What is there now. Takes time and memory in proportion to the number of members.
	 * @return an unmodifiable snapshot
	 */
	public List<MemberSnapshot> members() {
		return members(Integer.MAX_VALUE);
	}

	/**
	 * Some of what is there now: objects first, then running one-offs, then queued ones.
	 * @param limit how many at most; zero or more
	 * @return an unmodifiable snapshot
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public List<MemberSnapshot> members(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("limit must not be negative, but is " + limit);
		}
		return Snapshots.members(generations(), limit);
	}

	/**
	 * When the callback started that has been running longest, to about a millisecond.
	 * @return by the wall clock; empty where none runs
	 */
	public Optional<Instant> oldestRunning() {
		return Snapshots.oldestRunning(generations());
	}

	/**
	 * Since when the callback has been queued that is next, or the one that has been
	 * queued longest where several priorities have some. Looks at the front of the queues
	 * only, so it costs the same however long they are; of a work object with several
	 * callbacks queued it sees the first. To about a millisecond.
	 * @return by the wall clock; empty where none is queued
	 */
	public Optional<Instant> oldestPending() {
		return Snapshots.oldestPending(generations());
	}

	/**
	 * All callbacks that run now, those included that go on as a stage. No thread is
	 * asked for its stack before {@link CallbackSnapshot#stack()} is called.
	 * @return an unmodifiable snapshot, in no particular order
	 */
	public List<CallbackSnapshot> runningCallbacks() {
		return Snapshots.runningCallbacks(generations());
	}

	/**
	 * The members whose callbacks run now, each once, with the stack of the callback that
	 * has been running longest. Asks every thread for its stack: for finding out what a
	 * close waits for, not for measuring.
	 * @return an unmodifiable snapshot
	 */
	public List<MemberSnapshot> runningMembers() {
		return generations().stream().flatMap((each) -> Snapshots.running(each).stream()).toList();
	}

	/**
	 * Whether the current thread is inside a callback of one of the members. Who is must
	 * not wait for a close of the group: it would wait for itself.
	 * @return true also in finalization callbacks and completion actions
	 */
	public boolean isInside() {
		return CallbackThread.generationAround(this) != null;
	}

	/**
	 * Attaches something to the present members that they share: it is closed when they
	 * have been closed, after the last of their callbacks and cancel callbacks and before
	 * that close returns. From inside a callback these are the members that its own one
	 * is closed with; from outside they are those to which a new one would belong. Of
	 * several, the latest is closed first. What closing throws is among the
	 * {@link CloseReport#failures() failures}.
	 * @param key what it is known by; compared with {@code equals}
	 * @param attachment what to attach if nothing is attached under the key
	 * @return what is attached under the key now
	 * @throws GroupClosedException if the group is closed, or refuses what comes from
	 * outside
	 */
	public AutoCloseable attach(Object key, AutoCloseable attachment) {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(attachment, "attachment");
		Generation inside = CallbackThread.generationAround(this);
		this.lock.lock();
		try {
			if (inside == null && (this.closed || this.refusing)) {
				throw new GroupClosedException(
						"group '" + this.name + "' " + (this.closed ? "is closed" : "accepts nothing new from outside")
								+ ": nothing can be attached to it");
			}
			return ((inside != null) ? inside : this.current).attach(key, attachment);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes the present members and waits for them (CloseThreadpoolCleanupGroupMembers,
	 * R113-R149). The group lives on, empty; who joins from now on is a member of the
	 * next generation.
	 *
	 * <p>
	 * A close that is in progress is joined: this call waits for it, may escalate it from
	 * awaiting to cancelling, and closes besides what has joined the group since.
	 *
	 * <p>
	 * Groups below this one are closed first, within the same time-out. What an earlier
	 * close of theirs has left unfinished, because its time was over or it was
	 * interrupted, does not hold up the members of this group: they are closed beside it,
	 * and this call waits for it at the end.
	 * @param options what becomes of queued callbacks, and how long to wait
	 * @return what happened
	 * @throws InterruptedException if interrupted while waiting; the members stay
	 * closing, and the next close waits for them too
	 * @throws IllegalStateException if called from a callback, finalization callback,
	 * completion action or cancel callback of a member of this group or of one below it,
	 * or from what depends on a stage that such a callback goes on as
	 */
	public CloseReport closeMembers(CloseOptions options) throws InterruptedException {
		return close(options, false);
	}

	/**
	 * As {@link #closeMembers(CloseOptions)}, but waits on a thread of the library's own.
	 * The members are sealed when this method returns; where there are groups below this
	 * one, theirs are, and those of this one follow in their turn. It may be called from
	 * a member's own callback: the future completes after that one has ended too. Cancel
	 * callbacks run on the closer thread.
	 * @param options what becomes of queued callbacks, and how long the closer thread
	 * waits
	 * @return a future of the report; cancelling it has no effect on the close
	 */
	public CompletableFuture<CloseReport> closeMembersAsync(CloseOptions options) {
		Objects.requireNonNull(options, "options");
		GroupCloser closer = new GroupCloser(this, options, false);
		CompletableFuture<CloseReport> future = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				closer.awaitUninterruptibly();
				future.complete(closer.report());
			}
			catch (Throwable ex) {
				// Whoever waits for the report must not wait for ever.
				future.completeExceptionally(ex);
				throw ex;
			}
		}, "cleanup-group-closer-" + this.name);
		thread.setDaemon(true);
		closer.begin();
		try {
			thread.start();
		}
		catch (Throwable ex) {
			closer.giveUp();
			throw ex;
		}
		return future;
	}

	/**
	 * Closes the members and the group: later members are refused
	 * (CloseThreadpoolCleanupGroup). Closing a closed group returns a report of zeros,
	 * unless an earlier close left something running: that is waited for.
	 * @param options what becomes of queued callbacks, and how long to wait
	 * @return what happened
	 * @throws InterruptedException if interrupted while waiting; the group is closed all
	 * the same
	 * @throws IllegalStateException as {@link #closeMembers(CloseOptions)}
	 */
	public CloseReport close(CloseOptions options) throws InterruptedException {
		return close(options, true);
	}

	/**
	 * As {@code close(CloseOptions.awaitPending())}, without end. An interrupt meanwhile
	 * cancels what is queued; the wait for what runs goes on, and the thread's interrupt
	 * flag is set on return. Closing again has no effect.
	 * @throws IllegalStateException as {@link #closeMembers(CloseOptions)}
	 */
	@Override
	public void close() {
		GroupCloser closer = new GroupCloser(this, CloseOptions.awaitPending(), true);
		closer.refuseInside();
		closer.begin();
		closer.awaitUninterruptibly();
		closer.report();
	}

	private CloseReport close(CloseOptions options, boolean forGood) throws InterruptedException {
		Objects.requireNonNull(options, "options");
		GroupCloser closer = new GroupCloser(this, options, forGood);
		closer.refuseInside();
		if (Thread.interrupted()) {
			throw new InterruptedException("interrupted before closing group '" + this.name + "'");
		}
		closer.begin();
		closer.await();
		return closer.report();
	}

	/**
	 * Refuses what is new from outside: members, one-offs and submissions are a
	 * {@link GroupClosedException}. What is queued runs, and running callbacks of members
	 * may still submit. No effect on a group that refuses already.
	 */
	public void refuse() {
		this.refusing = true;
		publish();
		if (this.queueBound != null) {
			this.queueBound.wakeSubmitters();
		}
	}

	/** Takes {@link #refuse()} back. A closed group stays closed. */
	public void accept() {
		this.refusing = false;
	}

	/**
	 * Whether members from outside are accepted.
	 * @return false after {@link #refuse()} and for a closed group
	 */
	public boolean isAccepting() {
		return !this.refusing && !this.closed;
	}

	/**
	 * Holds back what is queued: when this method returns, no callback of the group
	 * starts any more. What runs goes on. A close overrides a pause.
	 */
	public void pause() {
		this.paused = true;
		publish();
	}

	/** Makes sure that nothing is decided any more by what was written before. */
	private void publish() {
		for (Lane lane : this.current.lanes) {
			lane.dispatcher.publish();
		}
	}

	/** Takes {@link #pause()} back. */
	public void resume() {
		this.paused = false;
		for (Lane lane : this.current.lanes) {
			lane.dispatcher.resume(lane);
		}
		if (this.queueBound != null) {
			this.queueBound.wakeSubmitters();
		}
	}

	/**
	 * Whether queued callbacks are held back.
	 * @return true between {@link #pause()} and {@link #resume()}
	 */
	public boolean isPaused() {
		return this.paused;
	}

	/**
	 * How many callbacks may run at once.
	 * @return as given last; {@link Integer#MAX_VALUE} where unlimited
	 */
	public int maxConcurrency() {
		ConcurrencyLimit limit = this.concurrencyLimit;
		return (limit != null) ? limit.maximum() : Integer.MAX_VALUE;
	}

	/**
	 * Changes how many callbacks may run at once, on all pools together, from now on.
	 * Raised, what waits for its turn is started in this call, as far as the pools have
	 * threads. Lowered, what runs above the new limit goes on and is not interrupted;
	 * nothing is started until so many have ended that there is room below it.
	 *
	 * <p>
	 * Closing is under the limit too: lowered while members are being closed, their
	 * queued callbacks take longer.
	 * @param maximum 1 or more; {@link Integer#MAX_VALUE} for unlimited
	 * @throws IllegalArgumentException if the maximum is below 1; nothing is changed then
	 */
	public void maxConcurrency(int maximum) {
		Arguments.requirePositive(maximum, "maxConcurrency of group '" + this.name + "'");
		ConcurrencyLimit limit;
		this.lock.lock();
		try {
			limit = this.concurrencyLimit;
			if (limit == null) {
				if (maximum == Integer.MAX_VALUE) {
					return;
				}
				limit = new ConcurrencyLimit(maximum);
				this.concurrencyLimit = limit;
				for (Generation generation : generations()) {
					for (Lane lane : generation.lanes) {
						lane.dispatcher.limit(lane, limit);
					}
				}
			}
			limit.maximum(maximum);
		}
		finally {
			this.lock.unlock();
		}
		for (Lane inLine = limit.pollLane(); inLine != null; inLine = limit.pollLane()) {
			inLine.dispatcher.slotFreeElsewhere(inLine);
		}
		if (this.queueBound != null) {
			// Where the queue is full, submitters may run what they submit.
			this.queueBound.wakeSubmitters();
		}
	}

	/**
	 * How many submissions may be queued.
	 * @return as given last; {@link Integer#MAX_VALUE} where unlimited
	 */
	public int queueCapacity() {
		return (this.queueBound != null) ? this.queueBound.capacity() : Integer.MAX_VALUE;
	}

	/**
	 * Changes how many submissions may be queued, on all pools together, from now on.
	 * Raised, submitters that wait for room get it. Lowered, what is queued above the new
	 * capacity stays queued and runs; new submissions find the queue full until there is
	 * room below it.
	 *
	 * <p>
	 * Only a group that was {@linkplain Builder#queueCapacity built} with a capacity
	 * counts its submissions; give it {@link Integer#MAX_VALUE} there where it is to be
	 * unlimited for now.
	 * @param capacity 1 or more; {@link Integer#MAX_VALUE} for unlimited
	 * @throws IllegalArgumentException if the capacity is below 1; nothing is changed
	 * then
	 * @throws IllegalStateException if the group was built without a capacity and is to
	 * have one
	 */
	public void queueCapacity(int capacity) {
		Arguments.requirePositive(capacity, "queueCapacity of group '" + this.name + "'");
		if (this.queueBound != null) {
			this.queueBound.capacity(capacity);
		}
		else if (capacity != Integer.MAX_VALUE) {
			throw new IllegalStateException("group '" + this.name
					+ "' was built without a queueCapacity and does not count what is queued; build it with one");
		}
	}

	/**
	 * How many callbacks it may start in a row where other groups have some ready too.
	 * @return as given last
	 */
	public int weight() {
		return this.weight;
	}

	/**
	 * Changes how many callbacks it may start in a row where other groups of the same
	 * pool have some ready too. Holds from the group's next turn on.
	 * @param weight 1 or more
	 * @throws IllegalArgumentException if the weight is below 1; nothing is changed then
	 */
	public void weight(int weight) {
		this.weight = Arguments.requirePositive(weight, "weight of group '" + this.name + "'");
	}

	@Override
	public String toString() {
		return "group '" + this.name + "' (" + (this.closed ? "closed, " : "") + memberCounts() + ")";
	}

	@Nullable ConcurrencyLimit concurrencyLimit() {
		return this.concurrencyLimit;
	}

	@Nullable QueueBound queueBound() {
		return this.queueBound;
	}

	@Nullable CleanupGroupListener listener() {
		return this.listener;
	}

	/**
	 * Whether somebody wants to know how long callbacks wait and run. No lock is held.
	 */
	boolean isTimed() {
		CleanupGroupListener told = this.listener;
		if (told == null) {
			return false;
		}
		try {
			return told.hearsCallbacks();
		}
		catch (Throwable ex) {
			// It is asked again, and reported on, when the callback has run.
			return true;
		}
	}

	TimeSource timeSource() {
		return this.time;
	}

	CallbackThread.Telling telling() {
		return this.telling;
	}

	/**
	 * Whether a thread inside one of its callbacks may have to enter another generation
	 * than the present one.
	 */
	boolean hasUnfinishedClose() {
		return this.closing;
	}

	/**
	 * The lane that something new enters on a pool, coming from the current thread: that
	 * of the generation whose callback runs on it, else the present one.
	 */
	Lane entrance(Dispatcher dispatcher, MemberKind kind, String member) {
		Generation inside = CallbackThread.generationAround(this);
		this.lock.lock();
		try {
			if (inside != null && inside != this.current) {
				Closing of = closingOf(inside);
				if (of == null || of.isCancelling()) {
					throw refused("is being closed and cancels what is pending", kind, member);
				}
				Lane lane = inside.laneOn(dispatcher);
				return (lane != null) ? lane : addSealedLane(inside, dispatcher, of);
			}
			if (this.closed && inside == null) {
				throw refused("is closed", kind, member);
			}
			if (this.refusing && inside == null) {
				throw refused("accepts nothing new from outside", kind, member);
			}
			Lane lane = this.current.laneOn(dispatcher);
			return (lane != null) ? lane : this.current.addLane(dispatcher, Lane.OPEN);
		}
		finally {
			this.lock.unlock();
		}
	}

	private static Lane addSealedLane(Generation generation, Dispatcher dispatcher, Closing closing) {
		Lane lane = generation.addLane(dispatcher, Lane.DRAINING);
		lane.closing = closing;
		return lane;
	}

	private @Nullable Closing closingOf(Generation generation) {
		for (Closing each : this.unfinished) {
			if (each.generation() == generation) {
				return each;
			}
		}
		return null;
	}

	GroupClosedException refused(String why, MemberKind kind, String member) {
		return new GroupClosedException(
				"group '" + this.name + "' " + why + ": " + kind.label() + " '" + member + "' is refused");
	}

	/**
	 * This group and those below it, by height: each comes after all groups below it.
	 * @param forGood whether all of them refuse from now on whatever comes from outside
	 */
	List<List<CleanupGroup>> levels(boolean forGood) {
		List<List<CleanupGroup>> levels = new ArrayList<>();
		addTo(levels, forGood);
		return levels;
	}

	private int addTo(List<List<CleanupGroup>> levels, boolean forGood) {
		int height = 0;
		for (CleanupGroup child : children(forGood)) {
			height = Math.max(height, child.addTo(levels, forGood) + 1);
		}
		while (levels.size() <= height) {
			levels.add(new ArrayList<>());
		}
		levels.get(height).add(this);
		return height;
	}

	/** The groups below; closing for good, there will be no others. */
	private List<CleanupGroup> children(boolean forGood) {
		this.lock.lock();
		try {
			this.closed = this.closed || forGood;
			if (forGood) {
				// Its members may be sealed much later: after those of the groups below.
				publish();
			}
			return List.copyOf(this.children);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes part in every unfinished close, and begins that of the present generation if
	 * it has ever had a member or an attachment.
	 */
	void beginClose(boolean forGood, Retention level, CloseOptions options, Deadline timeout,
			List<JoinedClosing> joined) {
		Closing begun = null;
		List<Closing> before;
		this.lock.lock();
		try {
			before = List.copyOf(this.unfinished);
			for (Closing each : before) {
				joined.add(JoinedClosing.join(each, timeout));
			}
			this.closed = this.closed || forGood;
			this.endBegun = this.endBegun || forGood;
			if (this.current.isUsed()) {
				begun = new Closing(this.current, this, this.lock, timeout);
				this.current = new Generation(this);
				this.unfinished.add(begun);
				this.closing = true;
				joined.add(JoinedClosing.begun(begun, timeout));
			}
		}
		finally {
			this.lock.unlock();
		}
		try {
			if (begun != null) {
				begun.begin(level, options);
			}
			before.forEach((each) -> each.cancelPending(level, options));
		}
		finally {
			if (this.queueBound != null) {
				this.queueBound.wakeSubmitters();
			}
			leaveParentIfOver();
		}
	}

	/** A close is through. Called with the lock held. */
	void finished(Closing through) {
		this.unfinished.remove(through);
		this.closing = !this.unfinished.isEmpty();
	}

	/**
	 * Leaves the parent once it is closed for good and nothing is left of it, nor of
	 * those below it: until then the parent's close waits for them too. No lock is held.
	 */
	void leaveParentIfOver() {
		boolean over;
		this.lock.lock();
		try {
			over = this.endBegun && this.unfinished.isEmpty() && this.children.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
		if (over && this.parent != null) {
			this.parent.forget(this);
		}
	}

	private void forget(CleanupGroup child) {
		this.lock.lock();
		try {
			this.children.remove(child);
		}
		finally {
			this.lock.unlock();
		}
		leaveParentIfOver();
	}

	private void adopt(CleanupGroup child) {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new GroupClosedException(
						"group '" + this.name + "' is closed: group '" + child.name + "' cannot become a child of it");
			}
			this.children.add(child);
		}
		finally {
			this.lock.unlock();
		}
	}

	/** An object has become a member. */
	void tellJoined(MemberKind kind, String member) {
		CleanupGroupListener told = this.listener;
		if (told != null) {
			tell(() -> told.memberJoined(kind, member));
		}
	}

	void tellRejected(MemberKind kind, String member) {
		CleanupGroupListener told = this.listener;
		if (told != null) {
			tell(() -> told.rejected(kind, member));
		}
	}

	void tellClosed(CloseOptions options, CloseReport report) {
		CleanupGroupListener told = this.listener;
		if (told != null) {
			tell(() -> told.closed(this, options, report));
		}
	}

	void tellEscalated(CloseOptions options, CloseEscalation escalation) {
		CleanupGroupListener told = this.listener;
		if (told != null) {
			tell(() -> told.closeEscalated(this, options, escalation));
		}
	}

	/** Calls a listener where there is no pool to report to what it throws. */
	static void tell(Runnable call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			FailureLog.listenerThrew(ex);
		}
	}

	List<Lane> lanes(Dispatcher dispatcher) {
		return generations().stream().map((each) -> each.laneOn(dispatcher)).filter(Objects::nonNull).toList();
	}

	private List<Generation> generations() {
		this.lock.lock();
		try {
			if (this.unfinished.isEmpty()) {
				return List.of(this.current);
			}
			List<Generation> generations = new ArrayList<>();
			this.unfinished.forEach((each) -> generations.add(each.generation()));
			generations.add(this.current);
			return generations;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Describes a group; from {@link CleanupGroup#builder(String)}. Not thread-safe.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private final String name;

		private int maxConcurrency;

		private int queueCapacity;

		private Overflow overflow = Overflow.REJECT;

		private int weight = 1;

		private @Nullable CleanupGroup parent;

		private @Nullable CleanupGroupListener listener;

		private TimeSource time = TimeSource.SYSTEM;

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * How many callbacks of the group may run at once, on all its pools together;
		 * what runs on {@linkplain CallbackEnvironment#asThreadFactory threads of its
		 * own} is not among them. Unlimited if never called.
		 * @param maximum 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the maximum is below 1
		 */
		public Builder maxConcurrency(int maximum) {
			this.maxConcurrency = Arguments.requirePositive(maximum, "maxConcurrency of group '" + this.name + "'");
			return this;
		}

		/**
		 * How many submissions of the group may be queued, on all its pools together.
		 * Unlimited if never called.
		 * @param capacity 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the capacity is below 1
		 */
		public Builder queueCapacity(int capacity) {
			this.queueCapacity = Arguments.requirePositive(capacity, "queueCapacity of group '" + this.name + "'");
			return this;
		}

		/**
		 * What a submission does that finds the queue full. {@link Overflow#REJECT} if
		 * never called.
		 * @param overflow which
		 * @return this builder
		 */
		public Builder overflow(Overflow overflow) {
			this.overflow = Objects.requireNonNull(overflow, "overflow");
			return this;
		}

		/**
		 * How many callbacks it may start in a row where other groups of the same pool
		 * have some ready too. 1 if never called.
		 * @param weight 1 or more
		 * @return this builder
		 * @throws IllegalArgumentException if the weight is below 1
		 */
		public Builder weight(int weight) {
			this.weight = Arguments.requirePositive(weight, "weight of group '" + this.name + "'");
			return this;
		}

		/**
		 * A group whose close closes this one first, with the same options and deadline.
		 * @param parent the group above
		 * @return this builder
		 */
		public Builder parent(CleanupGroup parent) {
			this.parent = Objects.requireNonNull(parent, "parent");
			return this;
		}

		/**
		 * Who hears what happens in the group.
		 * @param listener called without a lock, on the threads that do the things
		 * @return this builder
		 */
		public Builder listener(CleanupGroupListener listener) {
			this.listener = Objects.requireNonNull(listener, "listener");
			return this;
		}

		Builder timeSource(TimeSource source) {
			this.time = source;
			return this;
		}

		/**
		 * Makes the group.
		 * @return an open, empty group
		 * @throws GroupClosedException if the parent is closed
		 */
		public CleanupGroup build() {
			CleanupGroup group = new CleanupGroup(this);
			if (this.parent != null) {
				this.parent.adopt(group);
			}
			return group;
		}

	}

}
