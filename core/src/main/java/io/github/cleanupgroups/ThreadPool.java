package io.github.cleanupgroups;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Threads that run callbacks (PTP_POOL, R1-R17). Get one from {@link #builder(String)};
 * there is no hidden global pool (F45).
 *
 * <p>
 * A pool is <em>open</em> until {@link #close()}, then <em>closed</em>: it refuses what
 * is new and still runs what is queued. It is <em>terminated</em> once that has run.
 * Closing a pool does not close the groups that have members on it.
 *
 * <p>
 * At most {@code maxThreads} callbacks run at once (R4). A submission that finds all
 * threads busy starts another while there are fewer than that (R9); a thread that has
 * been idle for the keep-alive ends while there are more than {@code minThreads} (R10).
 * Which callback is next is a matter of {@link Priority}, of the groups' weights, and of
 * the order of submission.
 *
 * <p>
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class ThreadPool implements AutoCloseable {

	private final Dispatcher dispatcher;

	private ThreadPool(Builder builder) {
		ThreadFactory factory = builder.threadFactory();
		this.dispatcher = new Dispatcher(builder, factory, !builder.virtualThreads);
	}

	/**
	 * A pool to be described.
	 * @param name what messages and threads call it; not blank
	 * @return a builder
	 */
	public static Builder builder(String name) {
		return new Builder(Arguments.requireText(name, "name"));
	}

	/**
	 * What it is called.
	 * @return the name it was built with
	 */
	public String name() {
		return this.dispatcher.name;
	}

	/**
	 * Sets both limits in one step (SetThreadpoolThreadMinimum,
	 * SetThreadpoolThreadMaximum, R6, F27). Missing threads are started in the call (R7),
	 * surplus ones end when they are idle or have finished their callback.
	 * @param minThreads threads that stay when idle; 0 or more
	 * @param maxThreads callbacks that may run at once; 1 or more, and not below the
	 * minimum
	 * @throws IllegalArgumentException if the limits are out of range; nothing is changed
	 * then
	 */
	public void resize(int minThreads, int maxThreads) {
		requireLimits(name(), minThreads, maxThreads);
		this.dispatcher.workers().resize(minThreads, maxThreads);
	}

	/**
	 * The pool at this moment.
	 * @return a snapshot
	 */
	public PoolStats stats() {
		return this.dispatcher.stats();
	}

	/**
	 * Whether {@link #close()} was called.
	 * @return true for good from then on
	 */
	public boolean isClosed() {
		return this.dispatcher.isClosed();
	}

	/**
	 * Refuses members and submissions from here on, with a {@link PoolClosedException},
	 * also those of running callbacks. Returns at once; what is queued still runs
	 * (CloseThreadpool, R12, R13, F39). Closing again has no effect.
	 */
	@Override
	public void close() {
		this.dispatcher.close();
	}

	/**
	 * Waits until the pool is closed and nothing is queued or running. Open members are
	 * not waited for; callbacks that a paused group holds back are.
	 * @param timeout the longest wait; zero tests without waiting
	 * @return false if the time passed first
	 * @throws InterruptedException if interrupted while waiting
	 * @throws IllegalStateException if called from a callback of this pool
	 * @throws IllegalArgumentException if the timeout is negative
	 */
	public boolean awaitTermination(Duration timeout) throws InterruptedException {
		Arguments.requireNotNegative(timeout, "timeout");
		return this.dispatcher.awaitTermination(timeout);
	}

	@Override
	public String toString() {
		return this.dispatcher.toString();
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	private static void requireLimits(String name, int minThreads, int maxThreads) {
		if (minThreads < 0 || maxThreads < 1 || minThreads > maxThreads) {
			throw new IllegalArgumentException(
					"pool '" + name + "' needs 0 <= minThreads <= maxThreads and maxThreads >= 1, but got minThreads "
							+ minThreads + " and maxThreads " + maxThreads);
		}
	}

	/**
	 * Describes a pool; from {@link ThreadPool#builder(String)}. Not thread-safe.
	 *
	 * @since 0.1.0
	 */
	public static final class Builder {

		private static final int DEFAULT_MAX_THREADS = 500;

		private final String name;

		private int minThreads;

		private int maxThreads = DEFAULT_MAX_THREADS;

		private Duration keepAlive = Duration.ofSeconds(60);

		private @Nullable ThreadFactory threadFactory;

		private boolean virtualThreads;

		private BiConsumer<String, Throwable> onUncaught = FailureLog::callbackThrew;

		private TimeSource time = TimeSource.SYSTEM;

		private @Nullable ThreadFactory timerThreads;

		private Builder(String name) {
			this.name = name;
		}

		/**
		 * Threads that stay when idle; started by {@link #build()}. 0 if never called
		 * (R3).
		 * @param threads 0 or more, and at most the maximum
		 * @return this builder
		 */
		public Builder minThreads(int threads) {
			this.minThreads = threads;
			return this;
		}

		/**
		 * Callbacks that may run at once. 500 if never called (R3).
		 * @param threads 1 or more
		 * @return this builder
		 */
		public Builder maxThreads(int threads) {
			this.maxThreads = threads;
			return this;
		}

		/**
		 * How long a thread above the minimum stays idle before it ends. One minute if
		 * never called (R10).
		 * @param keepAlive zero or more
		 * @return this builder
		 * @throws IllegalArgumentException if it is negative
		 */
		public Builder keepAlive(Duration keepAlive) {
			this.keepAlive = Arguments.requireNotNegative(keepAlive, "keepAlive of pool '" + this.name + "'");
			return this;
		}

		/**
		 * Who makes the threads. Plain threads named after the pool, not daemons, if
		 * never called.
		 * @param factory called without a lock, by submitters and workers
		 * @return this builder
		 */
		public Builder threadFactory(ThreadFactory factory) {
			this.threadFactory = Objects.requireNonNull(factory, "factory");
			return this;
		}

		/**
		 * Whether the threads are virtual ones. The limits hold all the same. A thread
		 * factory that was given goes before.
		 * @param virtual false if never called
		 * @return this builder
		 */
		public Builder virtualThreads(boolean virtual) {
			this.virtualThreads = virtual;
			return this;
		}

		/**
		 * Who hears what callbacks throw (F14). It is logged if never called.
		 * @param handler is given the member's name and what was thrown, on the
		 * callback's thread
		 * @return this builder
		 */
		public Builder onUncaught(BiConsumer<String, Throwable> handler) {
			this.onUncaught = Objects.requireNonNull(handler, "handler");
			return this;
		}

		Builder timeSource(TimeSource source) {
			this.time = source;
			return this;
		}

		/** Who makes the one thread that timers need; called under the pool's lock. */
		Builder timerThreads(ThreadFactory factory) {
			this.timerThreads = factory;
			return this;
		}

		ThreadFactory timerThreads() {
			return (this.timerThreads != null) ? this.timerThreads : PoolThreads.timer(this.name);
		}

		/**
		 * Makes the pool and starts its minimum of threads.
		 * @return an open pool
		 * @throws IllegalArgumentException unless 0 &lt;= minThreads &lt;= maxThreads and
		 * maxThreads &gt;= 1
		 * @throws UnsupportedOperationException if virtual threads are asked for and this
		 * Java has none
		 */
		public ThreadPool build() {
			requireLimits(this.name, this.minThreads, this.maxThreads);
			ThreadPool pool = new ThreadPool(this);
			pool.dispatcher.workers().startMinimum();
			return pool;
		}

		String name() {
			return this.name;
		}

		int minThreads() {
			return this.minThreads;
		}

		int maxThreads() {
			return this.maxThreads;
		}

		Duration keepAlive() {
			return this.keepAlive;
		}

		BiConsumer<String, Throwable> onUncaught() {
			return this.onUncaught;
		}

		TimeSource timeSource() {
			return this.time;
		}

		private ThreadFactory threadFactory() {
			if (this.threadFactory != null) {
				return this.threadFactory;
			}
			return this.virtualThreads ? PoolThreads.virtual(this.name) : PoolThreads.platform(this.name);
		}

	}

}
