package io.github.cleanupgroups.benchmarks;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/**
 * What people write for groups: a {@code ThreadPoolExecutor} whose futures are kept in a
 * concurrent set until they are done.
 */
final class TrackedTasks implements Tasks {

	private static final Callable<Boolean> NOTHING = () -> true;

	private final Set<Future<?>> pending = ConcurrentHashMap.newKeySet();

	private final ExecutorService executor;

	TrackedTasks(ExecutorService executor) {
		this.executor = executor;
	}

	@Override
	public void open(int members) {
	}

	@Override
	public void execute() {
		Future<Boolean> ignored = submit(NOTHING);
	}

	@Override
	public void finish() throws Exception {
		for (Future<?> future : this.pending) {
			future.get();
		}
	}

	// Equal means the same here, which is what is wanted.
	@Override
	@SuppressWarnings("CollectionUndefinedEquality")
	public <T> Future<T> submit(Callable<T> task) {
		FutureTask<T> future = new FutureTask<>(task) {
			@Override
			protected void done() {
				TrackedTasks.this.pending.remove(this);
			}
		};
		this.pending.add(future);
		this.executor.execute(future);
		return future;
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
