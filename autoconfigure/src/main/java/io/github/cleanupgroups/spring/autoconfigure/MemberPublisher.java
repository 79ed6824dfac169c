package io.github.cleanupgroups.spring.autoconfigure;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CorePublisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import io.github.cleanupgroups.CallbackEnvironment;

/**
 * The calls of a method that returns a publisher: each subscription makes a member, which
 * calls the method and stays until what it has published is over.
 */
final class MemberPublisher implements CorePublisher<Object> {

	private final CallbackEnvironment environment;

	private final Callable<@Nullable Object> method;

	private MemberPublisher(CallbackEnvironment environment, Callable<@Nullable Object> method) {
		this.environment = environment;
		this.method = method;
	}

	/**
	 * A publisher of the type that a method returns.
	 * @param single whether it publishes one value at most
	 * @param environment what makes the members
	 * @param method calls the method once more
	 */
	static Publisher<Object> of(boolean single, CallbackEnvironment environment, Callable<@Nullable Object> method) {
		MemberPublisher publisher = new MemberPublisher(environment, method);
		return single ? Mono.fromDirect(publisher) : Flux.from(publisher);
	}

	@Override
	public void subscribe(Subscriber<? super Object> subscriber) {
		subscribe(Operators.toCoreSubscriber(subscriber));
	}

	@Override
	public void subscribe(CoreSubscriber<? super Object> subscriber) {
		Relay relay = new Relay(this.environment, Operators.serialize(subscriber));
		relay.subscriber.onSubscribe(relay);
		relay.submit(this.method);
	}

	/**
	 * Between the method's publisher and the subscriber, who may request and cancel
	 * before that publisher is there.
	 */
	@SuppressWarnings({ "NullAway", "FutureReturnValueIgnored" }) // a stage without a
																	// value
	private static final class Relay extends Operators.DeferredSubscription implements CoreSubscriber<Object> {

		private final CallbackEnvironment environment;

		private final CoreSubscriber<? super Object> subscriber;

		/** Whether the subscriber has heard of the end, or does not want to. */
		private final AtomicBoolean ended = new AtomicBoolean();

		/** What the member goes on as. A close that interrupts cancels it. */
		private final CompletableFuture<Object> stage = new CompletableFuture<>() {

			@Override
			public boolean cancel(boolean mayInterruptIfRunning) {
				// Before the member hears of it, who would tell less.
				if (!isDone()) {
					interrupted();
				}
				return super.cancel(mayInterruptIfRunning);
			}

		};

		/** Null before it is submitted. Written by the subscriber's thread. */
		private volatile @Nullable CompletableFuture<Object> member;

		Relay(CallbackEnvironment environment, CoreSubscriber<? super Object> subscriber) {
			this.environment = environment;
			this.subscriber = subscriber;
		}

		void submit(Callable<@Nullable Object> method) {
			if (this.ended.get()) {
				return;
			}
			try {
				CompletableFuture<Object> submitted = this.environment.submitAsync(() -> begin(method));
				this.member = submitted;
				submitted.whenComplete((value, failure) -> {
					if (failure != null) {
						fail(failure);
					}
				});
				if (this.ended.get() && !this.stage.isDone()) {
					submitted.cancel(false);
				}
			}
			catch (Throwable ex) {
				// A refusal, or what a decorator has thrown.
				fail(ex);
			}
		}

		@SuppressWarnings("unchecked")
		private CompletionStage<Object> begin(Callable<@Nullable Object> method) throws Exception {
			Object returned = this.ended.get() ? null : method.call();
			if (returned instanceof Publisher<?> publisher) {
				((Publisher<Object>) publisher).subscribe(this);
			}
			else {
				onComplete();
			}
			return this.stage;
		}

		private void interrupted() {
			super.cancel();
			fail(this.environment.cancellation("it was interrupted while its publisher went on"));
		}

		private void fail(Throwable failure) {
			if (this.ended.compareAndSet(false, true)) {
				this.subscriber.onError((failure instanceof CompletionException && failure.getCause() != null)
						? failure.getCause() : failure);
			}
		}

		@Override
		public Context currentContext() {
			return this.subscriber.currentContext();
		}

		@Override
		public void onSubscribe(Subscription upstream) {
			set(upstream);
		}

		@Override
		public void onNext(Object value) {
			if (this.ended.get()) {
				Operators.onNextDropped(value, currentContext());
				return;
			}
			this.subscriber.onNext(value);
		}

		@Override
		public void onError(Throwable failure) {
			fail(failure);
			this.stage.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			if (this.ended.compareAndSet(false, true)) {
				this.subscriber.onComplete();
			}
			this.stage.complete(null);
		}

		/** The subscriber has enough: what waits does not begin, what goes on ends. */
		@Override
		public void cancel() {
			this.ended.set(true);
			super.cancel();
			this.stage.complete(null);
			CompletableFuture<Object> submitted = this.member;
			if (submitted != null) {
				submitted.cancel(false);
			}
		}

	}

}
