package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import io.github.cleanupgroups.CallbackEnvironment;

/**
 * A call that becomes a member when the transaction is committed in which it was made:
 * the future of what comes of it.
 */
@SuppressWarnings({ "NullAway", "FutureReturnValueIgnored" }) // as its method, it may
																// return null
final class CommittedCall extends CompletableFuture<Object> implements TransactionSynchronization {

	private final CallbackEnvironment environment;

	private final Supplier<@Nullable Object> call;

	/** Hears of a refusal where nobody has the future. */
	private Consumer<Throwable> refusalHandler = (refusal) -> {
	};

	/** Used by the thread of the transaction only. */
	private boolean submitted;

	/** Null before the commit. Written at it, read by whoever cancels. */
	private volatile @Nullable CompletableFuture<?> member;

	CommittedCall(CallbackEnvironment environment, Supplier<@Nullable Object> call) {
		this.environment = environment;
		this.call = call;
	}

	static boolean isInTransaction() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.isActualTransactionActive();
	}

	void onRefusal(Consumer<Throwable> handler) {
		this.refusalHandler = handler;
	}

	void awaitCommit() {
		TransactionSynchronizationManager.registerSynchronization(this);
	}

	@Override
	public void afterCommit() {
		submit();
	}

	private void submit() {
		if (this.submitted || isDone()) {
			return;
		}
		this.submitted = true;
		try {
			if (this.call.get() instanceof CompletableFuture<?> submitted) {
				this.member = submitted;
				submitted.whenComplete(this::completed);
				if (isCancelled()) {
					submitted.cancel(true);
				}
			}
			else {
				complete(null);
			}
		}
		catch (Throwable ex) {
			// A refusal, or what a decorator has thrown. Thrown, it would look like a
			// failure of the commit.
			completeExceptionally(ex);
			this.refusalHandler.accept(ex);
		}
	}

	private void completed(@Nullable Object value, @Nullable Throwable failure) {
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(value);
		}
	}

	/** Also where another one has thrown, and kept this from hearing of the commit. */
	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_COMMITTED) {
			submit();
		}
		else {
			completeExceptionally(this.environment.cancellation((status == STATUS_ROLLED_BACK)
					? "the transaction was rolled back" : "the transaction has no known outcome"));
		}
	}

	/** As it says, of what has become of it too. */
	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		CompletableFuture<?> submitted = this.member;
		if (submitted != null) {
			submitted.cancel(mayInterruptIfRunning);
		}
		return cancelled;
	}

}
