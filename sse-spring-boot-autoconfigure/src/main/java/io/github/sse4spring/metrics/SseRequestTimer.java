package io.github.sse4spring.metrics;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Keeps event streams out of the timer {@code http.server.requests}, where each would
 * count as one request of its whole life: a filter marks their observation, and a meter
 * filter denies the timers of marked observations.
 */
final class SseRequestTimer implements WebFilter, MeterFilter, Ordered {

	private static final KeyValue MARK = KeyValue.of("sse", "event stream");

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> markIfStream(exchange)));
		return chain.filter(exchange);
	}

	private static void markIfStream(ServerWebExchange exchange) {
		MediaType type = exchange.getResponse().getHeaders().getContentType();
		if (type != null && type.isCompatibleWith(MediaType.TEXT_EVENT_STREAM)) {
			ServerRequestObservationContext.findCurrent(exchange.getAttributes())
				.ifPresent((context) -> context.addLowCardinalityKeyValue(MARK));
		}
	}

	@Override
	public MeterFilterReply accept(Meter.Id id) {
		// Whatever the timer is called:
		// management.observations.http.server.requests.name.
		boolean marked = MARK.getValue().equals(id.getTag(MARK.getKey()));
		return marked ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
	}

}
