package io.github.sse4spring.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseLagPolicy;
import io.github.sse4spring.SseSubscription;
import jakarta.annotation.PreDestroy;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Publishes 500 numbered price boards of 4 KB a second while a client is subscribed. A
 * client that stops reading for a moment lags.
 */
@RestController
class PricesController {

	private static final int SYMBOLS = 128;

	private final SseHub hub;

	private final String padding;

	private Disposable ticks = Disposables.disposed();

	private long number;

	private boolean watched;

	PricesController(SseHub hub, @Value("${demo.prices.padding:3200}") int padding) {
		this.hub = hub;
		this.padding = "x".repeat(padding);
	}

	@GetMapping("/events/prices")
	Flux<SseEvent> prices(@RequestParam SseLagPolicy onLag) {
		return this.hub.subscribe(SseSubscription.to("prices").onLag(onLag));
	}

	@EventListener(ApplicationReadyEvent.class)
	void start() {
		this.ticks = Flux.interval(Duration.ofMillis(2))
			.onBackpressureDrop()
			.filter((tick) -> this.watched || tick % 100 == 0)
			.subscribe((tick) -> publish());
	}

	private void publish() {
		List<Integer> cents = IntStream.range(0, SYMBOLS)
			.map((i) -> 10_000 + ThreadLocalRandom.current().nextInt(1000))
			.boxed()
			.toList();
		Board board = new Board(this.number++, cents, this.padding);
		this.watched = this.hub.publish("prices", SseEvent.json(board).withName("prices")).subscribers() > 0;
	}

	@PreDestroy
	void stop() {
		this.ticks.dispose();
	}

	record Board(long number, List<Integer> cents, String padding) {

	}

}
