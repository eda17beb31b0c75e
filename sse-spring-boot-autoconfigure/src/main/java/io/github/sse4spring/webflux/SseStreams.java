package io.github.sse4spring.webflux;

import java.util.List;
import java.util.Optional;

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

	static final String NETTY = "reactor.netty.http.server.HttpServerResponse";

	private static final boolean NETTY_PRESENT = ClassUtils.isPresent(NETTY, SseStreams.class.getClassLoader());

	private final SseStreamSettings settings;

	private final StreamFrames frames;

	private final StreamKeepAlive keepAlive;

	private final LoopRegistry loops = new LoopRegistry();

	private final SseClientKeyResolver clientKeys;

	private final StreamLimits limits;

	private final StreamListeners listeners;

	private final DefaultSseConnections open = new DefaultSseConnections();

	/** Not null while no stream should be open; done when none is. */
	private volatile Sinks.@Nullable Empty<Void> drained;

	/**
	 * Create it without streams.
	 * @param encoder encodes what is written
	 * @param settings how the streams behave
	 * @param clientKeys says whose a stream is
	 * @param listeners are told what happens
	 */
	public SseStreams(SseEventEncoder encoder, SseStreamSettings settings, SseClientKeyResolver clientKeys,
			List<SseStreamListener> listeners) {
		this.settings = settings;
		this.frames = new StreamFrames(encoder, settings);
		this.keepAlive = StreamKeepAlive.of(settings.keepAlive(), this.frames);
		this.clientKeys = clientKeys;
		this.limits = new StreamLimits(settings.limits());
		this.listeners = new StreamListeners(listeners);
	}

	/**
	 * Return the streams that are open.
	 * @return the open streams
	 */
	public SseConnections connections() {
		return this.open;
	}

	/**
	 * Write events as the body of a response, from the opening to the end of the stream.
	 * The status and the headers that the response already has are kept.
	 * @param events the events, subscribed to unless the answer needs none of them
	 * @param exchange the request and its response, which is not committed yet
	 * @return completes when the stream has ended; an error before the stream is open
	 */
	Mono<Void> write(Publisher<? extends SseEvent> events, StreamExchange exchange) {
		ServerHttpRequest request = exchange.request();
		ServerHttpResponse response = exchange.response();
		SseLastEventId lastEventId = LastEventIds.of(request);
		boolean endOnComplete = this.settings.lifetime().endOnComplete();
		if (endOnComplete && lastEventId != null && StreamFrames.END_ID.equals(lastEventId.value())) {
			response.setStatusCode(HttpStatus.NO_CONTENT);
			// A cache must not answer so for the next stream of this URL.
			response.getHeaders().putIfAbsent(HttpHeaders.CACHE_CONTROL, List.of("no-cache, no-transform"));
		}
		if (isWithoutBody(response.getStatusCode())) {
			return response.setComplete();
		}
		if (HttpMethod.HEAD.equals(request.getMethod())) {
			StreamHeaders.addTo(response.getHeaders());
			return response.setComplete();
		}
		if (this.drained != null) {
			return answer(response, this.frames.comeBack());
		}
		return exchange.clientKey(this.clientKeys)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.flatMap((key) -> Mono.using(() -> new Permit(this.limits, key.orElse(null)),
					(permit) -> write(events, exchange, permit, lastEventId), Permit::release));
	}

	private Mono<Void> write(Publisher<? extends SseEvent> events, StreamExchange exchange, Permit permit,
			@Nullable SseLastEventId lastEventId) {
		ServerHttpResponse response = exchange.response();
		if (permit.refusal != null) {
			return refuse(exchange, permit.refusal);
		}
		Transport transport = transport(response);
		StreamHeaders headers = StreamHeaders.addTo(response.getHeaders());
		Body body = new Body(events, transport, exchange.client(permit.clientKey, lastEventId), headers::leave);
		// Open until its last byte has left: that is what a drain has to wait for.
		return transport.write(body)
			.doOnError((ex) -> headers.takeBack())
			.doOnCancel(headers::leave)
			.onErrorComplete((ex) -> body.isAborted())
			.doFinally((signal) -> body.left());
	}

	/**
	 * Softly where a client may be an EventSource, which never comes back after another
	 * status than 200.
	 */
	private Mono<Void> refuse(StreamExchange exchange, String limit) {
		this.listeners.tell((listener) -> listener.onRefused(limit));
		ServerHttpResponse response = exchange.response();
		if (HttpMethod.GET.equals(exchange.request().getMethod())) {
			return answer(response, this.frames.refusal(limit));
		}
		response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
		long seconds = Math.max(1, this.frames.randomRefusalRetry().toSeconds());
		response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		return response.setComplete();
	}

	private static Mono<Void> answer(ServerHttpResponse response, byte[] body) {
		StreamHeaders.addTo(response.getHeaders());
		return response.writeWith(Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));
	}

	private static boolean isWithoutBody(@Nullable HttpStatusCode status) {
		return status != null
				&& (status.isSameCodeAs(HttpStatus.NO_CONTENT) || status.isSameCodeAs(HttpStatus.NOT_MODIFIED));
	}

	private Transport transport(ServerHttpResponse response) {
		Transport transport = NETTY_PRESENT ? NettyTransport.of(response, this.loops, this.settings) : null;
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

	StreamLimits limits() {
		return this.limits;
	}

	StreamListeners listeners() {
		return this.listeners;
	}

	long nextId() {
		return this.open.nextId();
	}

	/** On any thread: a stream begins. */
	void add(StreamWriter stream) {
		this.open.add(stream);
		if (this.drained != null) {
			stream.end(SseStreamEnd.DRAINED);
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
		this.open.all().forEach((stream) -> stream.end(SseStreamEnd.DRAINED));
		completeIfNoneIsOpen(drained);
		return drained.asMono()
			.timeout(this.settings.lifetime().drainTimeout(), Mono.empty())
			.doOnTerminate(() -> this.open.all().forEach((stream) -> stream.abort(SseStreamEnd.DRAINED)));
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

		private final StreamClient client;

		private final Runnable onOpen;

		private volatile @Nullable StreamWriter writer;

		private Body(Publisher<? extends SseEvent> events, Transport transport, StreamClient client, Runnable onOpen) {
			this.events = events;
			this.transport = transport;
			this.client = client;
			this.onOpen = onOpen;
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
			this.writer = new StreamWriter(SseStreams.this, this.transport, actual, this.client, this.onOpen);
			this.writer.start(Flux.from(this.events));
		}

		/** Whether the connection was closed from here. */
		boolean isAborted() {
			return this.writer != null && this.writer.isAborted();
		}

		/**
		 * The response is over, and was subscribed to on the same thread if it ever was.
		 */
		void left() {
			if (this.writer != null) {
				remove(this.writer);
				this.writer.left();
			}
		}

	}

	/**
	 * A place among the open streams, or the reason why there is none.
	 */
	private static final class Permit {

		private final StreamLimits limits;

		private final @Nullable String clientKey;

		private final @Nullable String refusal;

		private Permit(StreamLimits limits, @Nullable String clientKey) {
			this.limits = limits;
			this.clientKey = clientKey;
			this.refusal = limits.acquire(clientKey);
		}

		private void release() {
			if (this.refusal == null) {
				this.limits.release(this.clientKey);
			}
		}

	}

}
