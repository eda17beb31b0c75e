package io.github.sse4spring.webflux;

import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.core.codec.EncodingException;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.ServerSentEventHttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;

/**
 * Spring's own event streams of a declared type that could hide an {@link SseEvent}, such
 * as {@code Flux<?>}. An event among the elements is an error before anything of it is
 * written; Spring would commit the response before it encodes the first one. Everything
 * else is left to Spring's own writer.
 */
final class HiddenEventHttpMessageWriter implements HttpMessageWriter<Object> {

	private final ServerCodecConfigurer codecs;

	/**
	 * Create a writer.
	 * @param codecs asked for Spring's writer when it is needed, since they may be
	 * configured further
	 */
	HiddenEventHttpMessageWriter(ServerCodecConfigurer codecs) {
		this.codecs = codecs;
	}

	@Override
	public List<MediaType> getWritableMediaTypes() {
		return List.of(MediaType.TEXT_EVENT_STREAM);
	}

	@Override
	public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
		boolean wrapped = elementType.toClass() == ServerSentEvent.class;
		boolean opaque = (wrapped ? elementType.getGeneric() : elementType).toClass() == Object.class;
		return opaque && mediaType != null && MediaType.TEXT_EVENT_STREAM.includes(mediaType);
	}

	@Override
	public Mono<Void> write(Publisher<?> elements, ResolvableType actualType, ResolvableType elementType,
			@Nullable MediaType mediaType, ServerHttpRequest request, ServerHttpResponse response,
			Map<String, Object> hints) {
		return delegate().write(checked(elements), actualType, elementType, mediaType, request, response, hints);
	}

	@Override
	public Mono<Void> write(Publisher<?> elements, ResolvableType elementType, @Nullable MediaType mediaType,
			ReactiveHttpOutputMessage message, Map<String, Object> hints) {
		return delegate().write(checked(elements), elementType, mediaType, message, hints);
	}

	private HttpMessageWriter<Object> delegate() {
		return this.codecs.getWriters()
			.stream()
			.filter(ServerSentEventHttpMessageWriter.class::isInstance)
			.map(ServerSentEventHttpMessageWriter.class::cast)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("There is no writer of Spring for event streams"));
	}

	private static Flux<?> checked(Publisher<?> elements) {
		return Flux.from(elements).doOnNext((element) -> {
			Object data = (element instanceof ServerSentEvent<?> event) ? event.data() : element;
			if (data instanceof SseEvent) {
				throw new EncodingException("SseEvent is hidden by the declared type of the handler."
						+ " For an event stream declare Flux<SseEvent>, Mono<SseEvent> or SseEvent,"
						+ " or one of them in ResponseEntity");
			}
		});
	}

}
