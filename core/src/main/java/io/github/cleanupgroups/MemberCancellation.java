package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

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
	 * Completes the member's futures and calls its cancel callback; neither keeps the
	 * other from happening. No lock is held.
	 * @return what was thrown
	 */
	@Nullable Throwable tell(CleanupGroup group) {
		List<Throwable> thrown = new ArrayList<>(0);
		CallbackThread.tell(group, () -> {
			CallbackDecorator.Decoration decoration = this.entry.decoration();
			if (decoration == null) {
				tellOwner(thrown);
			}
			else {
				tellDecorated(decoration, thrown);
			}
		});
		return thrown.isEmpty() ? null : thrown.get(0);
	}

	/** Once, whatever the decoration does. */
	private void tellDecorated(CallbackDecorator.Decoration decoration, List<Throwable> thrown) {
		AtomicBoolean told = new AtomicBoolean();
		attempt(() -> decoration.tellOwner(() -> {
			if (told.compareAndSet(false, true)) {
				tellOwner(thrown);
			}
		}), thrown);
		if (told.compareAndSet(false, true)) {
			tellOwner(thrown);
		}
	}

	private void tellOwner(List<Throwable> thrown) {
		if (this.entry instanceof OneOff oneOff && oneOff.callback instanceof OwnedCallback owned) {
			attempt(() -> owned
				.dropped(new MemberCancelledException(oneOff.lane().generation.toString(), name(), this.reason)),
					thrown);
		}
		CancelCallback callback = this.entry.environment.cancelCallback();
		if (callback != null && !(this.entry instanceof MemberObject object && object.isClosedByItself())) {
			attempt(() -> callback.cancelled(this), thrown);
		}
		if (this.entry instanceof MemberObject object) {
			CompletableFuture<Void> released = object.lane().dispatcher.told(object);
			if (released != null) {
				released.complete(null);
			}
		}
	}

	private static void attempt(Attempt attempt, List<Throwable> thrown) {
		try {
			attempt.run();
		}
		catch (Throwable ex) {
			thrown.forEach(ex::addSuppressed);
			thrown.clear();
			thrown.add(ex);
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
		return (this.entry instanceof MemberObject object) ? object.dropped() : 1;
	}

	@Override
	public boolean ranBefore() {
		return this.entry instanceof MemberObject object && object.hasRun();
	}

	@Override
	public @Nullable String reason() {
		return this.reason;
	}

	/** Something of a user's that may throw. */
	private interface Attempt {

		void run() throws Exception;

	}

}
