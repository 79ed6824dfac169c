package io.github.cleanupgroups.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import org.jctools.queues.MpmcUnboundedXaddArrayQueue;

/**
 * A bare queue and threads that poll it without ever parking: what no pool can beat that
 * takes tasks one by one, as long as there are cores enough. Else its threads take turns
 * with the submitter, which a pool whose threads park does less.
 */
final class QueueLimit implements Executor {

	private static final Runnable STOP = new Thread();

	private final MpmcUnboundedXaddArrayQueue<Runnable> queue = new MpmcUnboundedXaddArrayQueue<>(1024);

	private final List<Thread> threads = new ArrayList<>();

	QueueLimit(int threads) {
		for (int i = 0; i < threads; i++) {
			Thread thread = new Thread(this::work, "queue-limit-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
			thread.start();
		}
	}

	@Override
	public void execute(Runnable task) {
		this.queue.offer(task);
	}

	// Yielding is all there is to waiting here.
	@SuppressWarnings({ "ThreadPriorityCheck", "ReferenceEquality" })
	private void work() {
		for (;;) {
			Runnable task = this.queue.poll();
			if (task == STOP) {
				return;
			}
			if (task != null) {
				task.run();
			}
			else {
				Thread.yield();
			}
		}
	}

	void stop() {
		this.threads.forEach((thread) -> this.queue.offer(STOP));
	}

}
