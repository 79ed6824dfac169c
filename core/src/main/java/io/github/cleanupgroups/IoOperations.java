package io.github.cleanupgroups;

import org.jspecify.annotations.Nullable;

/**
 * The operations of I/O objects that are under way in a pool, from their announcement to
 * their end.
 *
 * <p>
 * A part of its {@link Dispatcher}: it takes the pool's lock, which guards what it
 * changes, and has no state of its own. Of the dispatcher it needs
 * {@link Dispatcher#refusal(Entry, Lane, boolean)} before an operation counts,
 * {@link Dispatcher#completed} for one whose callback is due, {@link Dispatcher#unqueue}
 * and {@link Dispatcher#ended} for one that has none, and {@link Dispatcher#followUp}.
 */
final class IoOperations {

	private final Dispatcher dispatcher;

	private final PoolLock lock;

	private final Workers workers;

	IoOperations(Dispatcher dispatcher, PoolLock lock, Workers workers) {
		this.dispatcher = dispatcher;
		this.lock = lock;
		this.workers = workers;
	}

	/** Announces an operation. */
	Admitted start(Io.Operation<?> operation, boolean inside) {
		Io<?> io = operation.io();
		this.lock.lockUnsettled();
		try {
			Admitted refusal = this.dispatcher.refusal(io, io.lane(), inside);
			if (refusal != null) {
				return refusal;
			}
			io.announce(operation);
			io.lane().pending++;
			this.dispatcher.countEntered(1);
			return Admitted.ENTERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends an operation: its callback is queued, or it was withdrawn.
	 * @param result null where it was withdrawn
	 * @return false where it had ended before
	 */
	<V> boolean end(Io.Operation<V> operation, Io.@Nullable Result<V> result) {
		Io<V> io = operation.io();
		boolean withResult = result != null;
		Lane lane = io.lane();
		Aftermath aftermath = null;
		Worker wake = null;
		boolean dropped = false;
		this.lock.lockUnsettled();
		try {
			switch (io.end(operation)) {
				case ENDED_BEFORE -> {
					return false;
				}
				case FORGOTTEN -> aftermath = this.dispatcher.ended(io, null);
				case UNDER_WAY -> {
					// A close that parts the queue drops this one too; it has not come to
					// it.
					dropped = withResult && lane.sweeps > 0 && io.retention().isDroppedAt(lane.droppedUpTo);
					if (withResult && !dropped) {
						operation.result(result);
						this.dispatcher.completed(operation);
						wake = this.workers.wakeOne();
					}
					else if (dropped) {
						io.dropOneByGroup();
						lane.cancelled++;
						aftermath = this.dispatcher.unqueue(lane, 1, this.dispatcher.ended(io, null));
					}
					else {
						io.dropOne();
						aftermath = this.dispatcher.unqueue(lane, 1, this.dispatcher.ended(io, null));
					}
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		if (dropped) {
			lane.generation.tellCancelled(1);
		}
		this.dispatcher.followUp(wake, aftermath);
		return true;
	}

}
