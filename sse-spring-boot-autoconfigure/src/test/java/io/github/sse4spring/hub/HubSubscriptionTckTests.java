package io.github.sse4spring.hub;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseStream;
import io.github.sse4spring.SseSubscription;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Checks the rules of Reactive Streams on a subscription of a hub.
 */
public class HubSubscriptionTckTests extends PublisherVerification<SseEvent> {

	public HubSubscriptionTckTests() {
		super(new TestEnvironment(300, 100));
	}

	@Override
	public Publisher<SseEvent> createPublisher(long elements) {
		SseHub hub = SseHubBuilder.create().bufferSize(100_000).replaySize(100_000).build();
		for (long i = 0; i < Math.min(elements, 10_000); i++) {
			hub.publish(SseEvent.text(Long.toString(i)));
		}
		hub.complete(SseHub.DEFAULT_TOPIC);
		return publisher(hub.subscribe(SseSubscription.to(SseHub.DEFAULT_TOPIC).earliest()));
	}

	Flux<SseEvent> publisher(Flux<SseEvent> events) {
		return events;
	}

	@Override
	public Publisher<SseEvent> createFailedPublisher() {
		SseStream taken = mock(SseStream.class);
		given(taken.executor()).willReturn(Runnable::run);
		willThrow(new IllegalStateException("taken")).given(taken).attach(any(), any());
		return publisher(SseHubBuilder.create().build().subscribe())
			.contextWrite((context) -> context.put(SseStream.class, taken));
	}

	@Override
	public long maxElementsFromPublisher() {
		return 10_000;
	}

}
