package io.github.cleanupgroups;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What may be armed: it expires at its time unless it is disarmed before. All methods are
 * called under the pool's lock, but for what {@link TimerAlarm} does to itself.
 *
 * <p>
 * Where it stands while it is armed it knows itself: its time, its place and the links of
 * a list. They are methods, for a member object has room of its own for them, and a
 * one-off, which is an alarm by its type alone, needs none.
 */
abstract class Alarm {

	/** Of an alarm that stands in no queue. */
	static final int NOWHERE = -1;

	/**
	 * When it is due, on its clock; only while it is armed. A free timer may be postponed
	 * at any time.
	 */
	long due() {
		throw cannotBeArmed();
	}

	void due(long time) {
		throw cannotBeArmed();
	}

	/** Where it stands, as whatever holds it counts; negative while it does not. */
	int place() {
		return NOWHERE;
	}

	void place(int place) {
		throw cannotBeArmed();
	}

	/** Whether it stands in a queue: it will expire unless it is stale. */
	final boolean isFiled() {
		return place() >= 0;
	}

	@Nullable Alarm previousAlarm() {
		return null;
	}

	void previousAlarm(@Nullable Alarm alarm) {
		throw cannotBeArmed();
	}

	@Nullable Alarm nextAlarm() {
		return null;
	}

	void nextAlarm(@Nullable Alarm alarm) {
		throw cannotBeArmed();
	}

	/** Where it stands in the heap by its latest time; only where it has a window. */
	int latestIndex() {
		return NOWHERE;
	}

	void latestIndex(int index) {
		throw new UnsupportedOperationException(this + " cannot be late");
	}

	/** Whether its time is one on the wall clock; else it is monotonic. */
	boolean isOnWallClock() {
		return false;
	}

	/**
	 * How much later than its time it may expire, to share a wake-up with others. Never
	 * changes while it is armed.
	 */
	long windowNanos() {
		return 0;
	}

	/**
	 * Takes it out of its queue if it is stale: it was disarmed without the pool's lock,
	 * and still stands there.
	 * @return whether it was
	 */
	boolean removeIfStale() {
		return false;
	}

	/**
	 * Nobody disarms or postpones it without the pool's lock from now on.
	 * @return false where it was stale, and has been taken out of its queue
	 */
	boolean guard() {
		return true;
	}

	/**
	 * It was armed, or added again. It may be disarmed and postponed without the pool's
	 * lock from now on, if it is one for which that goes.
	 */
	void free() {
	}

	/**
	 * Its time has come: it is armed no longer.
	 * @param due when that was, on its clock
	 * @param now the monotonic time
	 * @return what is still to be done once the lock is released, or null
	 */
	@Nullable Runnable expire(long due, long now) {
		throw cannotBeArmed();
	}

	/**
	 * Disarms it; what is pending of it stays.
	 * @param unlocked takes what is to be done once the lock is released
	 */
	void disarm(List<Runnable> unlocked) {
	}

	private UnsupportedOperationException cannotBeArmed() {
		return new UnsupportedOperationException(this + " cannot be armed");
	}

}
