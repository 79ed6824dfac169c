package io.github.cleanupgroups;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The notice to one member's owner that a close has cancelled it.
 */
final class MemberCancellation implements Cancellation {

	private final Entry entry;

	private final @Nullable Object cleanupContext;

	private final @Nullable String reason;

	MemberCancellation(Entry entry, @Nullable Object cleanupContext, @Nullable String reason) {
		this.entry = entry;
		this.cleanupContext = cleanupContext;
		this.reason = reason;
	}

	/**
	 * Completes the member's futures and calls its cancel callback. No lock is held.
	 * @return what the cancel callback threw
	 */
	@Nullable Throwable tell(CleanupGroup group) {
		CallbackThread current = CallbackThread.current();
		CleanupGroup before = current.notifying;
		current.notifying = group;
		try {
			if (this.entry instanceof OneOff oneOff && oneOff.callback instanceof OwnedCallback owned) {
				owned.dropped(new MemberCancelledException(oneOff.lane().generation.toString(), name(), this.reason));
			}
			CancelCallback callback = this.entry.environment.cancelCallback();
			if (callback != null && !(this.entry instanceof Work work && work.isClosedByItself())) {
				callback.cancelled(this);
			}
			return null;
		}
		catch (Throwable ex) {
			return ex;
		}
		finally {
			current.notifying = before;
			current.leaveIfUnused();
			if (this.entry instanceof Work work) {
				CompletableFuture<Void> released = work.lane().dispatcher.releasedOrNull(work);
				if (released != null) {
					released.complete(null);
				}
			}
		}
	}

	@Override
	public MemberKind kind() {
		return this.entry.memberKind();
	}

	@Override
	public String name() {
		return this.entry.memberName();
	}

	@Override
	public @Nullable Object context() {
		return this.entry.context;
	}

	@Override
	public @Nullable Object cleanupContext() {
		return this.cleanupContext;
	}

	@Override
	public long droppedCallbacks() {
		return (this.entry instanceof Work work) ? work.dropped() : 1;
	}

	@Override
	public boolean ranBefore() {
		return this.entry instanceof Work work && work.hasRun();
	}

	@Override
	public @Nullable String reason() {
		return this.reason;
	}

}
