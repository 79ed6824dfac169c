package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * One way to run tasks that belong together, as its users would write it.
 */
interface Tasks extends AutoCloseable {

	/**
	 * Before the first of a batch.
	 * @param members how many there will be
	 */
	void open(int members) throws Exception;

	/** Submits one empty task of the batch; any thread, unless {@link #isConfined()}. */
	void execute() throws Exception;

	/** Waits until all of the batch have run. */
	void finish() throws Exception;

	/** Submits one that has a future. */
	<T> Future<T> submit(Callable<T> task) throws Exception;

	/** Whether only the thread that opened the batch may submit. */
	default boolean isConfined() {
		return false;
	}

	@Override
	void close();

}
