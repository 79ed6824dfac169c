package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import org.jctools.queues.MpmcUnboundedXaddArrayQueue;

/**
 * The least that question 1 asks for: a bare queue as in {@link QueueLimit}, an object a
 * task that remembers what a group has to know of it, as large as a one-off of ours, and
 * a count of the tasks that have run, so that somebody can wait for all. Each thread
 * counts its own, which none of the others writes.
 */
final class NodeLimit implements Tasks {

	private final Node stop = new Node(this, NodeLimit::nothing, 0, 0);

	private final MpmcUnboundedXaddArrayQueue<Node> queue = new MpmcUnboundedXaddArrayQueue<>(1024);

	private final List<Counting> threads = new ArrayList<>();

	/** How many have run once all have that were announced. The thread that waits. */
	private long expected;

	NodeLimit(int threads) {
		for (int i = 0; i < threads; i++) {
			Counting thread = new Counting("node-limit-" + i);
			this.threads.add(thread);
			thread.start();
		}
	}

	@Override
	public void open(int members) {
		this.expected += members;
	}

	@Override
	public void execute() {
		this.queue.offer(new Node(this, NodeLimit::nothing, 1, 1));
	}

	private static void nothing() {
	}

	// Yielding is all there is to waiting here.
	@Override
	@SuppressWarnings("ThreadPriorityCheck")
	public void finish() {
		while (this.threads.stream().mapToLong(Counting::count).sum() < this.expected) {
			Thread.yield();
		}
	}

	@Override
	public <T> Future<T> submit(Callable<T> task) {
		throw new UnsupportedOperationException("the limit of one-offs has no futures");
	}

	@Override
	public void close() {
		this.threads.forEach((thread) -> this.queue.offer(this.stop));
	}

	/** What stands for a task: 40 bytes. */
	private record Node(NodeLimit owner, Runnable task, long submitted, long order) {
	}

	/** Takes one by one, and counts what has run. */
	private final class Counting extends Thread {

		/** Written by this thread alone; read by who waits. */
		private final AtomicLong count = new AtomicLong();

		Counting(String name) {
			super(name);
			setDaemon(true);
		}

		@Override
		@SuppressWarnings({ "ThreadPriorityCheck", "ReferenceEquality" })
		public void run() {
			long done = 0;
			for (;;) {
				Node node = NodeLimit.this.queue.poll();
				if (node == NodeLimit.this.stop) {
					return;
				}
				if (node != null) {
					node.task().run();
					done++;
					this.count.setRelease(done);
				}
				else {
					Thread.yield();
				}
			}
		}

		long count() {
			return this.count.get();
		}

	}

}
