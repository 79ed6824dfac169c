package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A group as a task executor: plain {@code @Async("mail")} makes members of the group
 * {@code mail}, whose futures complete also where a close cancels them.
 */
final class GroupTaskExecutor implements AsyncTaskExecutor {

	private final CallbackEnvironment environment;

	private final Executor executor;

	GroupTaskExecutor(CleanupGroups groups, String group) {
		this.environment = groups.environment(group);
		this.executor = this.environment.asExecutorService();
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			throw rejected(ex);
		}
	}

	@Override
	public Future<?> submit(Runnable task) {
		return submitCompletable(task);
	}

	@Override
	public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
		return submitCompletable(task);
	}

	@Override
	@SuppressWarnings("NullAway") // Void has no other value than null
	public CompletableFuture<Void> submitCompletable(Runnable task) {
		return this.<Void>submitCompletable(() -> {
			task.run();
			return null;
		});
	}

	@Override
	@SuppressWarnings("NullAway") // the core takes tasks that return null too
	public <T extends @Nullable Object> CompletableFuture<T> submitCompletable(Callable<T> task) {
		try {
			return this.environment.submit(task);
		}
		catch (RejectedExecutionException ex) {
			throw rejected(ex);
		}
	}

	private static TaskRejectedException rejected(RejectedExecutionException ex) {
		return new TaskRejectedException(String.valueOf(ex.getMessage()), ex);
	}

}
