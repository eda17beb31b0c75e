package io.github.sse4spring.webflux;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.sse4spring.SseEvent;
import io.github.sse4spring.SseLastEventId;
import io.github.sse4spring.codec.SseEventEncoder;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.ClassUtils;

/**
 * The event streams of an application: opens them and knows which are open. Safe for use
 * by any thread.
 *
 * @since 0.1.0
 */
public final class SseStreams {

	private static final boolean NETTY_PRESENT = ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse",
			SseStreams.class.getClassLoader());

	private final SseStreamSettings settings;

	private final StreamFrames frames;

	private final StreamKeepAlive keepAlive;

	private final Loops loops = new Loops();

	private final Set<StreamWriter> open = ConcurrentHashMap.newKeySet();

	/** Not null while no stream should be open; done when none is. */
	private volatile Sinks.@Nullable Empty<Void> drained;

	/**
	 * Create it without streams.
	 * @param encoder encodes what is written
	 * @param settings how the streams behave
	 */
	public SseStreams(SseEventEncoder encoder, SseStreamSettings settings) {
		this.settings = settings;
		this.frames = new StreamFrames(encoder, settings);
		this.keepAlive = StreamKeepAlive.of(settings.keepAlive(), this.frames);
	}

	/**
	 * Write events as the body of a response, from the opening to the end of the stream.
	 * The status and the headers that the response already has are kept.
	 * @param events the events, subscribed to unless the answer needs none of them
	 * @param request the request
	 * @param response the response, not committed yet
	 * @return completes when the stream has ended; an error before the stream is open
	 */
	Mono<Void> write(Publisher<? extends SseEvent> events, ServerHttpRequest request, ServerHttpResponse response) {
		SseLastEventId lastEventId = LastEventIds.of(request);
		if (this.settings.endOnComplete() && lastEventId != null && StreamFrames.END_ID.equals(lastEventId.value())) {
			response.setStatusCode(HttpStatus.NO_CONTENT);
			// A cache must not answer so for the next stream of this URL.
			addHeader(response.getHeaders(), HttpHeaders.CACHE_CONTROL, "no-cache, no-transform");
		}
		if (isWithoutBody(response.getStatusCode())) {
			return response.setComplete();
		}
		if (HttpMethod.HEAD.equals(request.getMethod())) {
			addHeaders(response);
			return response.setComplete();
		}
		if (this.drained != null) {
			addHeaders(response);
			return response.writeWith(Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(this.frames.comeBack())));
		}
		Transport transport = transport(response);
		Body body = new Body(events, transport, lastEventId, () -> addHeaders(response));
		// Open until its last byte has left: that is what a drain has to wait for.
		return transport.write(body).doFinally((signal) -> body.left());
	}

	private static boolean isWithoutBody(@Nullable HttpStatusCode status) {
		return status != null
				&& (status.isSameCodeAs(HttpStatus.NO_CONTENT) || status.isSameCodeAs(HttpStatus.NOT_MODIFIED));
	}

	private static void addHeaders(ServerHttpResponse response) {
		HttpHeaders headers = response.getHeaders();
		addHeader(headers, HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8");
		// Proxies that compress hold events back; no-transform forbids it.
		addHeader(headers, HttpHeaders.CACHE_CONTROL, "no-cache, no-transform");
		// nginx collects a response into large buffers unless told not to.
		addHeader(headers, "X-Accel-Buffering", "no");
	}

	private static void addHeader(HttpHeaders headers, String name, String value) {
		if (!headers.containsHeader(name)) {
			headers.set(name, value);
		}
	}

	private Transport transport(ServerHttpResponse response) {
		Transport transport = NETTY_PRESENT ? NettyTransport.of(response, this.loops) : null;
		return (transport != null) ? transport : new GroupTransport(response, this.loops.any());
	}

	SseStreamSettings settings() {
		return this.settings;
	}

	StreamFrames frames() {
		return this.frames;
	}

	StreamKeepAlive keepAlive() {
		return this.keepAlive;
	}

	/** A stream has begun, on its loop. */
	void add(StreamWriter stream) {
		this.open.add(stream);
		if (this.drained != null) {
			stream.end();
		}
	}

	/** A stream is over, to its last byte. */
	void remove(StreamWriter stream) {
		this.open.remove(stream);
		completeIfNoneIsOpen(this.drained);
	}

	/** Let streams open again. */
	void resume() {
		this.loops.clear();
		this.drained = null;
	}

	/**
	 * End all streams, each after telling its client when to come back, and those that
	 * open from now on at once. A client that does not read until the drain timeout has
	 * its connection closed.
	 * @return completes when no stream is open
	 */
	Mono<Void> drain() {
		Sinks.Empty<Void> drained = Sinks.empty();
		this.drained = drained;
		List.copyOf(this.open).forEach(StreamWriter::end);
		completeIfNoneIsOpen(drained);
		return drained.asMono()
			.timeout(this.settings.drainTimeout(), Mono.empty())
			.doOnTerminate(() -> List.copyOf(this.open).forEach(StreamWriter::abort));
	}

	private void completeIfNoneIsOpen(Sinks.@Nullable Empty<Void> drained) {
		if (drained != null && this.open.isEmpty()) {
			drained.tryEmitEmpty();
		}
	}

	/**
	 * The body of one response.
	 */
	private final class Body extends Flux<DataBuffer> {

		private final Publisher<? extends SseEvent> events;

		private final Transport transport;

		private final @Nullable SseLastEventId lastEventId;

		private final Runnable onOpen;

		private volatile @Nullable StreamWriter writer;

		private Body(Publisher<? extends SseEvent> events, Transport transport, @Nullable SseLastEventId lastEventId,
				Runnable onOpen) {
			this.events = events;
			this.transport = transport;
			this.lastEventId = lastEventId;
			this.onOpen = onOpen;
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
			this.writer = new StreamWriter(SseStreams.this, this.transport, actual, this.lastEventId, this.onOpen);
			this.writer.start(Flux.from(this.events));
		}

		/**
		 * The response is over, and was subscribed to on the same thread if it ever was.
		 */
		void left() {
			if (this.writer != null) {
				remove(this.writer);
			}
		}

	}

}
