package io.github.sse4spring.metrics;

import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SsePublication;
import io.github.sse4spring.SseSubscription;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import reactor.core.publisher.Flux;

/**
 * A hub that observes each publishing as {@code sse.publish}.
 */
final class ObservedSseHub implements SseHub {

	private final SseHub hub;

	private final ObservationRegistry registry;

	private final Set<String> topics;

	ObservedSseHub(SseHub hub, ObservationRegistry registry, Collection<String> topics) {
		this.hub = hub;
		this.registry = registry;
		this.topics = Set.copyOf(topics);
	}

	@Override
	public SsePublication publish(String topic, SseEvent event) {
		return observe(topic, () -> this.hub.publish(topic, event));
	}

	@Override
	public SsePublication publish(SseEvent event) {
		return observe(DEFAULT_TOPIC, () -> this.hub.publish(event));
	}

	private SsePublication observe(String topic, Supplier<SsePublication> publishing) {
		return Objects.requireNonNull(Observation.createNotStarted("sse.publish", this.registry)
			.contextualName("sse publish")
			.lowCardinalityKeyValue("topic", this.topics.contains(topic) ? topic : SseMeters.OTHER)
			.observe(publishing));
	}

	@Override
	public Flux<SseEvent> subscribe(SseSubscription subscription) {
		return this.hub.subscribe(subscription);
	}

	@Override
	public Flux<SseEvent> subscribe(String... topics) {
		return this.hub.subscribe(topics);
	}

	@Override
	public Flux<SseEvent> subscribe() {
		return this.hub.subscribe();
	}

	@Override
	public String position() {
		return this.hub.position();
	}

	@Override
	public SsePublication complete(String topic) {
		return this.hub.complete(topic);
	}

	@Override
	public SseHubSnapshot snapshot() {
		return this.hub.snapshot();
	}

	@Override
	public void close() {
		this.hub.close();
	}

}
