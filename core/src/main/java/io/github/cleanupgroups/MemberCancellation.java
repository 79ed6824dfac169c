package io.github.cleanupgroups;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * The notice to one member's owner that a close has cancelled it.
 */
final class MemberCancellation implements Cancellation {

	private final Entry entry;

	private final Closing closing;

	private final @Nullable Object cleanupContext;

	private final @Nullable String reason;

	MemberCancellation(Entry entry, Closing closing, @Nullable Object cleanupContext, @Nullable String reason) {
		this.entry = entry;
		this.closing = closing;
		this.cleanupContext = cleanupContext;
		this.reason = reason;
	}

	/**
	 * Completes the member's futures and calls its cancel callback; neither keeps the
	 * other from happening. No lock is held.
	 * @return what was thrown
	 */
	@Nullable Throwable tell() {
		CallbackDecorator.Decoration decoration = this.entry.decoration();
		return (decoration != null) ? tellDecorated(decoration) : tellOwner();
	}

	/** Once, whatever the decoration does. */
	private @Nullable Throwable tellDecorated(CallbackDecorator.Decoration decoration) {
		AtomicBoolean told = new AtomicBoolean();
		AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
		Throwable failure = null;
		try {
			decoration.tellOwner(() -> {
				if (told.compareAndSet(false, true)) {
					thrown.set(tellOwner());
				}
			});
		}
		catch (Throwable ex) {
			failure = ex;
		}
		if (told.compareAndSet(false, true)) {
			thrown.set(tellOwner());
		}
		return both(failure, thrown.get());
	}

	private @Nullable Throwable tellOwner() {
		if (this.entry instanceof OneOff oneOff) {
			Throwable thrown = completeFuture(oneOff);
			return callBack(thrown);
		}
		MemberObject object = (MemberObject) this.entry;
		Throwable thrown = object.isClosedByItself() ? null : callBack(null);
		CompletableFuture<Void> released = object.lane().dispatcher.requests().told(object);
		if (released != null) {
			released.complete(null);
		}
		return thrown;
	}

	private @Nullable Throwable completeFuture(OneOff oneOff) {
		OwnedCallback owned = oneOff.owned();
		if (owned == null) {
			return null;
		}
		try {
			owned.dropped(new MemberCancelledException(oneOff.lane().generation.toString(), name(), this.reason));
			return null;
		}
		catch (Throwable ex) {
			return ex;
		}
	}

	private @Nullable Throwable callBack(@Nullable Throwable thrownBefore) {
		CancelCallback callback = this.entry.environment.cancelCallback();
		if (callback == null) {
			return thrownBefore;
		}
		try {
			callback.cancelled(this);
			return thrownBefore;
		}
		catch (Throwable ex) {
			return both(ex, thrownBefore);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private static @Nullable Throwable both(@Nullable Throwable later, @Nullable Throwable before) {
		if (later != null && before != null && later != before) {
			later.addSuppressed(before);
		}
		return (later != null) ? later : before;
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
		return this.entry.context();
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

	@Override
	public @Nullable Duration timeLeft() {
		return this.closing.timeLeft();
	}

}
