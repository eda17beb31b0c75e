package io.github.sse4spring.webflux;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.stream.SseStreams;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Writes what a handler method returns as an event stream if it is a {@code Flux},
 * {@code Mono}, {@code Publisher}, Kotlin {@code Flow} or another reactive type of
 * {@link SseEvent}, or one event. Neither {@code @ResponseBody} nor {@code produces} nor
 * what the client accepts is looked at. Stands between the handler of
 * {@code ResponseEntity} and that of {@code @ResponseBody}.
 */
final class SseEventResultHandler implements HandlerResultHandler, Ordered {

	private static final int ORDER = 50;

	private final SseStreams streams;

	private final EventStreamTypes types;

	SseEventResultHandler(SseStreams streams, ReactiveAdapterRegistry adapters) {
		this.streams = streams;
		this.types = new EventStreamTypes(adapters);
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public boolean supports(HandlerResult result) {
		return this.types.matches(result.getReturnType(), result.getReturnValue());
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		return this.streams.write(events(result), WebFluxRequest.of(exchange),
				new WebFluxResponse(exchange.getResponse(), this.streams));
	}

	private Publisher<SseEvent> events(HandlerResult result) {
		Object value = result.getReturnValue();
		ReactiveAdapter adapter = this.types.adapter(result.getReturnType(), value);
		return (adapter != null) ? adapter.toPublisher(value) : Mono.justOrEmpty((SseEvent) value);
	}

}
