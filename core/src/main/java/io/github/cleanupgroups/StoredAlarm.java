package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * An alarm that is an object by itself. All fields are guarded by the pool's lock.
 */
abstract class StoredAlarm extends Alarm {

	private long due;

	private int place = NOWHERE;

	private @Nullable Alarm previousAlarm;

	private @Nullable Alarm nextAlarm;

	@Override
	final long due() {
		return this.due;
	}

	@Override
	final void due(long time) {
		this.due = time;
	}

	@Override
	final int place() {
		return this.place;
	}

	@Override
	final void place(int at) {
		this.place = at;
	}

	@Override
	final @Nullable Alarm previousAlarm() {
		return this.previousAlarm;
	}

	@Override
	final void previousAlarm(@Nullable Alarm alarm) {
		this.previousAlarm = alarm;
	}

	@Override
	final @Nullable Alarm nextAlarm() {
		return this.nextAlarm;
	}

	@Override
	final void nextAlarm(@Nullable Alarm alarm) {
		this.nextAlarm = alarm;
	}

}
