package io.github.sse4spring.hub;

import java.util.concurrent.RejectedExecutionException;

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
 * The events of a subscription, anew for each subscriber.
 */
final class HubFlux extends Flux<SseEvent> implements Fuseable, Scannable {

	private final DefaultSseHub hub;

	private final SseSubscription description;

	HubFlux(DefaultSseHub hub, SseSubscription description) {
		this.hub = hub;
		this.description = description;
	}

	@Override
	public void subscribe(CoreSubscriber<? super SseEvent> actual) {
		SseStream stream = SseStream.from(actual.currentContext());
		HubSubscription subscription = this.hub.start(this.description, actual, stream);
		if (stream == null || !this.description.resumes() || attach(subscription, stream, actual) == null) {
			actual.onSubscribe(subscription);
			subscription.join();
		}
		else {
			subscription.cancel();
			startLater(stream, actual);
		}
	}

	/**
	 * Another subscription has the stream. It may be about to be cancelled by an operator
	 * that is still at work further up the stack, such as flatMap before a retry. So
	 * start when the stack is unwound, where the other subscription has ended by then.
	 */
	private void startLater(SseStream stream, CoreSubscriber<? super SseEvent> actual) {
		Operators.DeferredSubscription deferred = new Operators.DeferredSubscription();
		actual.onSubscribe(deferred);
		Runnable start = () -> {
			HubSubscription subscription = this.hub.start(this.description, actual, stream);
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
