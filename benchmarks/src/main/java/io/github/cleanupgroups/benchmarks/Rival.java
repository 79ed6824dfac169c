package io.github.cleanupgroups.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.bulkhead.ThreadPoolBulkhead;
import io.github.resilience4j.bulkhead.ThreadPoolBulkheadConfig;
import io.netty.util.concurrent.DefaultEventExecutorGroup;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * This library, and what it is measured against.
 */
public enum Rival {

	/** This library. */
	CLEANUP_GROUP,

	/** The JDK's, with a {@code LinkedBlockingQueue}. */
	THREAD_POOL_EXECUTOR,

	/** The JDK's. */
	FORK_JOIN_POOL,

	/** A {@code ThreadPoolExecutor} whose futures are kept in a concurrent set. */
	TRACKED_SET,

	/** Java 25 only. */
	STRUCTURED_SCOPE,

	/** Java 25 only. */
	VIRTUAL_THREADS,

	/** Spring's {@code ThreadPoolTaskExecutor}. */
	SPRING_TASK_EXECUTOR,

	/** The thread-pool bulkhead of resilience4j. */
	BULKHEAD,

	/** Netty's {@code DefaultEventExecutorGroup}. */
	NETTY,

	/** A bare JCTools queue, the limit. */
	QUEUE_LIMIT,

	/** That queue with an object a task, and a count of what has run. No futures. */
	NODE_LIMIT;

	/** Whether this JDK has it. */
	boolean isAvailable() {
		return (this != STRUCTURED_SCOPE && this != VIRTUAL_THREADS) || Runtime.version().feature() >= 25;
	}

	/** Whether its tasks have futures. */
	boolean hasFutures() {
		return this != STRUCTURED_SCOPE && this != NODE_LIMIT;
	}

	/** Whether it is what no pool can beat, rather than a pool. */
	boolean isLimit() {
		return this == QUEUE_LIMIT || this == NODE_LIMIT;
	}

	/** Makes one with so many threads, where it is the one who makes threads. */
	Tasks create(int threads) {
		return switch (this) {
			case CLEANUP_GROUP -> new GroupTasks(threads);
			case THREAD_POOL_EXECUTOR -> ofExecutor(threadPool(threads));
			case FORK_JOIN_POOL -> ofExecutor(new ForkJoinPool(threads));
			case TRACKED_SET -> new TrackedTasks(threadPool(threads));
			case STRUCTURED_SCOPE -> new ScopedTasks();
			case VIRTUAL_THREADS -> ofExecutor(virtualThreads());
			case SPRING_TASK_EXECUTOR ->
				new LatchedTasks<>(initialized(springExecutor(threads)), new LatchedTasks.Submitter<>() {
					@Override
					public <T> Future<T> submit(ThreadPoolTaskExecutor executor, Callable<T> task) {
						return executor.submitCompletable(task);
					}
				}, ThreadPoolTaskExecutor::shutdown);
			case BULKHEAD -> ofBulkhead(threads);
			case NETTY -> new LatchedTasks<>(new DefaultEventExecutorGroup(threads), new LatchedTasks.Submitter<>() {
				@Override
				public <T> Future<T> submit(DefaultEventExecutorGroup group, Callable<T> task) {
					return group.submit(task);
				}
			}, (group) -> {
				io.netty.util.concurrent.Future<?> ignored = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
			});
			case QUEUE_LIMIT -> new LatchedTasks<>(new QueueLimit(threads), new LatchedTasks.Submitter<>() {
				@Override
				public <T> Future<T> submit(QueueLimit queue, Callable<T> task) {
					FutureTask<T> future = new FutureTask<>(task);
					queue.execute(future);
					return future;
				}
			}, QueueLimit::stop);
			case NODE_LIMIT -> new NodeLimit(threads);
		};
	}

	static ThreadPoolExecutor threadPool(int threads) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>());
		executor.prestartAllCoreThreads();
		return executor;
	}

	/** Not initialized yet: where it is a bean, the context does that. */
	static ThreadPoolTaskExecutor springExecutor(int threads) {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(threads);
		executor.setMaxPoolSize(threads);
		executor.setPrestartAllCoreThreads(true);
		return executor;
	}

	private static ThreadPoolTaskExecutor initialized(ThreadPoolTaskExecutor executor) {
		executor.initialize();
		return executor;
	}

	private static LatchedTasks<ExecutorService> ofExecutor(ExecutorService executor) {
		return new LatchedTasks<>(executor, new LatchedTasks.Submitter<>() {
			@Override
			public <T> Future<T> submit(ExecutorService service, Callable<T> task) {
				return service.submit(task);
			}
		}, ExecutorService::shutdownNow);
	}

	private static Tasks ofBulkhead(int threads) {
		ThreadPoolBulkhead bulkhead = ThreadPoolBulkhead.of("benchmark",
				ThreadPoolBulkheadConfig.custom()
					.coreThreadPoolSize(threads)
					.maxThreadPoolSize(threads)
					.queueCapacity(10_000_000)
					.build());
		Executor executor = (task) -> {
			CompletableFuture<Void> ignored = bulkhead.executeRunnable(task).toCompletableFuture();
		};
		return new LatchedTasks<>(executor, new LatchedTasks.Submitter<>() {
			@Override
			public <T> Future<T> submit(Executor unused, Callable<T> task) {
				return bulkhead.executeCallable(task).toCompletableFuture();
			}
		}, (unused) -> closeBulkhead(bulkhead));
	}

	private static void closeBulkhead(ThreadPoolBulkhead bulkhead) {
		try {
			bulkhead.close();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ExecutorService virtualThreads() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("virtual threads need Java 21", ex);
		}
	}

}
