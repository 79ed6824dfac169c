package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * What is asked of single executions while they run: by their own callback, or by whoever
 * wants them to end or to be seen.
 *
 * <p>
 * A part of its {@link Dispatcher}: it takes the pool's lock, which guards the
 * executions, and has no state of its own. Of the dispatcher it needs
 * {@link Dispatcher#uncaught} alone.
 */
final class ExecutionRequests {

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	ExecutionRequests(Dispatcher dispatcher, PoolLock lock) {
		this.dispatcher = dispatcher;
		this.lock = lock;
	}

	/** Waits for its object wait for the execution no longer. */
	void disassociate(RunningCallback execution) {
		this.lock.lock();
		try {
			if (!execution.isDisassociated()) {
				execution.setDisassociated();
				if (execution.entry() instanceof MemberObject object) {
					object.disassociateOne();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * As {@link #interrupt}, for the execution of a one-off, if it has begun and not
	 * ended. It is looked for under the lock, which links what it finds: so its worker
	 * does not use the record again before the interrupt.
	 */
	void interruptOf(OneOff oneOff) {
		RunningCallback execution = this.dispatcher.inspect(() -> oneOff.lane().runningOf(oneOff));
		if (execution != null) {
			interrupt(execution);
		}
	}

	/**
	 * Interrupts the thread of an execution, or asks the stage to end that it went on as.
	 */
	void interrupt(RunningCallback execution) {
		Thread thread;
		Continuation continuation = null;
		this.lock.lock();
		try {
			thread = execution.isInterrupting() ? null : execution.threadOrNull();
			if (thread != null) {
				execution.interruptBegins();
			}
			else if (execution.isReturned()) {
				continuation = execution.continuation();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (continuation != null) {
			continuation.cancel();
		}
		if (thread == null) {
			return;
		}
		Throwable thrown = null;
		try {
			// Outside the lock: it may run the close of an interruptible channel.
			thread.interrupt();
		}
		catch (Throwable ex) {
			// The channel's or the thread's doing: others are to be interrupted, too.
			thrown = ex;
		}
		finally {
			this.lock.lock();
			try {
				execution.interruptEnded();
			}
			finally {
				this.lock.unlock();
			}
		}
		if (thrown != null) {
			this.dispatcher.uncaught(execution.entry().memberName(), thrown);
		}
	}

	/** The thread that an execution has at this moment, null if none. */
	@Nullable Thread threadOf(RunningCallback execution) {
		this.lock.lock();
		try {
			return execution.threadOrNull();
		}
		finally {
			this.lock.unlock();
		}
	}

}
