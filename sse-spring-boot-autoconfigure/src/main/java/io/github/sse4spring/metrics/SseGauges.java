package io.github.sse4spring.metrics;

import io.github.sse4spring.SseHub;
import io.github.sse4spring.webflux.SseConnections;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * How much there is of a hub and its streams right now.
 *
 * @since 0.1.0
 */
public final class SseGauges implements MeterBinder {

	private final SseHub hub;

	private final @Nullable SseConnections connections;

	/**
	 * Create the gauges.
	 * @param hub the hub
	 * @param connections the open streams, if the application has any
	 */
	public SseGauges(SseHub hub, @Nullable SseConnections connections) {
		this.hub = hub;
		this.connections = connections;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.connections != null) {
			Gauge.builder("sse.connections", this.connections, (open) -> open.list().size())
				.description("Open streams")
				.register(registry);
		}
		Gauge.builder("sse.subscribers", this.hub, (hub) -> hub.snapshot().subscribers())
			.description("Subscribers of the hub")
			.register(registry);
		Gauge.builder("sse.topics", this.hub, (hub) -> hub.snapshot().topics().size())
			.description("Topics with subscribers or retained events")
			.register(registry);
		Gauge.builder("sse.retained", this.hub, (hub) -> hub.snapshot().retainedBytes())
			.description("What the hub retains")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
	}

}
