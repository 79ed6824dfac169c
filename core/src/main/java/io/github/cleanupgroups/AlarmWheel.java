package io.github.cleanupgroups;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Alarms by a time: a hierarchical timing wheel, and a heap for those that are due soon.
 * Adding and removing touch the alarm and its neighbours, however many there are; nothing
 * remains of an alarm that was removed. Guarded by the pool's lock.
 *
 * <p>
 * While it stands here an alarm may be postponed or become
 * {@linkplain Alarm#removeIfStale() stale}, without that lock. It is filed anew or taken
 * out when it is come upon, which is no later than it is due.
 *
 * <p>
 * Time passes in ticks of 8 ms. A level of the wheel has 64 slots, each of 32 times the
 * width of a slot of the level below; a slot is a list of alarms, linked through
 * themselves. An alarm goes to the lowest level that reaches as far as its tick. Before a
 * slot begins, what stands in it is filed anew: a level lower, where it is known better
 * when it is due, and in the end into the heap, which is in exact order. So an alarm is
 * moved once a level at most, unless it is postponed or the clock is set back, and only
 * if it is not removed before.
 *
 * <p>
 * A slot may hold very many alarms, and what is due would have to wait while these are
 * filed. So that is done {@linkplain #fileAhead ahead}, some at a time and between those
 * that are due: from half the slot's width before it begins. Then the level below, which
 * is two such slots long, reaches beyond the slot's end; and what is removed before is
 * not moved. What is left when it begins comes before anything else.
 *
 * <p>
 * A slot is found by the number of the tick, and never holds more than one round of the
 * wheel. If the clock is set back it may: then what belongs to a later round goes to a
 * higher level when it is filed anew, which harms nothing.
 */
final class AlarmWheel {

	private static final int TICK_BITS = 23;

	/** The width of a slot in slots of the level below, as a power of two. */
	private static final int WIDTH_BITS = 5;

	/** One bit of {@link #occupied} for each. */
	private static final int SLOTS = Long.SIZE;

	/** As many as 64 bits of nanoseconds take. */
	private static final int LEVELS = 8;

	/** How many of a slot are looked at for the earliest. */
	private static final int FEW = 16;

	/** What is due in the present tick or before, by its time. */
	private final AlarmHeap near = new AlarmHeap(LEVELS * SLOTS);

	/** The first alarm of each slot; made when first needed. */
	private @Nullable Alarm @Nullable [] slots;

	/** One bit a slot, for each level: whether there is any alarm in it. */
	private final long[] occupied = new long[LEVELS];

	/** Alarms of a slot that has begun, until they are filed anew. */
	private @Nullable Alarm begun;

	/** Times are counted from here: where those of a clock begin is arbitrary. */
	private final long origin;

	/** The tick up to which alarms were brought into the heap. */
	private long tick;

	private int size;

	AlarmWheel(long origin) {
		this.origin = origin;
	}

	int size() {
		return this.size;
	}

	/** Adds an alarm, or moves it to another time. */
	void add(Alarm alarm, long due) {
		// First what may fail.
		this.near.makeRoom();
		if (this.slots == null) {
			this.slots = new @Nullable Alarm[LEVELS * SLOTS];
		}
		if (alarm.isFiled()) {
			if (staysInSlot(alarm, due)) {
				alarm.due(due);
				return;
			}
			remove(alarm);
		}
		alarm.due(due);
		file(alarm);
		this.size++;
	}

	/** Whether its slot begins in time: it is filed anew by then. */
	private boolean staysInSlot(Alarm alarm, long due) {
		int slot = alarm.place();
		return !this.near.contains(alarm) && beginOf(slot) <= tickOf(due);
	}

	@SuppressWarnings("ReferenceEquality")
	void remove(Alarm alarm) {
		this.size--;
		if (this.near.contains(alarm)) {
			this.near.remove(alarm);
			return;
		}
		Alarm previous = alarm.previousAlarm();
		Alarm next = alarm.nextAlarm();
		if (next != null) {
			next.previousAlarm(previous);
		}
		if (previous != null) {
			previous.nextAlarm(next);
		}
		else if (this.begun == alarm) {
			this.begun = next;
		}
		else {
			head(alarm.place(), next);
		}
		unlink(alarm);
	}

	/** The first of those that were brought near; null where there is none. */
	@Nullable Alarm first() {
		return this.near.first();
	}

	/** For when that was filed. It is due then, or has been postponed. */
	long firstTime() {
		return this.near.firstTime();
	}

	/** Takes {@link #first()}. */
	void removeFirst() {
		if (this.near.poll() != null) {
			this.size--;
		}
	}

	/**
	 * Brings near what is due by a time.
	 * @param now that time; usually not before that of the last call
	 * @param limit how many alarms may be moved
	 * @return how many were; where as many as may be, there may be more to do
	 */
	int advance(long now, int limit) {
		long until = tickOf(now);
		int moved = 0;
		while (moved < limit) {
			Alarm alarm = this.begun;
			if (alarm != null) {
				// First what may fail.
				this.near.makeRoom();
				fileAnew(alarm);
				moved++;
			}
			else if (!beginSlot(until)) {
				this.tick = until;
				break;
			}
		}
		return moved;
	}

	/**
	 * Files anew what stands in slots that begin soon; once {@link #advance} has done all
	 * it had to.
	 * @param limit how many alarms may be moved
	 * @return how many were; where as many as may be, there may be more to do
	 */
	int fileAhead(int limit) {
		int moved = 0;
		for (int level = 1; level < LEVELS; level++) {
			while (moved < limit && this.occupied[level] != 0 && fileAheadFrom(level, nextTick(level)) <= this.tick) {
				// It needs no room near: it is not due before its slot begins.
				fileAnew(Objects.requireNonNull(firstOf(slotOf(level, nextTick(level))), "occupied"));
				moved++;
			}
		}
		return moved;
	}

	/** The tick from which on a slot is filed ahead that begins at another. */
	private static long fileAheadFrom(int level, long begins) {
		return begins - widthOf(level) / 2;
	}

	private void fileAnew(Alarm alarm) {
		if (!alarm.removeIfStale()) {
			remove(alarm);
			file(alarm);
			this.size++;
		}
	}

	/**
	 * When to look again: when the earliest is due, or, where that is to be found among
	 * many, when they are to be filed anew. Only where there is any alarm.
	 */
	long wakeAt() {
		if (this.begun != null) {
			return timeOf(this.tick);
		}
		long earliest = this.near.isEmpty() ? Long.MAX_VALUE : this.near.firstTime() - this.origin;
		for (int level = 0; level < LEVELS; level++) {
			if (this.occupied[level] != 0) {
				earliest = Math.min(earliest, wakeAt(level));
			}
		}
		return this.origin + earliest;
	}

	private long wakeAt(int level) {
		long begins = nextTick(level);
		long ends = begins + widthOf(level);
		if (hasMany(slotOf(level, begins))) {
			return fileAheadFrom(level, begins) << TICK_BITS;
		}
		// Not later than the slot ends: after a clock was set back it may hold what
		// belongs to its next round. And not later than the slot after it is filed ahead.
		long earliest = (hasMany(slotOf(level, ends)) ? fileAheadFrom(level, ends) : ends) << TICK_BITS;
		for (Alarm each = firstOf(slotOf(level, begins)); each != null; each = each.nextAlarm()) {
			earliest = Math.min(earliest, each.due() - this.origin);
		}
		return earliest;
	}

	private boolean hasMany(int slot) {
		Alarm alarm = firstOf(slot);
		for (int seen = 0; alarm != null && seen < FEW; seen++) {
			alarm = alarm.nextAlarm();
		}
		return alarm != null;
	}

	/** Lets the next slot begin that is not empty, if it does by that tick. */
	private boolean beginSlot(long until) {
		int level = nextLevel();
		if (level < 0 || nextTick(level) > until) {
			return false;
		}
		this.tick = nextTick(level);
		int slot = slotOf(level, this.tick);
		this.begun = firstOf(slot);
		head(slot, null);
		return true;
	}

	/** The level whose next slot that is not empty begins first; negative for none. */
	private int nextLevel() {
		int next = -1;
		for (int level = 0; level < LEVELS; level++) {
			if (this.occupied[level] != 0 && (next < 0 || nextTick(level) < nextTick(next))) {
				next = level;
			}
		}
		return next;
	}

	/**
	 * When the next slot of a level begins that is not empty. It may be this very tick,
	 * where slots of several levels begin at once.
	 */
	private long nextTick(int level) {
		long next = nextOf(level);
		long fromThere = Long.rotateRight(this.occupied[level], (int) next);
		return (next + Long.numberOfTrailingZeros(fromThere)) << (level * WIDTH_BITS);
	}

	/** When a slot begins next. */
	private long beginOf(int slot) {
		int level = slot / SLOTS;
		long next = nextOf(level);
		return (next + ((slot - next) & (SLOTS - 1))) << (level * WIDTH_BITS);
	}

	/** The number of the slot of a level that begins at this tick or first after it. */
	private long nextOf(int level) {
		return ((this.tick - 1) >> (level * WIDTH_BITS)) + 1;
	}

	private void file(Alarm alarm) {
		long time = alarm.due();
		long due = tickOf(time);
		long ahead = due - this.tick;
		if (ahead <= 0) {
			this.near.add(alarm, time);
			return;
		}
		int slot = slotOf(levelOf(ahead), due);
		Alarm next = firstOf(slot);
		if (next != null) {
			next.previousAlarm(alarm);
			alarm.nextAlarm(next);
		}
		alarm.place(slot);
		head(slot, alarm);
	}

	private static void unlink(Alarm alarm) {
		alarm.previousAlarm(null);
		alarm.nextAlarm(null);
		alarm.place(Alarm.NOWHERE);
	}

	private void head(int slot, @Nullable Alarm alarm) {
		if (this.slots != null) {
			this.slots[slot] = alarm;
		}
		long bit = 1L << slot;
		int level = slot / SLOTS;
		this.occupied[level] = (alarm != null) ? this.occupied[level] | bit : this.occupied[level] & ~bit;
	}

	private @Nullable Alarm firstOf(int slot) {
		return (this.slots != null) ? this.slots[slot] : null;
	}

	/** The lowest level that reaches so many ticks ahead. */
	private static int levelOf(long ahead) {
		return Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(ahead / 2)) / WIDTH_BITS;
	}

	/** How many ticks a slot has. */
	private static long widthOf(int level) {
		return 1L << (level * WIDTH_BITS);
	}

	private static int slotOf(int level, long tick) {
		return level * SLOTS + (int) ((tick >> (level * WIDTH_BITS)) & (SLOTS - 1));
	}

	private long tickOf(long time) {
		return (time - this.origin) >> TICK_BITS;
	}

	private long timeOf(long tick) {
		return this.origin + (tick << TICK_BITS);
	}

}
