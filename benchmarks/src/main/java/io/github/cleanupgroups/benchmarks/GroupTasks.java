package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

import io.github.cleanupgroups.Callback;
import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.CloseReport;
import io.github.cleanupgroups.ThreadPool;

/**
 * This library: one-off members of a group, or of some in turn, whose members are closed.
 */
final class GroupTasks implements Tasks {

	private static final Callback NOTHING = (instance) -> {
	};

	private final ThreadPool pool;

	private final List<CleanupGroup> groups = new ArrayList<>();

	private final CallbackEnvironment[] environments;

	/** For one producer, where there are several groups. */
	private int turn;

	GroupTasks(int threads) {
		this(threads, 1);
	}

	GroupTasks(int threads, int groups) {
		this.pool = ThreadPool.builder("benchmark").minThreads(threads).maxThreads(threads).build();
		this.environments = new CallbackEnvironment[groups];
		for (int i = 0; i < groups; i++) {
			CleanupGroup group = CleanupGroup.create("benchmark-" + i);
			this.groups.add(group);
			this.environments[i] = CallbackEnvironment.builder().pool(this.pool).cleanupGroup(group).build();
		}
	}

	@Override
	public void open(int members) {
	}

	@Override
	public void execute() {
		if (!next().trySubmit(NOTHING)) {
			throw new IllegalStateException("refused");
		}
	}

	private CallbackEnvironment next() {
		if (this.environments.length == 1) {
			return this.environments[0];
		}
		this.turn = (this.turn + 1) % this.environments.length;
		return this.environments[this.turn];
	}

	@Override
	public void finish() throws InterruptedException {
		for (CleanupGroup group : this.groups) {
			CloseReport report = group.closeMembers(CloseOptions.awaitPending());
			if (report.cancelledCallbacks() != 0 || report.timedOut()) {
				throw new IllegalStateException("not all have run: " + report);
			}
		}
	}

	@Override
	public <T> Future<T> submit(Callable<T> task) {
		return this.environments[0].submit(task);
	}

	@Override
	public void close() {
		this.groups.forEach(CleanupGroup::close);
		this.pool.close();
	}

}
