package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanNameAware;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.ConcurrentReferenceHashMap;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.spring.CleanupGroups;

/**
 * A group as a task executor: plain {@code @Async("mail")} makes members of the group
 * {@code mail}, whose futures complete also where a close cancels them.
 */
final class GroupTaskExecutor implements AsyncTaskExecutor, BeanNameAware {

	private final CleanupGroups groups;

	private final String group;

	/** Written before the first task, by who makes the bean. */
	private String beanName;

	/** By the class of the task. Lets go of them where memory is short. */
	private final ConcurrentMap<Class<?>, Entrance> entrances = new ConcurrentReferenceHashMap<>();

	GroupTaskExecutor(CleanupGroups groups, String group) {
		this.groups = groups;
		this.group = group;
		this.beanName = GroupNames.beanName(group, GroupNames.TASK_EXECUTOR);
		// Fails early where there is no such group.
		groups.environment(group);
	}

	@Override
	public void setBeanName(String name) {
		this.beanName = name;
	}

	@Override
	public void execute(Runnable task) {
		entrance(task).execute(task);
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
		return entrance(task).<Void>submit(() -> {
			task.run();
			return null;
		});
	}

	@Override
	public <T extends @Nullable Object> CompletableFuture<T> submitCompletable(Callable<T> task) {
		return entrance(task).submit(task);
	}

	private Entrance entrance(Object task) {
		Class<?> type = task.getClass();
		Entrance known = this.entrances.get(type);
		return (known != null) ? known : this.entrances.computeIfAbsent(type, this::newEntrance);
	}

	private Entrance newEntrance(Class<?> task) {
		CallbackEnvironment environment = this.groups.environmentBuilder(this.group)
			.memberName(MemberNames.ofTask(this.beanName, task))
			.build();
		return new Entrance(environment, environment.asExecutorService());
	}

	/** Where tasks become members: those of one class have one name. */
	private record Entrance(CallbackEnvironment environment, Executor executor) {

		void execute(Runnable task) {
			try {
				this.executor.execute(task);
			}
			catch (RejectedExecutionException ex) {
				throw rejected(ex);
			}
		}

		@SuppressWarnings("NullAway") // the core takes tasks that return null too
		<T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> task) {
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

}
