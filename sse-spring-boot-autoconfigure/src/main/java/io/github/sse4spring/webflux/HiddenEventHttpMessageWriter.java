package io.github.sse4spring.webflux;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.sse4spring.SseEncodingException;
import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.ServerSentEventHttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * Writes Spring's own event streams whose elements could hide an {@link SseEvent}: a
 * {@code Flux<?>}, or a flux of lists. Spring commits the response before it encodes the
 * first element. This writer encodes the first element before the response is committed,
 * so a hidden event sets the status of the response. It delegates everything else to
 * Spring's own writer.
 */
final class HiddenEventHttpMessageWriter implements HttpMessageWriter<Object> {

	private final ServerCodecConfigurer codecs;

	/**
	 * Create a writer.
	 * @param codecs the codecs to find Spring's writer in. The lookup happens on each
	 * use, since the codecs may be configured further
	 */
	HiddenEventHttpMessageWriter(ServerCodecConfigurer codecs) {
		this.codecs = codecs;
	}

	@Override
	public List<MediaType> getWritableMediaTypes() {
		return List.of(MediaType.TEXT_EVENT_STREAM);
	}

	/** Return whether Spring's own writer of event streams would write the elements. */
	@Override
	public boolean canWrite(ResolvableType elementType, @Nullable MediaType mediaType) {
		return mediaType != null && MediaType.TEXT_EVENT_STREAM.includes(mediaType)
				&& this.codecs.getWriters()
					.stream()
					.filter((writer) -> !(writer instanceof HiddenEventHttpMessageWriter))
					.filter((writer) -> writer.canWrite(elementType, mediaType))
					.findFirst()
					.filter(ServerSentEventHttpMessageWriter.class::isInstance)
					.isPresent();
	}

	@Override
	public Mono<Void> write(Publisher<?> elements, ResolvableType actualType, ResolvableType elementType,
			@Nullable MediaType mediaType, ServerHttpRequest request, ServerHttpResponse response,
			Map<String, Object> hints) {
		return delegate().write(checked(elements), actualType, elementType, mediaType, request,
				new FirstEncodedResponse(response), hints);
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
				throw new EncodingException(SseEncodingException.HIDDEN_EVENT);
			}
		});
	}

	/**
	 * Commits the response after the first element has been encoded.
	 */
	private static final class FirstEncodedResponse extends ServerHttpResponseDecorator {

		private FirstEncodedResponse(ServerHttpResponse response) {
			super(response);
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return super.writeAndFlushWith(Flux.defer(() -> {
				AtomicBoolean first = new AtomicBoolean(true);
				return Flux.from(body)
					.concatMap((element) -> first.getAndSet(false) ? encoded(element) : Mono.just(element), 0);
			}));
		}

		/**
		 * Copy the encoded element to the heap: nothing leaks if the response is never
		 * committed.
		 */
		private static Mono<Publisher<DataBuffer>> encoded(Publisher<? extends DataBuffer> element) {
			return DataBufferUtils.join(element).map((buffer) -> {
				byte[] bytes = new byte[buffer.readableByteCount()];
				buffer.read(bytes);
				DataBufferUtils.release(buffer);
				return Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes));
			});
		}

	}

}
