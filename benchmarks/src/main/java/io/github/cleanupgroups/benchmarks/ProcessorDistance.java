package io.github.cleanupgroups.benchmarks;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How far apart two processors are at the moment. Those of a virtual machine may be moved
 * by its host, into one core's reach or to the other end of the chip, and whatever two
 * threads contend for takes so much longer.
 */
final class ProcessorDistance {

	private static final int TIMES = 20_000;

	private final AtomicInteger value = new AtomicInteger();

	private ProcessorDistance() {
	}

	/**
	 * How long a value takes from one thread to another and back, both spinning.
	 * @return nanoseconds; zero where there is one processor
	 */
	static long nanosThereAndBack() {
		if (Runtime.getRuntime().availableProcessors() < 2) {
			return 0;
		}
		// The first time it is still being compiled.
		long ignored = new ProcessorDistance().measure();
		return new ProcessorDistance().measure();
	}

	private long measure() {
		Thread other = new Thread(this::answer, "answering");
		other.setDaemon(true);
		other.start();
		awaitValue(1);
		long begin = System.nanoTime();
		for (int i = 1; i <= TIMES; i++) {
			this.value.set(2 * i);
			awaitValue(2 * i + 1);
		}
		return (System.nanoTime() - begin) / TIMES;
	}

	private void answer() {
		this.value.set(1);
		for (int i = 1; i <= TIMES; i++) {
			awaitValue(2 * i);
			this.value.set(2 * i + 1);
		}
	}

	private void awaitValue(int awaited) {
		while (this.value.get() != awaited) {
			Thread.onSpinWait();
		}
	}

}
