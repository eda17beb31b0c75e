package io.github.sse4spring.hub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseSubscription;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * A hub that delivers inside the call that publishes, and subscribers with a given
 * demand.
 */
final class HubFixture {

	final SseHub hub;

	HubFixture() {
		this((builder) -> builder);
	}

	HubFixture(UnaryOperator<SseHubBuilder> settings) {
		this.hub = settings.apply(SseHubBuilder.create().scheduler(Schedulers.immediate())).build();
	}

	String publish(String topic, Object data) {
		return this.hub.publish(topic, SseEvent.text(data.toString()))
			.stored()
			.blockOptional(Duration.ofSeconds(1))
			.orElseThrow();
	}

	void publish(String topic, int from, int to) {
		for (int i = from; i < to; i++) {
			publish(topic, i);
		}
	}

	int retained(String topic) {
		return this.hub.snapshot()
			.topics()
			.stream()
			.filter((candidate) -> candidate.name().equals(topic))
			.mapToInt(SseHubSnapshot.Topic::retained)
			.sum();
	}

	Taker take(SseSubscription subscription) {
		return take(this.hub.subscribe(subscription), Long.MAX_VALUE);
	}

	Taker take(String... topics) {
		return take(SseSubscription.to(topics));
	}

	Taker stalled(SseSubscription subscription) {
		return take(this.hub.subscribe(subscription), 0);
	}

	static Taker take(Flux<SseEvent> flux, long demand) {
		Taker taker = new Taker(demand);
		flux.subscribe(taker);
		return taker;
	}

	/**
	 * A subscriber that records the signals that it receives.
	 */
	static final class Taker extends BaseSubscriber<SseEvent> {

		final List<SseEvent> events = new ArrayList<>();

		private final long demand;

		boolean completed;

		Throwable error;

		private Taker(long demand) {
			this.demand = demand;
		}

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			if (this.demand > 0) {
				request(this.demand);
			}
		}

		@Override
		protected void hookOnNext(SseEvent event) {
			this.events.add(event);
		}

		@Override
		protected void hookOnComplete() {
			this.completed = true;
		}

		@Override
		protected void hookOnError(Throwable ex) {
			this.error = ex;
		}

		/** Return the data of each event, and the name and data of each notice. */
		List<String> texts() {
			return this.events.stream()
				.map((event) -> (event.isNotice() ? event.name() + " " : "") + event.data())
				.toList();
		}

		Taker takeAll() {
			request(Long.MAX_VALUE);
			return this;
		}

	}

}
