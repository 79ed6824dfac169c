package io.github.cleanupgroups.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.github.cleanupgroups.CloseMode;

/**
 * A close of an adopted executor, on a thread of its own: futures that it completes may
 * run code of the application's, which must hold up neither other closes nor the clock of
 * the whole process.
 */
final class AdoptedClosing {

	private final AdoptedExecutor executor;

	private final ClosingSteps steps;

	private final long begin = System.nanoTime();

	private final long ranBefore;

	private final long cancelledBefore;

	/** Completes when nothing is left, or what is left is not waited for. */
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private final CompletableFuture<AdoptedClose> closed = new CompletableFuture<>();

	/**
	 * Whether what is left waits for the very shutdown. Written by the shutdown, before
	 * it is over; read by any thread.
	 */
	private volatile boolean forTheCloser;

	AdoptedClosing(AdoptedExecutor executor, ClosingSteps steps) {
		this.executor = executor;
		this.steps = steps;
		this.ranBefore = executor.ran();
		this.cancelledBefore = executor.cancelled();
	}

	/** Completes on a thread of this close, with what it has done. */
	CompletableFuture<AdoptedClose> begin() {
		Thread thread = new Thread(this::run, "cleanup-groups-adopted-" + this.executor.name());
		thread.setDaemon(true);
		thread.start();
		return this.closed;
	}

	/** Nothing is left, or the close is taken back. */
	void end() {
		this.over.complete(null);
	}

	void endButForTheCloser() {
		this.forTheCloser = true;
		end();
	}

	boolean isOver() {
		return this.over.isDone();
	}

	boolean isForTheCloser() {
		return this.forTheCloser;
	}

	private void run() {
		try {
			close();
			this.closed.complete(result());
		}
		catch (Throwable ex) {
			this.closed.completeExceptionally(ex);
		}
	}

	private void close() throws InterruptedException {
		if (this.steps.mode() == CloseMode.CANCEL) {
			this.executor.cancelPending();
		}
		Duration interruptAfter = this.steps.interruptAfter();
		if (interruptAfter == null || interruptAfter.compareTo(this.steps.grace()) > 0) {
			cancelAfterGrace();
			interruptAfter(interruptAfter);
		}
		else {
			interruptAfter(interruptAfter);
			cancelAfterGrace();
		}
		if (isNotOverBy(this.steps.limit()) || this.forTheCloser) {
			this.executor.cancelPending();
		}
	}

	private void cancelAfterGrace() throws InterruptedException {
		if (isNotOverBy(this.steps.grace())) {
			this.executor.cancelPending();
		}
	}

	private void interruptAfter(@Nullable Duration delay) throws InterruptedException {
		if (delay != null && delay.compareTo(this.steps.limit()) < 0 && isNotOverBy(delay)) {
			this.executor.interrupt();
		}
	}

	/** Waits until then, or until it is over. */
	private boolean isNotOverBy(Duration time) throws InterruptedException {
		long left = ShutdownDeadline.nanos(time) - (System.nanoTime() - this.begin);
		try {
			this.over.get(Math.max(0, left), TimeUnit.NANOSECONDS);
			return false;
		}
		catch (TimeoutException ex) {
			return true;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private AdoptedClose result() {
		return new AdoptedClose(this.executor.name(), this.executor.groupName(),
				Duration.ofNanos(System.nanoTime() - this.begin), this.executor.ran() - this.ranBefore,
				this.executor.cancelled() - this.cancelledBefore, this.executor.left(), this.forTheCloser);
	}

}
