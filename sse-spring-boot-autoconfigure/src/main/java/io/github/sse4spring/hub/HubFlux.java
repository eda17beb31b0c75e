package io.github.sse4spring.hub;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Fuseable;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The flux that a hub returns. It starts a subscription for each subscriber. If the
 * subscriber has a stream and the subscription resumes, the subscription is attached to
 * the stream.
 */
final class HubFlux extends Flux<SseEvent> implements Fuseable, Scannable {

	private final SseSubscription description;

	private final Function<HubSubscriber, HubSubscription> starter;

	/**
	 * Create a flux.
	 * @param description what each subscriber subscribes to
	 * @param starter adds a subscriber to the hub and determines where it starts
	 */
	HubFlux(SseSubscription description, Function<HubSubscriber, HubSubscription> starter) {
		this.description = description;
		this.starter = starter;
	}

	@Override
	public void subscribe(CoreSubscriber<? super SseEvent> actual) {
		SseStream stream = SseStream.from(actual.currentContext());
		HubSubscriber subscriber = new HubSubscriber(this.description, actual, stream);
		HubSubscription subscription = this.starter.apply(subscriber);
		if (stream == null || !this.description.resumes() || attach(subscription, stream, actual) == null) {
			actual.onSubscribe(subscription);
			subscription.join();
		}
		else {
			subscription.cancel();
			startLater(subscriber, stream);
		}
	}

	/**
	 * Start again in a task, after the operators that called this flux have returned.
	 * Another subscription still has the position of the stream. One of those operators,
	 * such as a flatMap in front of a retry, may be about to cancel that subscription.
	 */
	private void startLater(HubSubscriber subscriber, SseStream stream) {
		CoreSubscriber<? super SseEvent> actual = subscriber.actual();
		DeferredSubscription deferred = new DeferredSubscription();
		actual.onSubscribe(deferred);
		Runnable start = () -> {
			HubSubscription subscription = this.starter.apply(subscriber);
			IllegalStateException refusal = attach(subscription, stream, actual);
			if (refusal == null && deferred.set(subscription)) {
				subscription.join();
				return;
			}
			subscription.cancel();
			if (refusal != null) {
				actual.onError(refusal);
			}
		};
		try {
			stream.executor().execute(start);
		}
		catch (RejectedExecutionException ex) {
			actual.onError(ex);
		}
	}

	private static @Nullable IllegalStateException attach(HubSubscription subscription, SseStream stream,
			CoreSubscriber<? super SseEvent> actual) {
		try {
			subscription.handOverTo(stream.attach(subscription, actual));
			return null;
		}
		catch (IllegalStateException ex) {
			return ex;
		}
	}

	@Override
	@SuppressWarnings("rawtypes")
	public @Nullable Object scanUnsafe(Attr key) {
		return (key == Attr.RUN_STYLE) ? Attr.RunStyle.SYNC : null;
	}

	/**
	 * Waits for the subscription. Operators expect a subscription of this type, since the
	 * flux is fuseable, but fusion is not granted.
	 */
	private static final class DeferredSubscription extends Operators.DeferredSubscription
			implements Fuseable.QueueSubscription<SseEvent> {

		@Override
		public int requestFusion(int requestedMode) {
			return Fuseable.NONE;
		}

		@Override
		public @Nullable SseEvent poll() {
			return null;
		}

		@Override
		public int size() {
			return 0;
		}

		@Override
		public boolean isEmpty() {
			return true;
		}

		@Override
		public void clear() {
		}

	}

}
