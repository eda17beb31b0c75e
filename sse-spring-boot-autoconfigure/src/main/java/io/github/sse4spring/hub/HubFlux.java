package io.github.sse4spring.hub;

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
		try {
			if (stream != null && this.description.resumes()) {
				subscription.handOverTo(stream.attach(subscription, actual));
			}
		}
		catch (IllegalStateException ex) {
			subscription.cancel();
			Operators.error(actual, ex);
			return;
		}
		actual.onSubscribe(subscription);
		subscription.join();
	}

	@Override
	@SuppressWarnings("rawtypes")
	public @Nullable Object scanUnsafe(Attr key) {
		return (key == Attr.RUN_STYLE) ? Attr.RunStyle.SYNC : null;
	}

}
