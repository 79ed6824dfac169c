package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.ThreadPool;

/**
 * This library: one-off members of a group whose members are closed.
 */
final class GroupTasks implements Tasks {

	private static final Callback NOTHING = (instance) -> {
	};

	private final ThreadPool pool;

	private final CleanupGroup group = CleanupGroup.create("benchmark");

	private final CallbackEnvironment environment;

	GroupTasks(int threads) {
		this.pool = ThreadPool.builder("benchmark").minThreads(threads).maxThreads(threads).build();
		this.environment = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(this.group).build();
	}

	@Override
	public void open(int members) {
	}

	@Override
	public void execute() {
		if (!this.environment.trySubmit(NOTHING)) {
			throw new IllegalStateException("refused");
		}
	}

	@Override
	public void finish() throws InterruptedException {
		CloseReport report = this.group.closeMembers(CloseOptions.awaitPending());
		if (report.cancelledCallbacks() != 0 || report.timedOut()) {
			throw new IllegalStateException("not all have run: " + report);
		}
	}

	@Override
	public <T> Future<T> submit(Callable<T> task) {
		return this.environment.submit(task);
	}

	@Override
	public void close() {
		this.group.close();
		this.pool.close();
	}

}
