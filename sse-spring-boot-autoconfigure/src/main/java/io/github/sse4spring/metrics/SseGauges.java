package io.github.sse4spring.metrics;

import java.util.concurrent.TimeUnit;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.SseHubSnapshot;
import io.github.sse4spring.stream.SseConnections;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Measures the present state of a hub and its streams.
 */
final class SseGauges implements MeterBinder {

	/** The gauges of one scrape share a snapshot. */
	private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

	private final SseHub hub;

	private final @Nullable SseConnections connections;

	private @Nullable SseHubSnapshot snapshot;

	private long snapshotAt;

	SseGauges(SseHub hub, @Nullable SseConnections connections) {
		this.hub = hub;
		this.connections = connections;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.connections != null) {
			Gauge.builder("sse.connections", this.connections, SseConnections::count)
				.description("Open streams")
				.register(registry);
		}
		Gauge.builder("sse.subscribers", this, (gauges) -> gauges.snapshot().subscribers())
			.description("Subscribers of the hub")
			.register(registry);
		Gauge.builder("sse.topics", this, SseGauges::topicsThatRetain)
			.description("Topics that retain events")
			.register(registry);
		Gauge.builder("sse.retained", this, (gauges) -> gauges.snapshot().retainedBytes())
			.description("What the hub retains")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
	}

	private long topicsThatRetain() {
		return snapshot().topics().stream().filter((topic) -> topic.retained() > 0).count();
	}

	private synchronized SseHubSnapshot snapshot() {
		if (this.snapshot == null || System.nanoTime() - this.snapshotAt > FRESH) {
			this.snapshot = this.hub.snapshot();
			this.snapshotAt = System.nanoTime();
		}
		return this.snapshot;
	}

}
