package io.github.sse4spring.webflux;

import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.stream.SseStreams;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Writes a publisher of events as an event stream, for {@code ResponseEntity} and
 * functional endpoints. Whatever the client accepts, events are an event stream: any
 * other writer would collect an endless flux.
 */
final class SseEventHttpMessageWriter implements HttpMessageWriter<SseEvent> {

	private final SseStreams streams;

	SseEventHttpMessageWriter(SseStreams streams) {
		this.streams = streams;
	}

	@Override
	public List<MediaType> getWritableMediaTypes() {
		return List.of(MediaType.TEXT_EVENT_STREAM, MediaType.ALL);
	}

	@Override
	public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
		return elementType.toClass() == SseEvent.class;
	}

	@Override
	public Mono<Void> write(Publisher<? extends SseEvent> events, @Nullable ResolvableType actualType,
			ResolvableType elementType, @Nullable MediaType mediaType, ServerHttpRequest request,
			ServerHttpResponse response, Map<String, Object> hints) {
		return this.streams.write(events, WebFluxRequest.of(request), new WebFluxResponse(response, this.streams));
	}

	/**
	 * Not supported: an event stream needs the request that it answers.
	 */
	@Override
	public Mono<Void> write(Publisher<? extends SseEvent> events, ResolvableType elementType,
			@Nullable MediaType mediaType, ReactiveHttpOutputMessage message, Map<String, Object> hints) {
		return Mono.error(new UnsupportedOperationException("An event stream is written in answer to a request only"));
	}

}
