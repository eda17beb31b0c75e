package io.github.sse4spring.hub;

import java.util.List;

import io.github.sse4spring.SseEvent;
import reactor.core.publisher.Flux;
import reactor.util.concurrent.Queues;

/**
 * Checks the rules of Reactive Streams behind an operator that polls the subscription.
 */
public class FusedHubSubscriptionTckTests extends HubSubscriptionTckTests {

	@Override
	Flux<SseEvent> publisher(Flux<SseEvent> events) {
		return events.map((event) -> event).flatMapIterable(List::of, Queues.XS_BUFFER_SIZE);
	}

}
