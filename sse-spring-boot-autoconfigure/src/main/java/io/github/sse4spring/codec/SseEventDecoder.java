package io.github.sse4spring.codec;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.sse4spring.SseEvent;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.Decoder;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.util.MimeType;

/**
 * Decodes an event stream into events, so that {@code WebClient} and
 * {@code WebTestClient} can read {@code Flux<SseEvent>}.
 *
 * <p>
 * It dispatches what a browser dispatches: a block without data (a comment, an id or a
 * retry alone) is no event, and one that the stream ends within is not either. The
 * {@code id()} of an event is the last event ID as of that event, which an earlier one
 * may have set; an id that {@link SseEvent} cannot hold is left out. {@code data()} is
 * text, to be read as JSON with {@link #read(SseEvent, Class)}. An event larger than
 * {@value #DEFAULT_MAX_EVENT_SIZE} bytes ends the flux with a
 * {@code DataBufferLimitException}.
 *
 * <p>
 * Immutable and safe for use by any thread.
 *
 * @since 0.1.0
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML,
 * section 9.2.6</a>
 */
public final class SseEventDecoder implements Decoder<SseEvent> {

	/** The largest event read unless told otherwise, in bytes of its lines. */
	public static final int DEFAULT_MAX_EVENT_SIZE = 2 * 1024 * 1024;

	private final JsonMapper jsonMapper;

	private final int maxEventSize;

	/**
	 * Create a decoder.
	 * @param jsonMapper reads JSON data in {@link #read(SseEvent, Class)}
	 */
	public SseEventDecoder(JsonMapper jsonMapper) {
		this(jsonMapper, DEFAULT_MAX_EVENT_SIZE);
	}

	private SseEventDecoder(JsonMapper jsonMapper, int maxEventSize) {
		this.jsonMapper = jsonMapper;
		this.maxEventSize = maxEventSize;
	}

	/**
	 * Return a decoder with another limit.
	 * @param bytes the largest event, in bytes of its lines; more than zero
	 * @return the decoder
	 */
	public SseEventDecoder withMaxEventSize(int bytes) {
		if (bytes <= 0) {
			throw new IllegalArgumentException("maxEventSize must be more than zero but is " + bytes);
		}
		return new SseEventDecoder(this.jsonMapper, bytes);
	}

	/**
	 * Read the data of an event from JSON.
	 * @param <T> the type of the value
	 * @param event the event
	 * @param type the type of the value
	 * @return the value, or {@code null} for a JSON {@code null}
	 * @throws DecodingException if the event has no data or it does not fit the type
	 */
	@SuppressWarnings("unchecked")
	public <T> @Nullable T read(SseEvent event, Class<T> type) {
		return (T) readAs(event, type);
	}

	/**
	 * Read the data of an event from JSON.
	 * @param <T> the type of the value
	 * @param event the event
	 * @param type the generic type of the value
	 * @return the value, or {@code null} for a JSON {@code null}
	 * @throws DecodingException if the event has no data or it does not fit the type
	 */
	@SuppressWarnings("unchecked")
	public <T> @Nullable T read(SseEvent event, ParameterizedTypeReference<T> type) {
		return (T) readAs(event, type.getType());
	}

	private @Nullable Object readAs(SseEvent event, Type type) {
		JavaType javaType = this.jsonMapper.constructType(type);
		try {
			if (event.isJson()) {
				return this.jsonMapper.convertValue(event.data(), javaType);
			}
			if (event.data() instanceof String text) {
				return this.jsonMapper.readValue(text, javaType);
			}
		}
		catch (JacksonException ex) {
			throw new DecodingException(
					"The data of the event cannot be read as " + type.getTypeName() + ": " + ex.getOriginalMessage(),
					ex);
		}
		throw new DecodingException("The event has no data to be read as " + type.getTypeName());
	}

	@Override
	public boolean canDecode(ResolvableType elementType, @Nullable MimeType mimeType) {
		return elementType.toClass() == SseEvent.class
				&& (mimeType == null || MediaType.TEXT_EVENT_STREAM.isCompatibleWith(mimeType));
	}

	@Override
	public List<MimeType> getDecodableMimeTypes() {
		return List.of(MediaType.TEXT_EVENT_STREAM);
	}

	@Override
	public Flux<SseEvent> decode(Publisher<DataBuffer> input, ResolvableType elementType, @Nullable MimeType mimeType,
			@Nullable Map<String, Object> hints) {
		return Flux.defer(() -> decode(input)).doOnDiscard(DataBuffer.class, DataBufferUtils::release);
	}

	@Override
	public Mono<SseEvent> decodeToMono(Publisher<DataBuffer> input, ResolvableType elementType,
			@Nullable MimeType mimeType, @Nullable Map<String, Object> hints) {
		return decode(input, elementType, mimeType, hints).next();
	}

	private Flux<SseEvent> decode(Publisher<DataBuffer> input) {
		List<SseEvent> dispatched = new ArrayList<>();
		EventStreamParser parser = new EventStreamParser(this.maxEventSize, dispatched::add);
		return Flux.from(input).concatMap((buffer) -> {
			dispatched.clear();
			try {
				parse(buffer, parser);
			}
			catch (DataBufferLimitException ex) {
				return Flux.concat(Flux.fromIterable(List.copyOf(dispatched)), Flux.error(ex));
			}
			return Flux.fromIterable(List.copyOf(dispatched));
		}, 1);
	}

	private static void parse(DataBuffer buffer, EventStreamParser parser) {
		try {
			for (int i = buffer.readPosition(); i < buffer.writePosition(); i++) {
				parser.accept(buffer.getByte(i));
			}
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

}
