package io.github.sse4spring.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.SseSubscription;
import io.github.sse4spring.stream.SseConnection;
import io.github.sse4spring.stream.SseConnections;
import io.github.sse4spring.stream.SseStreamEnd;
import io.github.sse4spring.stream.SseStreamListener;
import jakarta.annotation.PreDestroy;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What happens on this server, told once a second over the hub that it tells of. Who
 * opens the dashboard sees the last minute at once.
 */
@RestController
class DashboardController implements SseStreamListener {

	private static final int MAX_ROWS = 12;

	private final SseHub hub;

	private final ObjectProvider<SseConnections> connections;

	private final LongAdder written = new LongAdder();

	private final Deque<Closed> closed = new ConcurrentLinkedDeque<>();

	private Disposable ticks = Disposables.disposed();

	DashboardController(SseHub hub, ObjectProvider<SseConnections> connections) {
		this.hub = hub;
		this.connections = connections;
	}

	@GetMapping("/events/dashboard")
	Flux<SseEvent> dashboard() {
		return this.hub.subscribe(SseSubscription.to("dashboard").last(60));
	}

	@EventListener(ApplicationReadyEvent.class)
	void start() {
		this.ticks = Flux.interval(Duration.ofSeconds(1))
			.onBackpressureDrop()
			.subscribe((tick) -> this.hub.publish("dashboard", SseEvent.json(status()).withName("status")));
	}

	private Status status() {
		SseHubSnapshot snapshot = this.hub.snapshot();
		List<SseConnection> open = this.connections.getObject().list();
		List<Slow> slowest = open.stream()
			.sorted(Comparator.comparingLong(SseConnection::lag).reversed())
			.limit(MAX_ROWS)
			.map((each) -> new Slow(each.id(), String.join(", ", each.topics()), each.lag(),
					each.unwritableSince() != null))
			.toList();
		return new Status(Instant.now(), open.size(), snapshot.subscribers(), this.written.sumThenReset(),
				snapshot.missed(), snapshot.retainedBytes(), slowest, List.copyOf(this.closed));
	}

	@Override
	public void onBatch(int events, long delayNanos) {
		this.written.add(events);
	}

	@Override
	public void onEnd(SseConnection connection, SseStreamEnd end, Duration open) {
		this.closed.addFirst(new Closed(connection.id(), end.name().toLowerCase(Locale.ROOT), connection.events(),
				open.toSeconds()));
		while (this.closed.size() > MAX_ROWS) {
			this.closed.pollLast();
		}
	}

	@PreDestroy
	void stop() {
		this.ticks.dispose();
	}

	record Status(Instant at, int connections, int subscribers, long eventsPerSecond, long missed, long retainedBytes,
			List<Slow> slowest, List<Closed> closed) {

	}

	record Slow(String id, String topics, long lag, boolean unwritable) {

	}

	record Closed(String id, String reason, long events, long seconds) {

	}

}
