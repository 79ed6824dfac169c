package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * An executor that knows no groups: its users count their tasks down in a latch.
 *
 * @param <E> the executor
 */
final class LatchedTasks<E extends Executor> implements Tasks {

	private final E executor;

	private final Submitter<E> submitter;

	private final Closer<E> closer;

	private CountDownLatch latch = new CountDownLatch(0);

	private Runnable task = () -> {
	};

	LatchedTasks(E executor, Submitter<E> submitter, Closer<E> closer) {
		this.executor = executor;
		this.submitter = submitter;
		this.closer = closer;
	}

	@Override
	public void open(int members) {
		this.latch = new CountDownLatch(members);
		this.task = this.latch::countDown;
	}

	@Override
	public void execute() {
		this.executor.execute(this.task);
	}

	@Override
	public void finish() throws InterruptedException {
		this.latch.await();
	}

	@Override
	public <T> Future<T> submit(Callable<T> called) {
		return this.submitter.submit(this.executor, called);
	}

	@Override
	public void close() {
		this.closer.close(this.executor);
	}

	/** How that executor gives a future. */
	interface Submitter<E> {

		<T> Future<T> submit(E executor, Callable<T> task);

	}

	/** How that executor is ended. */
	interface Closer<E> {

		void close(E executor);

	}

}
