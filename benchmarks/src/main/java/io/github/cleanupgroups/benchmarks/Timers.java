package io.github.cleanupgroups.benchmarks;

/** Some timers, by number. */
interface Timers extends AutoCloseable {

	@Override
	void close();

	/** Makes the object that will be armed, where there is such a thing. */
	default void make(int number) {
	}

	void arm(int number, long millis);

	void rearm(int number, long millis);

	void disarm(int number);

	/** Arms one for each time, in milliseconds. */
	default void armAll(long[] due) {
		for (int i = 0; i < due.length; i++) {
			arm(i, due[i]);
		}
	}

	/** Disarms the first ones. */
	default void disarmAll(int count) {
		for (int i = 0; i < count; i++) {
			disarm(i);
		}
	}

	/** Returns once all that is armed is sorted in. */
	default void awaitSorted() throws InterruptedException {
	}

	/** Whether it is armed, of timers that say so. */
	default boolean isArmed(int number) {
		throw new UnsupportedOperationException("cannot be asked");
	}

}
