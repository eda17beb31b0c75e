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
 * Starts a subscription for each subscriber of a flux, and attaches it to its stream.
 */
final class HubFlux extends Flux<SseEvent> implements Fuseable, Scannable {

	private final SseSubscription description;

	private final Function<HubSubscriber, HubSubscription> starter;

	/**
	 * Create a flux.
	 * @param description what each subscriber subscribes to
	 * @param starter registers a subscriber with the hub and fixes its start
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
	 * Start again when the calling operators have returned. Another subscription has the
	 * stream now, but an operator further up the stack, such as flatMap before a retry,
	 * may be about to cancel it.
	 */
	private void startLater(HubSubscriber subscriber, SseStream stream) {
		CoreSubscriber<? super SseEvent> actual = subscriber.actual();
		Operators.DeferredSubscription deferred = new Operators.DeferredSubscription();
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

}
